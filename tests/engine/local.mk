# Tests of engine. `run` has a box of its own: the real one's place is taken by a process
# that plays the step shell, well or badly.
if HAVE_CMOCKA
engine_ldadd = libengine.a libsandbox.a libstore.a libformula.a libbase.a \
	$(STORE_LIBS) $(SANDBOX_LIBS) $(FORMULA_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/boxspec %D%/model %D%/logs %D%/run
TESTS          += %D%/boxspec %D%/model %D%/logs %D%/run
%C%_boxspec_SOURCES  = %D%/boxspec.c
%C%_boxspec_CPPFLAGS = $(unit_cppflags)
%C%_boxspec_LDADD    = $(engine_ldadd)
%C%_model_SOURCES  = %D%/model.c
%C%_model_CPPFLAGS = $(unit_cppflags)
%C%_model_LDADD    = $(engine_ldadd)
%C%_logs_SOURCES  = %D%/logs.c
%C%_logs_CPPFLAGS = $(unit_cppflags)
%C%_logs_LDADD    = $(engine_ldadd)
%C%_run_SOURCES  = %D%/run.c %D%/fakebox.c %D%/fakebox.h
%C%_run_CPPFLAGS = $(unit_cppflags)
%C%_run_LDADD    = $(engine_ldadd)
endif
