# Tests of store.

# pack, unpack, scan
check_PROGRAMS += %D%/waretool
%C%_waretool_SOURCES = %D%/waretool.c
%C%_waretool_LDADD   = libstore.a libformula.a libbase.a $(STORE_LIBS) $(FORMULA_LIBS)

# warehouses, cache, locks, workspaces
