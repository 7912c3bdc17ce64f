noinst_LIBRARIES += libengine.a
EXTRA_DIST += doc/events.md
libengine_a_SOURCES = \
	%D%/boxspec.c %D%/boxspec.h \
	%D%/capture.c %D%/capture.h \
	%D%/consent.c %D%/consent.h \
	%D%/doctor.c %D%/doctor.h \
	%D%/event.c %D%/event.h \
	%D%/eventlog.c %D%/eventlog.h \
	%D%/jobs.c %D%/jobs.h \
	%D%/model.c %D%/model.h %D%/modeldump.c \
	%D%/outlog.c %D%/outlog.h \
	%D%/place.c %D%/place.h \
	%D%/plan.c %D%/plan.h \
	%D%/record.c %D%/record.h \
	%D%/run.c %D%/run.h %D%/runstate.h \
	%D%/runinput.c %D%/runbox.c %D%/runstep.c %D%/runoutput.c \
	%D%/session.c %D%/session.h \
	%D%/stepend.c %D%/stepend.h \
	%D%/warecmd.c %D%/warecmd.h \
	%D%/worker.c %D%/worker.h
