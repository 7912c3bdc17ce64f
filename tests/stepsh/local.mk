# Tests of stepsh.
check_LIBRARIES = libstepsh-leaf.a
libstepsh_leaf_a_SOURCES = $(stepsh_leaf_sources)
if HAVE_CMOCKA
check_PROGRAMS += %D%/leaf
TESTS          += %D%/leaf
%C%_leaf_SOURCES  = %D%/leaf.c
%C%_leaf_CPPFLAGS = $(unit_cppflags)
%C%_leaf_LDADD    = libstepsh-leaf.a libbase.a $(CMOCKA_LIBS)
endif
