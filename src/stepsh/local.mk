# stepsh has a compiler of its own (musl, static), so its objects lie apart and libbase's
# sources are compiled once more for it.
pkglibexec_SCRIPTS = stepsh
stepsh_sources = %D%/main.c
stepsh_headers = %D%/arith.h %D%/b_plain.h %D%/builtin_io.h %D%/glob.h %D%/pattern.h %D%/quote.h \
	%D%/signame.h
EXTRA_DIST += $(stepsh_sources) $(stepsh_headers)
CLEANFILES += stepsh

stepsh_csources = $(stepsh_sources) $(filter-out %D%/../base/loop.c src/base/loop.c,$(filter %.c,$(base_sources)))
stepsh_objects = $(patsubst %.c,stepsh.d/%.o,$(stepsh_csources))
STEPSH_CFLAGS = -Os

stepsh.d/%.o: $(top_srcdir)/%.c
	$(AM_V_CC)mkdir -p $(@D) && $(STEPSH_CC) -std=gnu11 -D_GNU_SOURCE -I$(top_srcdir)/src \
		$(WARN_CFLAGS) $(SAN_FLAGS) $(STEPSH_CFLAGS) -MMD -MP -c -o $@ $<

stepsh: $(stepsh_objects)
	$(AM_V_CCLD)$(STEPSH_CC) $(SAN_FLAGS) $(STEPSH_LDFLAGS) -o $@ $(stepsh_objects)

-include $(stepsh_objects:.o=.d)

clean-local: clean-stepsh
clean-stepsh:
	rm -rf stepsh.d
.PHONY: clean-stepsh
