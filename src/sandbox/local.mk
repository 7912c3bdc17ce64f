# filter-gen runs while building, so wfx needs no libseccomp at run time.
noinst_LIBRARIES += libsandbox.a
SANDBOX_LIBS = $(CAP_LIBS)
libsandbox_a_SOURCES = %D%/box.c %D%/box.h %D%/doctor.c %D%/entry.c %D%/entry.h %D%/filter.c %D%/filter.h %D%/guard.c %D%/guard.h \
	%D%/ids.c %D%/ids.h %D%/image.c %D%/image.h %D%/init.c %D%/init.h \
	%D%/mount.c %D%/mount.h %D%/netfiles.c %D%/netfiles.h %D%/ns.c %D%/ns.h \
	%D%/plan.c %D%/plan.h %D%/report.c %D%/report.h %D%/rundir.c \
	%D%/origin.c %D%/origin.h %D%/tables.c %D%/tables.h %D%/tree.c %D%/tree.h %D%/userns.c %D%/userns.h \
	%D%/warden.c %D%/warden.h
nodist_libsandbox_a_SOURCES = filter-data.c
libsandbox_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CAP_CFLAGS)

noinst_PROGRAMS += filter-gen
filter_gen_SOURCES  = %D%/filter-gen.c
filter_gen_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(SECCOMP_CFLAGS)
filter_gen_LDADD    = $(SECCOMP_LIBS)
filter-data.c: filter-gen$(EXEEXT)
	$(AM_V_GEN)./filter-gen$(EXEEXT) >$@.tmp && mv $@.tmp $@
CLEANFILES += filter-data.c filter-data.c.tmp
