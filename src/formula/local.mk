noinst_LIBRARIES += libformula.a
FORMULA_LIBS = $(YAJL_LIBS) $(CRYPTO_LIBS)
libformula_a_SOURCES  = %D%/ware.c %D%/ware.h
libformula_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAJL_CFLAGS) $(CRYPTO_CFLAGS)
