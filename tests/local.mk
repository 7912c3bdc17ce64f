TEST_EXTENSIONS = .sh
TAP_DRIVER      = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER      = $(TAP_DRIVER)
SH_LOG_DRIVER   = $(TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	LC_ALL=C.UTF-8 TZ=UTC TERM=xterm-256color CMOCKA_MESSAGE_OUTPUT=TAP \
	WFX='$(abs_builddir)/wfx$(EXEEXT)' STEPSH='$(abs_builddir)/stepsh' \
	SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)' CC='$(CC)'; \
	export CC LC_ALL TZ TERM CMOCKA_MESSAGE_OUTPUT WFX STEPSH SRCDIR BUILDDIR;
check_SCRIPTS = stepsh
if SANITIZED
check_SCRIPTS += stepsh-box
AM_TESTS_ENVIRONMENT += WFX_STEPSH='$(abs_builddir)/stepsh-box'; export WFX_STEPSH;
endif

# Each layer brings its own tests. A unit test links its own layer and the ones below: a
# call upwards fails to link. unit_cppflags and unit_ldadd are for programs by cmocka.
unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
sh_tests =
include tests/base/local.mk
include tests/formula/local.mk
include tests/store/local.mk
include tests/sandbox/local.mk
include tests/stepsh/local.mk
include tests/engine/local.mk
include tests/batch/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
sh_tests += %D%/lint/layers.sh %D%/lint/headers.sh %D%/lint/text.sh \
	%D%/lint/manual.sh

TESTS      += $(sh_tests)
EXTRA_DIST += $(sh_tests) %D%/tap.sh %D%/lint/layers.txt %D%/lint/words.txt

# The names of all tests, for script/test.
list-tests:
	@echo $(TESTS)
.PHONY: list-tests
