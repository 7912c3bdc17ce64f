# End to end: the program itself, on formulas. Helpers: lib.sh.
batch_helpers = %D%/alone %D%/mktar
check_PROGRAMS += $(batch_helpers)
%C%_alone_SOURCES = %D%/alone.c
%C%_mktar_SOURCES = %D%/mktar.c
batch_tests = %D%/contract.sh %D%/documents.sh %D%/wares.sh %D%/hostile.sh %D%/host.sh
EXTRA_DIST += %D%/lib.sh $(batch_tests)
