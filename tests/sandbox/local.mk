# Tests of sandbox.
check_PROGRAMS += %D%/boxrun
%C%_boxrun_SOURCES  = %D%/boxrun.c
%C%_boxrun_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_boxrun_LDADD    = libsandbox.a libbase.a $(SANDBOX_LIBS)


sandbox_tests = %D%/plan.sh %D%/box.sh %D%/kill.sh %D%/abuse.sh
sh_tests     += $(sandbox_tests)
EXTRA_DIST   += %D%/lib.sh %D%/data/plain.plan %D%/data/strict.plan %D%/data/inputs.plan

# probes runs inside the box, so it is static and without sanitizers.
check_SCRIPTS += %D%/probes
EXTRA_DIST    += %D%/probes.c
CLEANFILES    += %D%/probes
%D%/probes: %D%/probes.c
	$(AM_V_CCLD)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE -O1 $(WARN_CFLAGS) -static \
		-o $@ $(srcdir)/tests/sandbox/probes.c

if HAVE_CMOCKA
check_PROGRAMS += %D%/filter %D%/api
TESTS          += %D%/filter %D%/api
%C%_api_SOURCES  = %D%/api.c
%C%_api_CPPFLAGS = $(unit_cppflags) -D_GNU_SOURCE
%C%_api_LDADD    = libsandbox.a libbase.a $(SANDBOX_LIBS) $(CMOCKA_LIBS)
%C%_filter_SOURCES  = %D%/filter.c
%C%_filter_CPPFLAGS = $(unit_cppflags) -D_GNU_SOURCE
%C%_filter_LDADD    = libsandbox.a libbase.a $(SANDBOX_LIBS) $(CMOCKA_LIBS)
endif
