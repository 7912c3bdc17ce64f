noinst_LIBRARIES += libstore.a
STORE_LIBS = $(CRYPTO_LIBS) $(ISAL_LIBS) $(ZLIB_LIBS) $(DEFLATE_LIBS) $(ZSTD_LIBS) $(LZMA_LIBS) $(BZ2_LIBS)
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS) $(ISAL_CFLAGS) $(ZLIB_CFLAGS) \
	$(DEFLATE_CFLAGS) $(ZSTD_CFLAGS) $(LZMA_CFLAGS)
libstore_a_SOURCES =

# pack, unpack, scan
libstore_a_SOURCES += %D%/blobhash.c %D%/blobhash.h %D%/codec.c %D%/codec.h %D%/confine.c %D%/confine.h \
	%D%/digest.c %D%/digest.h %D%/filejob.c %D%/filejob.h %D%/filter.c %D%/filter.h \
	%D%/gzmember.c %D%/gzmember.h %D%/index.c %D%/index.h %D%/indexw.h %D%/inflate.c \
	%D%/inflate.h %D%/pack.c %D%/pack.h %D%/packfile.c %D%/packin.h %D%/packwalk.c %D%/packout.c %D%/packout.h %D%/place.c %D%/place.h \
	%D%/progress.c %D%/progress.h %D%/queue.c %D%/queue.h %D%/source.c %D%/source.h \
	%D%/stream.c %D%/stream.h %D%/tarpax.c %D%/tarpax.h %D%/tarread.c %D%/tarread.h \
	%D%/tarwrite.c %D%/tarwrite.h %D%/thread.c %D%/thread.h %D%/treehash.c %D%/treehash.h \
	%D%/unpack.c %D%/unpack.h

# warehouses, cache, locks, workspaces
libstore_a_SOURCES += %D%/blob.c %D%/cache.c %D%/cache.h %D%/check.c %D%/check.h %D%/copy.c \
	%D%/direct.c %D%/fetch.c %D%/has.c %D%/hashpool.c %D%/hashpool.h %D%/inside.h \
	%D%/lock.c %D%/lock.h %D%/memo.c %D%/packing.c %D%/seal.c %D%/seal.h %D%/search.c \
	%D%/search.h %D%/store.c %D%/store.h %D%/treesync.c %D%/treesync.h %D%/upkeep.c %D%/upkeep.h %D%/verify.c \
	%D%/verify.h %D%/warehouse.c %D%/warehouse.h %D%/workspace.c
