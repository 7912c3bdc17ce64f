noinst_LIBRARIES += libformula.a
FORMULA_LIBS = $(YAJL_LIBS) $(CRYPTO_LIBS)
libformula_a_SOURCES  = \
	%D%/check.c \
	%D%/document.c %D%/document.h \
	%D%/format.c \
	%D%/grammar.c %D%/grammar.h \
	%D%/id.c \
	%D%/json.c %D%/json.h \
	%D%/jsonlax.c %D%/jsonlax.h \
	%D%/order.c \
	%D%/schema.c %D%/schema.h \
	%D%/simple.c %D%/simple.h \
	%D%/source.c %D%/source.h \
	%D%/ware.c %D%/ware.h
libformula_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAJL_CFLAGS) $(CRYPTO_CFLAGS)
