noinst_LIBRARIES += libsandbox.a
SANDBOX_LIBS = $(SECCOMP_LIBS) $(CAP_LIBS)
libsandbox_a_SOURCES  = %D%/placeholder.c
libsandbox_a_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS) $(CAP_CFLAGS)
