# Tests of store. Benches: tests/bench/{unpack,pack}.sh use waretool.

# pack, unpack, scan
check_PROGRAMS += %D%/waretool
%C%_waretool_SOURCES = %D%/waretool.c
%C%_waretool_LDADD   = libstore.a libformula.a libbase.a $(STORE_LIBS) $(FORMULA_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += %D%/hostile %D%/codec
TESTS          += %D%/hostile %D%/codec
%C%_hostile_SOURCES  = %D%/hostile.c %D%/tarmake.h
%C%_hostile_CPPFLAGS = $(unit_cppflags)
%C%_codec_SOURCES    = %D%/codec.c %D%/tarmake.h
%C%_codec_CPPFLAGS   = $(unit_cppflags)
%C%_codec_LDADD      = libstore.a libformula.a libbase.a $(STORE_LIBS) $(FORMULA_LIBS) $(CMOCKA_LIBS)
%C%_hostile_LDADD    = libstore.a libformula.a libbase.a $(STORE_LIBS) $(FORMULA_LIBS) $(CMOCKA_LIBS)
endif
sh_tests   += %D%/oracle.sh %D%/peers.sh
EXTRA_DIST += %D%/oracle.py tests/bench/rootfs.inc
%D%/oracle.log %D%/peers.log: %D%/waretool$(EXEEXT)

# warehouses, cache, locks, workspaces
check_PROGRAMS += %D%/storetool
%C%_storetool_SOURCES = %D%/storetool.c
%C%_storetool_LDADD   = libstore.a libformula.a libbase.a $(STORE_LIBS) $(FORMULA_LIBS)
%C%_storetool_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync,--wrap=syncfs,--wrap=write \
	-Wl,--wrap=renameat,--wrap=renameat2,--wrap=mkdirat,--wrap=openat
sh_tests += %D%/warecmd.sh %D%/fetch.sh %D%/crash.sh %D%/powercut.sh
%D%/fetch.log %D%/crash.log %D%/powercut.log: %D%/storetool$(EXEEXT)
if HAVE_CMOCKA
check_PROGRAMS += %D%/store
TESTS          += %D%/store
%C%_store_SOURCES  = %D%/store.c
%C%_store_CPPFLAGS = $(unit_cppflags)
%C%_store_LDADD    = libstore.a libformula.a libbase.a $(STORE_LIBS) $(FORMULA_LIBS) $(CMOCKA_LIBS)
endif
