# Benchmarks. tests/bench/NAME.sh is one: `make bench` runs all, `make bench-NAME` one.
# tests/bench/NAME.c is a program that they use; it links bench.c and every layer. There is
# nothing to add here. See bench.h.
bench_scripts  = $(sort $(wildcard $(srcdir)/tests/bench/*.sh))
bench_names    = $(patsubst $(srcdir)/tests/bench/%.sh,bench-%,$(bench_scripts))
bench_sources  = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/tests/bench/*.c))
bench_programs = $(patsubst %.c,%,$(filter-out tests/bench/bench.c,$(bench_sources)))
bench_objects  = $(patsubst tests/bench/%.c,bench.d/%.o,$(bench_sources))

$(bench_objects): bench.d/%.o: $(srcdir)/tests/bench/%.c
	$(AM_V_CC)mkdir -p bench.d && $(CC) $(fuzz_flags) -c -o $@ $<
$(bench_programs): tests/bench/%: bench.d/%.o bench.d/bench.o $(fuzz_archives)
	$(AM_V_CCLD)mkdir -p tests/bench && $(CC) $(AM_LDFLAGS) $(LDFLAGS) -o $@ \
		bench.d/$*.o bench.d/bench.o $(fuzz_libs)
-include $(wildcard bench.d/*.d)

bench: # one after the other, even under -j
	@for b in $(bench_names); do $(MAKE) --no-print-directory -j1 $$b || exit 1; done
$(bench_names): bench-%: wfx stepsh $(bench_programs)
	@WORK=$$(mktemp -d "$${TMPDIR:-/tmp}/wfx-bench.XXXXXX") && export WORK && \
	BENCH='$(abs_builddir)/tests/bench/compare' WFX='$(abs_builddir)/wfx' \
	STEPSH='$(abs_builddir)/stepsh' SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)' \
	LC_ALL=C.UTF-8 $(SHELL) $(srcdir)/tests/bench/$*.sh; r=$$?; rm -rf "$$WORK"; exit $$r

clean-local: clean-bench
clean-bench:
	rm -rf bench.d $(bench_programs)
.PHONY: bench $(bench_names) clean-bench
EXTRA_DIST += $(bench_sources) %D%/bench.h $(bench_scripts)
