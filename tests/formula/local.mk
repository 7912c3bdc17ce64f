# Tests of formula.
if HAVE_CMOCKA
check_PROGRAMS += %D%/ware
TESTS          += %D%/ware
%C%_ware_SOURCES  = %D%/ware.c
%C%_ware_CPPFLAGS = $(unit_cppflags)
%C%_ware_LDADD    = libformula.a libbase.a $(FORMULA_LIBS) $(CMOCKA_LIBS)
endif
