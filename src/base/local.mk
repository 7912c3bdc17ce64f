noinst_LIBRARIES += libbase.a
base_sources = \
	%D%/arena.c %D%/arena.h %D%/base58.c %D%/base58.h %D%/cbor.c %D%/cbor.h \
	%D%/err.c %D%/err.h %D%/fd.c %D%/fd.h %D%/host.c %D%/host.h %D%/jsonw.c %D%/jsonw.h \
	%D%/loop.c %D%/loop.h %D%/map.c %D%/map.h %D%/mem.c %D%/mem.h %D%/nearest.c %D%/nearest.h %D%/str.c %D%/str.h \
	%D%/utf8.c %D%/utf8.h %D%/vec.h %D%/wire.c %D%/wire.h
libbase_a_SOURCES = $(base_sources)
