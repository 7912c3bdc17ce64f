# Fuzz targets. A file tests/fuzz/NAME.c that defines LLVMFuzzerTestOneInput() is one, and
# its first inputs lie in tests/fuzz/seeds/NAME/; there is nothing to add here. It becomes
#	tests/fuzz/NAME          a libFuzzer program, `make fuzzers` after --enable-fuzzers
#	tests/fuzz/NAME-replay   in every build; `make check` runs it over the seeds and over
#	                         small mutations of them (replay.c)
# It may use every layer. One called stepsh-NAME.c links the objects of the step shell (all
# but its main.c) and is compiled as the shell is.
fuzz_all   = $(patsubst $(srcdir)/%.c,%,$(wildcard $(srcdir)/tests/fuzz/*.c))
fuzz_names = $(filter-out tests/fuzz/replay,$(fuzz_all))
fuzz_shell = $(filter tests/fuzz/stepsh-%,$(fuzz_names))
fuzz_layer = $(filter-out tests/fuzz/stepsh-%,$(fuzz_names))

fuzz_layer_objects = $(patsubst tests/fuzz/%,fuzz.d/%.o,$(fuzz_layer)) fuzz.d/replay.o
fuzz_shell_objects = $(patsubst tests/fuzz/%,fuzz.d/%.o,$(fuzz_shell))
fuzz_layer_replays = $(addsuffix -replay,$(fuzz_layer))
fuzz_shell_replays = $(addsuffix -replay,$(fuzz_shell))

fuzz_flags = $(DEFS) -D_GNU_SOURCE $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) \
	$(AM_CFLAGS) $(CFLAGS) -MMD -MP
fuzz_archives = libengine.a libsandbox.a libstore.a libformula.a libbase.a
fuzz_libs     = $(fuzz_archives) $(STORE_LIBS) $(SANDBOX_LIBS) $(FORMULA_LIBS) $(LIBS)
fuzz_stepsh   = $(filter-out %/stepsh/main.o,$(stepsh_objects))

$(fuzz_layer_objects): fuzz.d/%.o: $(srcdir)/tests/fuzz/%.c
	$(AM_V_CC)mkdir -p fuzz.d && $(CC) $(fuzz_flags) -c -o $@ $<
$(fuzz_shell_objects): fuzz.d/%.o: $(srcdir)/tests/fuzz/%.c
	$(AM_V_CC)mkdir -p fuzz.d && $(STEPSH_CC) $(fuzz_flags) -c -o $@ $<
fuzz.d/stepsh-replay.o: $(srcdir)/tests/fuzz/replay.c
	$(AM_V_CC)mkdir -p fuzz.d && $(STEPSH_CC) $(fuzz_flags) -c -o $@ $<

$(fuzz_layer_replays): tests/fuzz/%-replay: fuzz.d/%.o fuzz.d/replay.o $(fuzz_archives)
	$(AM_V_CCLD)mkdir -p tests/fuzz && $(CC) $(AM_LDFLAGS) $(LDFLAGS) -o $@ \
		fuzz.d/$*.o fuzz.d/replay.o $(fuzz_libs)
$(fuzz_shell_replays): tests/fuzz/%-replay: fuzz.d/%.o fuzz.d/stepsh-replay.o $(fuzz_stepsh)
	$(AM_V_CCLD)mkdir -p tests/fuzz && $(STEPSH_CC) $(SAN_FLAGS) $(STEPSH_LDFLAGS) -o $@ $^
$(fuzz_layer): tests/fuzz/%: fuzz.d/%.o $(fuzz_archives)
	$(AM_V_CCLD)mkdir -p tests/fuzz && $(CC) $(AM_LDFLAGS) $(LDFLAGS) -fsanitize=fuzzer \
		-o $@ $< $(fuzz_libs)
$(fuzz_shell): tests/fuzz/%: fuzz.d/%.o $(fuzz_stepsh)
	$(AM_V_CCLD)mkdir -p tests/fuzz && $(STEPSH_CC) $(SAN_FLAGS) -fsanitize=fuzzer -o $@ $^
-include $(wildcard fuzz.d/*.d)

if FUZZERS
fuzzers: $(fuzz_names)
else
fuzzers:
	@echo "configure with --enable-fuzzers, or use script/fuzz" >&2; exit 1
endif

sh_tests += %D%/replay.sh
%D%/replay.log: $(fuzz_layer_replays) $(fuzz_shell_replays)

clean-local: clean-fuzz
clean-fuzz:
	rm -rf fuzz.d $(fuzz_names) $(fuzz_layer_replays) $(fuzz_shell_replays)
.PHONY: fuzzers clean-fuzz
EXTRA_DIST += %D%/fuzz.h %D%/replay.c $(fuzz_names:=.c) %D%/seeds
