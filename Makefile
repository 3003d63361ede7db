# Ragtime: make (release), make SAN=address,undefined, make check, make demo, make bench, make install.
#
# One static library a floor of the architecture (base, sim, ann, asl, models, study, reports, cli), so that a
# test links only its own floor and those below. Everything built lands in build/CONFIGURATION.

CC       ?= gcc
SAN      ?=
PREFIX   ?= /usr/local
DESTDIR  ?=
VERSION  := 0.1.0
Q        := $(if $(V),,@)
JOBS     := $(shell nproc 2>/dev/null || echo 2)

ifeq ($(origin CC),default)
CC := gcc
endif

comma    := ,
CONFIG   := $(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
B        := build/$(CONFIG)

PACKAGES := build-essential pkg-config libgsl-dev libcsv-dev libcjson-dev libyaml-dev libcmocka-dev libpcre2-dev
CLANG    := $(findstring clang,$(notdir $(CC)))
OTHER    := $(if $(CLANG),gcc,clang)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion \
            -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wredundant-decls \
            -Wnull-dereference -Wswitch-enum -Wdate-time
ifeq ($(CLANG),)
WARNINGS += -Wimplicit-fallthrough=5 -Wlogical-op -Wduplicated-cond -Wduplicated-branches
endif
WERROR   ?= -Werror

# -fno-tree-slp-vectorize: gcc packs a generator's state into vectors and reads it back as scalars,
# which makes a draw three times slower. -ffp-contract=off: fused multiply-adds change last bits, and
# the same seed must give the same bytes on every machine.
# Under a sanitizer the tests are compiled once and run once: most of the time goes into compiling. Traces need lines only.
OPTIMIZE := $(if $(SAN),-O1,-O2) -g1 -fno-tree-slp-vectorize -ffp-contract=off -fno-math-errno -fno-plt
CPPFLAGS += -I. -D_GNU_SOURCE -DRAGTIME_VERSION='"$(VERSION)"'
CFLAGS   ?=
ALL_CFLAGS = -std=c17 $(OPTIMIZE) $(WARNINGS) $(WERROR) -pthread $(CFLAGS)
LDLIBS   := -lpcre2-8 -lyaml -lcjson -lcsv -lgsl -lgslcblas -lm
LDFLAGS  += -pthread

# Link-time optimization sees paths across files that cannot be taken; its flow warnings are not errors of a file.
LINK_WARNINGS := -Wno-null-dereference -Wno-maybe-uninitialized
# Tests take the machine code that objects carry beside it: linking each of them anew with optimization takes minutes.
# Under a sanitizer it is the libraries that are watched at work: optimizing the tests themselves would take most of the build.
TEST_LINK     := -fno-lto $(if $(SAN),-O0,-O1) $(if $(shell command -v ld.gold),-fuse-ld=gold)
ifneq ($(CLANG),)
LINK_WARNINGS :=
endif

ifneq ($(SAN),)
ALL_CFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS    += -fsanitize=$(SAN)
else
ifeq ($(CLANG),)
ALL_CFLAGS += -flto=auto -ffat-lto-objects
LDFLAGS    += -flto=auto $(OPTIMIZE)
AR         := gcc-ar
endif
HARDENING  := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
endif

FLOORS   := base sim ann asl models study reports cli
sources_of = $(filter-out cli/main.c,$(wildcard $(if $(filter ann asl,$1),models/$1,$1)/*.c))
object_of  = $(patsubst %,$(B)/%.o,$1)
library_of = $(B)/lib$1.a

# A floor's library and those below it, in link order.
BELOW_base    := base
BELOW_sim     := sim base
BELOW_ann     := ann base
BELOW_asl     := asl base
BELOW_models  := models ann asl sim base
BELOW_study   := study $(BELOW_models)
BELOW_reports := reports $(BELOW_study)
BELOW_cli     := cli $(BELOW_reports)

CATALOG  := $(wildcard models/catalog/*.json)
TESTS    := $(foreach f,$(FLOORS),$(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/$f/test_*.c)))
LONGEST_FIRST := $(foreach f,cli study ann models asl base sim reports,$(filter $(B)/tests/$f/%,$(TESTS)))
BENCHES  := $(patsubst %.c,$(B)/%,$(wildcard bench/bench_*.c))
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all check check-other check-thread syntax demo bench bench-ann install clean setup tests run-tests fuzz format tidy
all: $(B)/ragtime

$(B)/ragtime: $(call object_of,cli/main.c) $(foreach f,$(BELOW_cli),$(call library_of,$f))
	@echo LINK $@
	$(Q)$(CC) $(LDFLAGS) $(LINK_WARNINGS) -o $@ $^ $(LDLIBS)

# sim/ and the ANN kernels are the hot path and stay without stack protectors; in models/, where a request's path and the
# reading of scenarios are neighbours, only functions with a buffer of characters have one.
$(B)/sim/%.o $(B)/models/ann/%.o: HARDENING :=
# The kernel is optimized under sanitizers too: its tests take as long as all others together.
$(B)/models/ann/%.o: OPTIMIZE := $(OPTIMIZE:-O1=-O2)
$(B)/models/%.o: HARDENING := $(HARDENING:-strong=)

# Flags are in the Makefile: what was built by others is built anew.
$(B)/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo CC $<
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(HARDENING) -MMD -MP -c -o $@ $<

define floor_library
$(call library_of,$1): $(call object_of,$(call sources_of,$1)) $(if $(filter models,$1),$(B)/models/catalog/data.o) $(if $(filter ann,$1),$(B)/models/ann/profiles/data.o)
	@rm -f $$@
	$(Q)$(AR) rcs $$@ $$^
endef
$(foreach f,$(FLOORS),$(eval $(call floor_library,$f)))

# The catalogue's files go into the program as they are: no path to find at run time.
$(B)/models/catalog/data.o: models/catalog/data.S base/embed.h $(CATALOG)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -c -o $@ $<

# So do the profiles of machines.
$(B)/models/ann/profiles/data.o: models/ann/profiles/data.S base/embed.h $(wildcard models/ann/profiles/*.json)
	@mkdir -p $(@D)
	$(Q)$(CC) -I. -c -o $@ $<

define floor_tests
$(B)/tests/$1/test_%: tests/$1/test_%.c $(wildcard tests/$1/*.h tests/base/*.h) $(foreach f,$(BELOW_$1),$(call library_of,$f))
	@mkdir -p $$(@D)
	@echo LINK $$@
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_WARNINGS) $(TEST_LINK) -o $$@ $$< $(foreach f,$(BELOW_$1),$(call library_of,$f)) $(LDLIBS) -lcmocka
endef
$(foreach f,$(FLOORS),$(eval $(call floor_tests,$f)))

$(B)/bench/%: bench/%.c $(wildcard bench/*.h) $(foreach f,$(BELOW_reports),$(call library_of,$f))
	@mkdir -p $(@D)
	@echo LINK $@
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $(LINK_WARNINGS) -o $@ $< $(foreach f,$(BELOW_reports),$(call library_of,$f)) $(LDLIBS)

# What a test of the command line runs; tests measure anew what users have kept.
export RAGTIME ?= $(B)/ragtime
export RAGTIME_CACHE := off

tests: $(TESTS) $(B)/ragtime

# Runs every test program of this configuration, some beside each other; each one's output stays together. Stops at none, fails if any failed.
run-tests: tests
	@printf '%s\n' $(LONGEST_FIRST) | xargs -P $(JOBS) -I{} sh -c \
	  'if {} > {}.log 2>&1; then cat {}.log; else cat {}.log; echo "FAILED: {}"; exit 1; fi'

# The tests of one floor: make test-sim
test-%:
	@$(MAKE) --no-print-directory $(foreach t,$(wildcard tests/$*/test_*.c),$(B)/$(t:.c=)) $(if $(filter cli,$*),$(B)/ragtime)
	@for t in $(foreach t,$(wildcard tests/$*/test_*.c),$(B)/$(t:.c=)); do $$t || exit 1; done

# Everything: the release build, the other compiler, then with address and undefined-behaviour sanitizers, then what runs on threads
# with the thread sanitizer.
check: PACKAGES += clang
check: setup
	@$(MAKE) --no-print-directory -j$(JOBS) SAN= tests
	@$(MAKE) --no-print-directory SAN= run-tests
	@$(MAKE) --no-print-directory SAN= check-other
	@$(MAKE) --no-print-directory -j$(JOBS) SAN=address,undefined tests
	@$(MAKE) --no-print-directory SAN=address,undefined run-tests
	@$(MAKE) --no-print-directory -j$(JOBS) SAN=thread check-thread
	@echo "make check: all tests passed"

# The other compiler accepts everything without a warning, and its program gives the same bytes for the same seed.
SAME_BYTES := compare scenarios/rag-chat/workflow.yaml scenarios/rag-chat/express.yaml scenarios/rag-chat/function.yaml \
              scenarios/rag-chat/provisioned.yaml --duration 10m --set simulate.warmup=1m --replications 3 --json
check-other: all
	@if ! command -v $(OTHER) >/dev/null; then echo "make check: there is no $(OTHER) here, so its build is not checked"; exit 0; fi; \
	$(MAKE) --no-print-directory -j$(JOBS) CC=$(OTHER) all syntax && \
	$(B)/ragtime $(SAME_BYTES) > build/same-bytes.json && build/$(OTHER)/ragtime $(SAME_BYTES) | cmp - build/same-bytes.json && \
	echo "check-other: $(OTHER) builds everything, and its program gives the same bytes"

# What the program does not contain, compiled without making code.
syntax:
	@echo SYNTAX tests bench
	$(Q)printf '%s\n' tests/*/*.c bench/*.c | xargs -P $(JOBS) -n 4 $(CC) $(CPPFLAGS) $(ALL_CFLAGS) -fsyntax-only

THREADED := $(B)/tests/sim/test_crew $(B)/tests/ann/test_hnsw $(B)/tests/ann/test_store_threads $(B)/tests/study/test_determinism
check-thread: $(THREADED)
	@for t in $(THREADED); do $$t || exit 1; done

demo: setup
	@$(MAKE) --no-print-directory -j$(JOBS) all
	$(B)/ragtime compare scenarios/rag-chat/workflow.yaml scenarios/rag-chat/express.yaml \
	    scenarios/rag-chat/function.yaml scenarios/rag-chat/provisioned.yaml --out out/demo

bench: $(BENCHES)
	@for b in $(BENCHES); do $$b || exit 1; done

# Vector indexes beside hnswlib and faiss, where their headers are (libhnswlib-dev, libfaiss-dev); they get the best code this
# machine has. make bench-ann; build/gcc/bench/ann/compare --data mnist784 for other data.
CXX           ?= g++
HAVE_HNSWLIB  := $(wildcard /usr/include/hnswlib/hnswlib.h)
HAVE_FAISS    := $(wildcard /usr/include/faiss/IndexHNSW.h)
PEERS         := $(if $(HAVE_HNSWLIB),$(B)/bench/ann/peer_hnswlib.o) $(if $(HAVE_FAISS),$(B)/bench/ann/peer_faiss.o)
PEER_DEFINES  := $(if $(HAVE_HNSWLIB),-DHAVE_HNSWLIB) $(if $(HAVE_FAISS),-DHAVE_FAISS)

$(B)/bench/ann/%.o: bench/ann/%.cpp bench/ann/engine.h
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=c++17 -O3 -march=native -fopenmp -I. -c -o $@ $<

$(B)/bench/ann/compare: bench/ann/compare.c bench/ann/own.c bench/ann/engine.h $(PEERS) $(foreach f,$(BELOW_ann),$(call library_of,$f))
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(PEER_DEFINES) $(LDFLAGS) $(LINK_WARNINGS) -o $@ $(filter-out %.h,$^) -lstdc++ $(if $(HAVE_FAISS),-lfaiss -lopenblas -lgomp) -lm

bench-ann: $(B)/bench/ann/compare $(B)/bench/ann/store
	$< --data glove100
	$< --data mnist784
	$(B)/bench/ann/store

install: $(B)/ragtime
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/ragtime
	install -m 755 $(B)/ragtime $(DESTDIR)$(PREFIX)/bin/ragtime
	cp -r scenarios $(DESTDIR)$(PREFIX)/share/ragtime/

# What building needs, installed where that is possible, else said.
setup:
	@sh tools/setup.sh $(PACKAGES)

# A fuzzer for MINUTES minutes: make fuzz MINUTES=3
MINUTES ?= 3
FUZZ_FLAGS := -std=c17 -g -O1 -ffp-contract=off -fno-math-errno -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZED     := base/*.c sim/*.c models/ann/*.c models/asl/*.c models/*.c study/*.c models/catalog/data.S models/ann/profiles/data.S
fuzz: $(foreach f,$(FUZZERS),build/corpus/$f/seeded)
	@for f in $(FUZZERS); do echo CC $$f && \
	  clang $(FUZZ_FLAGS) $(CPPFLAGS) -o build/$$f tests/fuzz/$$f.c $(FUZZED) $(LDLIBS) -pthread && \
	  build/$$f -max_total_time=$$(($(MINUTES) * 60)) -timeout=10 build/corpus/$$f tests/fuzz/corpus/$${f#fuzz_} || exit 1; done

# The first byte of an input says what the rest is: tests/fuzz/*.c.
build/corpus/%/seeded:
	@mkdir -p $(@D) && touch $@
build/corpus/fuzz_scenario/seeded: $(wildcard scenarios/*.yaml scenarios/*/*.yaml)
	@mkdir -p $(@D)
	@for s in $^; do n=$$(echo $$s | tr / _); (printf y; cat $$s) > $(@D)/y_$$n; (printf d; cat $$s) > $(@D)/d_$$n; \
	  (printf 'scomponents.embed.memory=512MB\n'; cat $$s) > $(@D)/s_$$n; done; touch $@

SOURCES := $(wildcard base/*.[ch] sim/*.[ch] models/*.[ch] models/ann/*.[ch] models/asl/*.[ch] study/*.[ch] reports/*.[ch] cli/*.[ch])
format:
	clang-format -i $(SOURCES)
tidy:
	clang-tidy --quiet $(filter %.c,$(SOURCES)) -- -std=c17 $(CPPFLAGS)

clean:
	rm -rf build out

-include $(shell find $(B) -name '*.d' 2>/dev/null)
