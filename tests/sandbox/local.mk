# Tests of sandbox.
check_PROGRAMS += %D%/boxrun
%C%_boxrun_SOURCES  = %D%/boxrun.c
%C%_boxrun_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_boxrun_LDADD    = libsandbox.a libbase.a $(SANDBOX_LIBS)


sandbox_tests = %D%/plan.sh %D%/box.sh %D%/kill.sh
sh_tests     += $(sandbox_tests)
EXTRA_DIST   += %D%/lib.sh %D%/data/plain.plan %D%/data/strict.plan %D%/data/inputs.plan

if HAVE_CMOCKA
check_PROGRAMS += %D%/filter
TESTS          += %D%/filter
%C%_filter_SOURCES  = %D%/filter.c
%C%_filter_CPPFLAGS = $(unit_cppflags) -D_GNU_SOURCE
%C%_filter_LDADD    = libsandbox.a libbase.a $(SANDBOX_LIBS) $(CMOCKA_LIBS)
endif
