# End to end: the program itself, on formulas. Helpers: lib.sh.
batch_helpers = %D%/alone %D%/mktar
check_PROGRAMS += $(batch_helpers)
%C%_alone_SOURCES = %D%/alone.c
%C%_mktar_SOURCES = %D%/mktar.c
batch_tests = %D%/examples.sh %D%/contract.sh %D%/documents.sh %D%/wares.sh %D%/abuse.sh %D%/hostile.sh %D%/host.sh
EXTRA_DIST += %D%/lib.sh $(batch_tests)

# abuse runs inside the box, so it is static and without sanitizers.
check_SCRIPTS += %D%/abuse
EXTRA_DIST    += %D%/abuse.c
CLEANFILES    += %D%/abuse
%D%/abuse: %D%/abuse.c
	$(AM_V_CCLD)mkdir -p $(@D) && $(STEPSH_CC) -std=gnu11 -D_GNU_SOURCE -O1 $(WARN_CFLAGS) -static \
		-o $@ $(srcdir)/tests/batch/abuse.c

# Formulas beside what must come of them.
batch_tests += %D%/conformance.sh
EXTRA_DIST  += %D%/cases %D%/cases.py

sh_tests += %D%/examples.sh %D%/contract.sh %D%/documents.sh %D%/wares.sh %D%/hostile.sh \
	%D%/host.sh %D%/abuse.sh %D%/conformance.sh

# What stderr shows, golden.
sh_tests   += %D%/report.sh %D%/face.sh
EXTRA_DIST += %D%/report
