package ladder;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static ladder.House.holds;
import static ladder.House.in;
import static ladder.House.named;
import static ladder.House.not;

import com.tngtech.archunit.base.DescribedPredicate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which room may import which, asked of the compiled classes. */
class RoomsTest {
  private static final List<String> RUNGS = List.of("cache", "db", "limit", "journal", "cluster");

  /** From the ground up: each may import those before it. */
  private static final List<String> FLOORS =
      List.of(
          "failure",
          "digest",
          "time",
          "log",
          "settings",
          "files",
          "json",
          "measure",
          "redis",
          "http");

  @Test
  void aRungImportsNoOtherRung() {
    for (String rung : RUNGS) {
      String[] others =
          RUNGS.stream().filter(r -> !r.equals(rung)).map(r -> in(r)).toArray(String[]::new);
      holds(
          noClasses()
              .that()
              .resideInAPackage(in(rung))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others)
              .because("each rung is studied, and turned off, alone; App puts them together"));
    }
  }

  @Test
  void aFloorImportsOnlyLowerFloors() {
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      List<String> lower = FLOORS.subList(0, floor + 1);
      holds(
          noClasses()
              .that()
              .resideInAPackage(in(FLOORS.get(floor)))
              .should()
              .dependOnClassesThat(
                  resideInAPackage("ladder..")
                      .and(
                          DescribedPredicate.not(
                              resideInAnyPackage(
                                  lower.stream().map(House::in).toArray(String[]::new)))))
              .because("what all stand on must not lean on them"));
    }
  }

  @Test
  void aRungImportsOnlyFloors() {
    String[] allowed =
        Stream.concat(FLOORS.stream(), RUNGS.stream()).map(House::in).toArray(String[]::new);
    for (String rung : RUNGS) {
      holds(
          noClasses()
              .that()
              .resideInAPackage(in(rung))
              .should()
              .dependOnClassesThat(
                  resideInAPackage("ladder..")
                      .and(DescribedPredicate.not(resideInAnyPackage(allowed))))
              .because("a rung is studied with the floors alone"));
    }
  }

  @Test
  void onlyOneEngineKnowsTheJdksHttpServer() {
    holds(
        noClasses()
            .that()
            .haveNameNotMatching("ladder\\.http\\.JdkEngine(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.net.httpserver..")
            .because("the engine can then be exchanged, and measured by its provider"));
  }

  @Test
  void onlyDbAndTheStoresKnowSql() {
    onlyIn(
        "what waits for a connection is then found in one place",
        List.of("java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer.."),
        "db",
        "store",
        "keys",
        "tools.climb");
  }

  @Test
  void onlyRedisKnowsLettuce() {
    onlyIn("nothing else may wait for Redis", List.of("io.lettuce.."), "redis");
  }

  @Test
  void onlyRedisAndTheLoadGeneratorKnowNetty() {
    onlyIn("what serves waits on virtual threads", List.of("io.netty.."), "redis", "tools.load");
  }

  @Test
  void onlyTheJournalKnowsChronicle() {
    onlyIn("its files have one owner", List.of("net.openhft.."), "journal");
  }

  @Test
  void onlyTheToolsKnowApp() {
    holds(
        noClasses()
            .that(are(not("App")))
            .and()
            .resideOutsideOfPackage(in("tools"))
            .should()
            .dependOnClassesThat(are(named("App")))
            .because("a part that reaches for the whole cannot be read or tested alone"));
  }

  @Test
  void onlyAppAndTheToolsKnowTheEmbeddedServers() {
    holds(
        noClasses()
            .that(are(not("App")))
            .and()
            .resideOutsideOfPackages(in("embedded"), in("tools"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(in("embedded"))
            .because("servers elsewhere must do as well"));
  }

  private static void onlyIn(String reason, List<String> libraries, String... rooms) {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(Arrays.stream(rooms).map(House::in).toArray(String[]::new))
            .should()
            .dependOnClassesThat(resideInAnyPackage(libraries.toArray(String[]::new)))
            .because(reason));
  }
}
