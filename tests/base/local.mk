# Tests of base.
if HAVE_CMOCKA
check_PROGRAMS += %D%/base
TESTS          += %D%/base
%C%_base_SOURCES  = %D%/base.c
%C%_base_CPPFLAGS = $(unit_cppflags)
%C%_base_LDADD    = libbase.a $(CMOCKA_LIBS)
endif
