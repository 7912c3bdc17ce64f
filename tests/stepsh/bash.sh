# The corpus of bash/ under stepsh.
exec "$BUILDDIR/tests/stepsh/runner" --shell "$STEPSH" --as stepsh "$SRCDIR"/tests/stepsh/bash/*.t
