package ladder;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.Set;

/** The compiled classes of src/main, and how the rules about them name them. */
final class House {
  static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPath(Path.of("target", "classes"));

  private House() {}

  static void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(HOUSE);
  }

  static String in(String room) {
    return "ladder." + room + "..";
  }

  /** The classes of the root package with these names, and what is nested in them. */
  static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> set = Set.of(names);
    return resideInAPackage("ladder")
        .and(
            describe(
                "are " + String.join(" or ", names),
                c ->
                    set.contains(
                        c.getName().replaceFirst("^ladder\\.", "").replaceFirst("\\$.*", ""))));
  }

  static DescribedPredicate<JavaClass> not(String... names) {
    return DescribedPredicate.not(named(names));
  }
}
