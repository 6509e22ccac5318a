package ladder;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static ladder.House.HOUSE;
import static ladder.House.holds;
import static ladder.House.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * What code may do, asked of the compiled classes. {@link RoomsTest} has who may import whom,
 * {@link SourceRulesTest} asks the files.
 */
class ArchitectureTest {
  /**
   * What outlives the call that made it and changes: two requests, or two tests, would share it.
   */
  private static final List<Class<?>> MUTABLE =
      List.of(
          java.util.AbstractCollection.class,
          java.util.AbstractMap.class,
          java.util.concurrent.CopyOnWriteArrayList.class,
          java.util.concurrent.ConcurrentMap.class,
          java.util.concurrent.Executor.class,
          java.util.concurrent.Semaphore.class,
          java.util.concurrent.locks.Lock.class,
          java.util.concurrent.atomic.AtomicBoolean.class,
          java.util.concurrent.atomic.AtomicInteger.class,
          java.util.concurrent.atomic.AtomicLong.class,
          java.util.concurrent.atomic.AtomicReference.class,
          java.util.concurrent.atomic.AtomicIntegerArray.class,
          java.util.concurrent.atomic.AtomicLongArray.class,
          java.util.concurrent.atomic.AtomicReferenceArray.class,
          java.util.concurrent.atomic.DoubleAdder.class,
          java.util.concurrent.atomic.LongAdder.class,
          java.lang.ThreadLocal.class,
          java.lang.StringBuilder.class);

  /** The records that carry what is set. */
  private static final Set<String> OPTIONS = Set.of("Config", "Options", "Receivers", "Quota");

  @Test
  void onlyConfigReadsTheEnvironment() {
    holds(
        noClasses()
            .that(are(not("Config", "Launcher")))
            .should()
            .accessTargetWhere(
                calls(
                    Map.of(
                        "java.lang.System", Set.of("getenv", "getProperty", "getProperties"),
                        "java.lang.Integer", Set.of("getInteger"),
                        "java.lang.Long", Set.of("getLong"),
                        "java.lang.Boolean", Set.of("getBoolean"))))
            .because("every setting stands in one file, with its unit, default and bound"));
  }

  @Test
  void onlyTheClockReadsTheTimeAndNobodySleeps() {
    holds(
        noClasses()
            .that(are(not("App")))
            .and()
            .doNotHaveFullyQualifiedName("ladder.time.SystemClock")
            .should()
            .accessTargetWhere(
                calls(
                        Map.of(
                            "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
                            "java.lang.Thread", Set.of("sleep"),
                            "java.util.concurrent.TimeUnit", Set.of("sleep"),
                            "java.time.InstantSource", Set.of("system"),
                            "java.time.Clock",
                                Set.of(
                                    "system",
                                    "systemUTC",
                                    "systemDefaultZone",
                                    "tickMillis",
                                    "tickSeconds",
                                    "tickMinutes")))
                    .or(readsTheDate()))
            .because("clocks are handed in, so that tests can turn them"));
  }

  @Test
  void noSettingsHaveEqualNeighbours() {
    List<String> found =
        HOUSE.stream()
            .filter(type -> type.isRecord() && OPTIONS.contains(type.getSimpleName()))
            .flatMap(type -> equalNeighbours(type.reflect()))
            .toList();
    assertEquals(List.of(), found, "two that change places by mistake would still compile");
  }

  private static Stream<String> equalNeighbours(Class<?> options) {
    RecordComponent[] all = options.getRecordComponents();
    return IntStream.range(1, all.length)
        .filter(i -> all[i - 1].getGenericType().equals(all[i].getGenericType()))
        .mapToObj(i -> options.getName() + ": " + all[i - 1].getName() + ", " + all[i].getName());
  }

  @Test
  void onlyMainAndTheLauncherEndTheProcess() {
    holds(
        noClasses()
            .that(are(not("Main", "Launcher")))
            .should()
            .accessTargetWhere(
                calls(
                    Map.of(
                        "java.lang.System", Set.of("exit"),
                        "java.lang.Runtime", Set.of("exit", "halt"))))
            .because("whoever ends the process elsewhere skips the draining"));
  }

  @Test
  void noStaticFieldChanges() {
    assertEquals(
        List.of(),
        HOUSE.stream()
            .flatMap(type -> type.getFields().stream())
            .filter(ArchitectureTest::canChange)
            .map(JavaField::getFullName)
            .toList());
  }

  @Test
  void noStaticFieldIsFilledWithSomethingThatChanges() {
    // A field declared as Map may still hold a ConcurrentHashMap: its initializer tells.
    holds(
        noClasses()
            .should()
            .callConstructorWhere(
                describe(
                    "makes a mutable object in a static initializer",
                    call ->
                        call.getOrigin().getName().equals("<clinit>")
                            && !call.isDeclaredInLambda()
                            && isMutable(call.getTargetOwner())))
            .because("state lives in objects, which have an owner and an end"));
  }

  @Test
  void noNameIsEmpty() {
    holds(
        noClasses()
            .should()
            .haveSimpleNameStartingWith("Abstract")
            .orShould()
            .haveNameMatching(".*(Impl|Manager|Utils?|Helpers?)")
            .because("such a name says nothing of what the class is for"));
  }

  @Test
  void everyPackageIsNullMarked() {
    // NullAway looks only there.
    assertEquals(
        List.of(),
        HOUSE.stream()
            .filter(type -> !type.getName().equals("ladder.Launcher"))
            .map(JavaClass::getPackage)
            .filter(
                room ->
                    room.tryGetPackageInfo()
                        .filter(info -> info.isAnnotatedWith(NullMarked.class))
                        .isEmpty())
            .map(JavaPackage::getName)
            .distinct()
            .toList());
  }

  @Test
  void theRulesSeeTheHouse() {
    assertEquals(1, HOUSE.stream().filter(c -> c.getName().equals("ladder.Launcher")).count());
  }

  /** Calls and method references alike. */
  private static DescribedPredicate<JavaAccess<?>> calls(Map<String, Set<String>> forbidden) {
    return describe(
        "calls one of " + forbidden,
        access ->
            forbidden
                .getOrDefault(access.getTargetOwner().getName(), Set.of())
                .contains(access.getTarget().getName()));
  }

  /** Such as {@code Instant.now()} or {@code new Date()}; {@code now(clock)} is fine. */
  private static DescribedPredicate<JavaAccess<?>> readsTheDate() {
    return describe(
        "reads the date",
        access -> {
          String owner = access.getTargetOwner().getName();
          String signature = access.getTarget().getFullName().substring(owner.length());
          return (owner.startsWith("java.time.")
                  && signature.startsWith(".now(")
                  && !signature.contains("java.time.Clock"))
              || (owner.equals("java.util.Date") && signature.equals(".<init>()"));
        });
  }

  private static boolean canChange(JavaField field) {
    Set<JavaModifier> modifiers = field.getModifiers();
    if (!modifiers.contains(JavaModifier.STATIC) || modifiers.contains(JavaModifier.SYNTHETIC)) {
      return false;
    }
    // A private array is a constant as long as its class keeps its hands off.
    boolean shared = field.getRawType().isArray() && !modifiers.contains(JavaModifier.PRIVATE);
    return shared || !modifiers.contains(JavaModifier.FINAL) || isMutable(field.getRawType());
  }

  private static boolean isMutable(JavaClass type) {
    return MUTABLE.stream().anyMatch(type::isAssignableTo);
  }
}
