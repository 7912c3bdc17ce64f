# The faces that are not layers of their own: batch and the command line.
wfx_SOURCES += src/option.c src/option.h
wfx_SOURCES += src/doc.c src/doc.h
wfx_SOURCES += src/batch.c src/batch.h src/cause.c src/cause.h src/jsonface.c src/jsonface.h
wfx_SOURCES += src/textface.c src/textface.h src/report.c src/report.h
wfx_SOURCES += src/results.c src/results.h src/term.c src/term.h
wfx_SOURCES += src/ware.c src/ware.h
wfx_SOURCES += src/doctor.c src/doctor.h
