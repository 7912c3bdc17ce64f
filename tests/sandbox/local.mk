# Tests of sandbox.
check_PROGRAMS += %D%/boxrun
%C%_boxrun_SOURCES  = %D%/boxrun.c
%C%_boxrun_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
%C%_boxrun_LDADD    = libsandbox.a libbase.a $(SANDBOX_LIBS)


sandbox_tests = %D%/box.sh
sh_tests     += $(sandbox_tests)
EXTRA_DIST   += %D%/lib.sh
