# Needs make, Maven and a JDK 25 or newer, which scripts/find-jdk finds beside an older one.

JAR = target/ladder.jar

# Directories count too: theirs is the time that changes when a file goes.
SOURCES := pom.xml LICENSE $(shell find src/main sql 2>/dev/null)

# Sets JAVA_HOME, or ends with find-jdk's own sentence.
FIND_JDK = JAVA_HOME=$$(scripts/find-jdk) || exit 1; export JAVA_HOME

# Keeps the JDK from warning of what Chronicle Queue does.
JVM = --sun-misc-unsafe-memory-access=allow

# Prints one option more, training a cache first when jar or JDK are new; "make run AOT=" does without.
AOT = scripts/aot-cache $(JAR) $(JVM)

# Maven is quiet. The MAVEN_OPTS keep the JDK from warning of what Maven's own libraries do.
MVN = $(FIND_JDK); \
  command -v mvn >/dev/null || { \
    echo "ladder: needs Maven 3.6.3 or newer and found no mvn on the PATH: install it" \
      "(apt install maven, brew install maven, sdk install maven)." >&2; \
    exit 1; }; \
  MAVEN_OPTS="$${MAVEN_OPTS-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"; \
  export MAVEN_OPTS; \
  mvn -B -ntp -Dorg.slf4j.simpleLogger.defaultLogLevel=warn

# All but silent about tests: what Surefire and Failsafe count is shown.
COUNTS = \
  -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire=info \
  -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.failsafe=info

# "make faults FAULT_SECONDS=10 SEED=7 ONLY='Redis|late'": so long each, this seed, only these.
FAULTS = -Dfaults.seconds=$(or $(FAULT_SECONDS),6) $(if $(SEED),-Dfaults.seed=$(SEED)) \
  $(if $(ONLY),'-Dfaults.only=$(ONLY)')

# "make bench PEER='ladder|vertx' TEST=cached ROUNDS=3 QUICK=1": these rows, these tests, so often.
BENCH = $(if $(PEER),'-Dbench.peer=$(PEER)') $(if $(TEST),-Dbench.test=$(TEST)) \
  $(if $(ROUNDS),-Dbench.rounds=$(ROUNDS)) $(if $(QUICK),-Dbench.quick=true)

.PHONY: help run climb faults bench test check build format clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: $(JAR) ## build the jar if needed, and serve with embedded PostgreSQL and Redis
	@$(FIND_JDK); exec "$$JAVA_HOME/bin/java" $(JVM) $$($(AOT)) -jar $(JAR)

climb: $(JAR) ## measure each rung off and on; "make climb ARGS=--small" for a short look
	@$(FIND_JDK); exec "$$JAVA_HOME/bin/java" $(JVM) -Xmx512m -jar $(JAR) climb \
	  --commit "$$(git describe --always --dirty 2>/dev/null)" $(ARGS)

faults: $(JAR) ## break servers under load and judge every answer; target/faults.md, 6 minutes
	@$(MVN) test-compile failsafe:integration-test failsafe:verify -Dit.test=Faults $(FAULTS)

bench: $(JAR) ## side by side with the frameworks; needs wrk; "make bench QUICK=1" for a short look
	@$(MVN) test-compile
	@$(FIND_JDK); exec "$$JAVA_HOME/bin/java" $(JVM) $(BENCH) \
	  -cp target/test-classes:$(JAR) ladder.bench.Bench

test: ## run all tests: unit, integration, and end to end on the packaged jar
	@$(MVN) $(COUNTS) verify

check: ## what CI runs: formatting, static analysis, architecture rules, all tests
	@$(MVN) $(COUNTS) spotless:check verify

build: $(JAR) ## package target/ladder.jar, the single runnable jar
	@:

format: ## format all Java sources
	@$(MVN) spotless:apply

clean: ## remove what was built; the data directory stays
	@rm -rf target

$(JAR): $(SOURCES)
	@echo "building $(JAR) (the first time, Maven fetches the libraries)"
	@$(MVN) -DskipTests package
	@touch $(JAR)
