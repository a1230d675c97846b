package io.tritter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The rules of docs/architecture.md. */
@AnalyzeClasses(packages = "io.tritter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.tritter.";

  /** The table of docs/architecture.md, and packages to come: each may use those before it. */
  private static final List<String> PACKAGES =
      List.of(
          "kernel", "tensor", "ternary", "vsa", "nn", "bitnet", "quant", "adapter", "optim",
          "hybrid", "format", "model", "data", "train", "run", "bench", "serve", "cli");

  /** Packages up to this one are computation and nothing else. */
  private static final List<String> COMPUTATION =
      PACKAGES.subList(0, PACKAGES.indexOf("hybrid") + 1);

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule arrowsPointUpTheList =
      classes()
          .should(
              new ArchCondition<JavaClass>("use only packages above their own") {
                @Override
                public void check(JavaClass user, ConditionEvents events) {
                  for (Dependency arrow : user.getDirectDependenciesFromSelf()) {
                    if (arrow.getTargetClass().getPackageName().startsWith(ROOT)
                        && place(arrow.getTargetClass()) > place(user)) {
                      events.add(SimpleConditionEvent.violated(user, arrow.getDescription()));
                    }
                  }
                }
              });

  @ArchTest
  static final ArchRule everyPackageHasAPlaceInTheList =
      classes()
          .should(
              new ArchCondition<JavaClass>("be in a package of the list") {
                @Override
                public void check(JavaClass c, ConditionEvents events) {
                  if (place(c) < 0) {
                    events.add(SimpleConditionEvent.violated(c, c.getName() + " is in none"));
                  }
                }
              });

  @ArchTest
  static final ArchRule computationDependsOnTheJdkOnly =
      noClasses()
          .that()
          .resideInAnyPackage(
              COMPUTATION.stream().map(name -> ROOT + name + "..").toArray(String[]::new))
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "jdk..", "org.jspecify..", "io.tritter..");

  @ArchTest
  static final ArchRule onlyKernelsUseTheVectorApi =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "kernel..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Manager|Util|Utils|Helper|Base|Factory)(\\$.*)?");

  @ArchTest
  static final ArchRule randomnessIsAnArgument =
      noClasses()
          .should()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(StrictMath.class, "random")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(Collections.class, "shuffle", List.class)
          .orShould()
          .callMethod(RandomGenerator.class, "getDefault")
          .orShould()
          .callMethod(RandomGenerator.class, "of", String.class)
          .orShould()
          .callMethod(RandomGeneratorFactory.class, "create")
          .orShould()
          .callConstructor(Random.class)
          .orShould()
          .callConstructor(SplittableRandom.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ThreadLocalRandom.class);

  @ArchTest
  static final ArchRule onlyTheCommandLinePrints =
      noClasses().that().resideOutsideOfPackage(ROOT + "cli..").should(ACCESS_STANDARD_STREAMS);

  private static int place(JavaClass c) {
    String name = c.getPackageName();
    if (!name.startsWith(ROOT)) {
      return -1;
    }
    return PACKAGES.indexOf(name.substring(ROOT.length()).split("\\.", 2)[0]);
  }
}
