# Tests of stepsh.
check_LIBRARIES = libstepsh-leaf.a
libstepsh_leaf_a_SOURCES = $(stepsh_leaf_sources)
if HAVE_CMOCKA
check_PROGRAMS += %D%/leaf
TESTS          += %D%/leaf
%C%_leaf_SOURCES  = %D%/leaf.c
%C%_leaf_CPPFLAGS = $(unit_cppflags)
%C%_leaf_LDADD    = libstepsh-leaf.a libbase.a $(CMOCKA_LIBS)
check_PROGRAMS += %D%/control
TESTS          += %D%/control
%C%_control_SOURCES  = %D%/control.c
%C%_control_CPPFLAGS = $(unit_cppflags)
%C%_control_LDADD    = libbase.a $(CMOCKA_LIBS)
endif

# The corpus: small scripts and what they print (format at the head of runner.c). posix/ is
# run with the shell called sh and holds for dash and bash too, bash/ for bash.
check_PROGRAMS += %D%/runner
%C%_runner_SOURCES = %D%/runner.c
%C%_runner_LDADD   = libbase.a
stepsh_corpus      = $(sort $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/%D%/*/*.t)))
EXTRA_DIST        += $(stepsh_corpus)

sh_tests          += %D%/posix.sh %D%/bash.sh %D%/own.sh

check-peers: %D%/runner
	$(builddir)/%D%/runner --shell /bin/dash --as sh --peer dash $(srcdir)/%D%/posix/*.t
	$(builddir)/%D%/runner --shell /bin/bash --as sh --peer bash $(srcdir)/%D%/posix/*.t
	$(builddir)/%D%/runner --shell /bin/bash --peer bash $(srcdir)/%D%/bash/*.t
.PHONY: check-peers
