noinst_LIBRARIES += libstore.a
STORE_LIBS = $(CRYPTO_LIBS) $(ISAL_LIBS) $(ZLIB_LIBS) $(DEFLATE_LIBS) $(ZSTD_LIBS) $(LZMA_LIBS) $(BZ2_LIBS)
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS) $(ISAL_CFLAGS) $(ZLIB_CFLAGS) \
	$(DEFLATE_CFLAGS) $(ZSTD_CFLAGS) $(LZMA_CFLAGS)
libstore_a_SOURCES = %D%/placeholder.c

# pack, unpack, scan
libstore_a_SOURCES += %D%/codec.h %D%/confine.h %D%/index.h %D%/pack.h %D%/treehash.h %D%/unpack.h

# warehouses, cache, locks, workspaces
