# stepsh has a compiler of its own (musl, static), so its objects lie apart and libbase's
# sources are compiled once more for it.
pkglibexec_SCRIPTS = stepsh
# The parts that know nothing of a shell; unit tests and fuzz targets link these alone.
stepsh_leaf_sources = \
	%D%/arith.c %D%/arith.h %D%/b_kill.c %D%/b_plain.h %D%/b_printf.c %D%/b_test.c \
	%D%/b_ulimit.c %D%/builtin_io.c %D%/builtin_io.h %D%/escape.c %D%/escape.h \
	%D%/glob.c %D%/glob.h %D%/pattern.c %D%/pattern.h %D%/pattern_bracket.c \
	%D%/pattern_ext.c %D%/pattern_impl.h %D%/quote.c %D%/quote.h %D%/signame.c %D%/signame.h
stepsh_sources = \
	%D%/array.c %D%/b_alias.c %D%/b_dir.c %D%/b_flow.c %D%/b_read.c %D%/b_var.c \
	%D%/brace.c %D%/builtin.c %D%/control.c %D%/exec.c %D%/expand.c %D%/field.c \
	%D%/func.c %D%/job.c %D%/lex.c %D%/lexparam.c %D%/lexword.c %D%/main.c \
	%D%/math.c %D%/message.c %D%/opt.c %D%/param.c %D%/parse.c %D%/parse_bash.c \
	%D%/parse_compound.c %D%/parse_simple.c %D%/path.c %D%/pipe.c %D%/prompt.c \
	%D%/redir.c %D%/report.c %D%/script.c %D%/shell.c %D%/simple.c %D%/source.c \
	%D%/spawn.c %D%/specials.c %D%/subst.c %D%/test.c %D%/timing.c %D%/transform.c \
	%D%/trap.c %D%/var.c %D%/why.c
stepsh_headers = \
	%D%/alias.h %D%/array.h %D%/ast.h %D%/builtin.h %D%/control.h %D%/exec.h \
	%D%/expand.h %D%/job.h %D%/lex.h %D%/math.h %D%/opt.h %D%/parse.h %D%/path.h \
	%D%/pipe.h %D%/prompt.h %D%/redir.h %D%/report.h %D%/script.h %D%/sh.h \
	%D%/simple.h %D%/spawn.h %D%/specials.h %D%/transform.h %D%/trap.h %D%/var.h \
	%D%/why.h
dist_man_MANS += doc/stepsh.1
EXTRA_DIST += $(stepsh_sources) $(stepsh_headers) $(stepsh_leaf_sources)
CLEANFILES += stepsh

stepsh_csources = $(stepsh_sources) $(filter %.c,$(stepsh_leaf_sources)) $(filter-out %D%/../base/loop.c src/base/loop.c,$(filter %.c,$(base_sources)))
stepsh_objects = $(patsubst %.c,stepsh.d/%.o,$(stepsh_csources))
STEPSH_CFLAGS = -O2

stepsh.d/%.o: $(top_srcdir)/%.c
	$(AM_V_CC)mkdir -p $(@D) && $(STEPSH_CC) -std=gnu11 -D_GNU_SOURCE -I$(top_srcdir)/src \
		$(WARN_CFLAGS) $(SAN_FLAGS) $(STEPSH_CFLAGS) -MMD -MP -c -o $@ $<

stepsh: $(stepsh_objects)
	$(AM_V_CCLD)$(STEPSH_CC) $(SAN_FLAGS) $(STEPSH_LDFLAGS) -o $@ $(stepsh_objects)

# A sanitized shell is dynamic and cannot start in a box that has no libraries: tests of the
# whole program use this one there.
stepsh-box: $(stepsh_csources)
	$(AM_V_CCLD)$(CC) -std=gnu11 -D_GNU_SOURCE -I$(top_srcdir)/src -w $(STEPSH_CFLAGS) \
		-static -o $@ $(addprefix $(top_srcdir)/,$(stepsh_csources))
CLEANFILES += stepsh-box

-include $(stepsh_objects:.o=.d)

clean-local: clean-stepsh
clean-stepsh:
	rm -rf stepsh.d
.PHONY: clean-stepsh
