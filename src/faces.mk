# The faces that are not layers of their own: batch and the command line.
wfx_SOURCES += src/option.c src/option.h
wfx_SOURCES += src/doc.c src/doc.h
