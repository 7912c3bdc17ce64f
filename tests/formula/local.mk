# Tests of formula.
if HAVE_CMOCKA
check_PROGRAMS += %D%/ware %D%/json %D%/document
TESTS          += %D%/ware %D%/json %D%/document
%C%_ware_SOURCES      = %D%/ware.c
%C%_ware_CPPFLAGS     = $(unit_cppflags)
%C%_ware_LDADD        = libformula.a libbase.a $(FORMULA_LIBS) $(CMOCKA_LIBS)
%C%_json_SOURCES      = %D%/json.c
%C%_json_CPPFLAGS     = $(unit_cppflags)
%C%_json_LDADD        = libformula.a libbase.a $(FORMULA_LIBS) $(CMOCKA_LIBS)
%C%_document_SOURCES  = %D%/document.c
%C%_document_CPPFLAGS = $(unit_cppflags)
%C%_document_LDADD    = libformula.a libbase.a $(FORMULA_LIBS) $(CMOCKA_LIBS)
endif
sh_tests += %D%/doc.sh %D%/ids.sh
EXTRA_DIST += %D%/data %D%/ids.py
