# The corpus of posix/ under stepsh called sh.
exec "$BUILDDIR/tests/stepsh/runner" --shell "$STEPSH" --as sh "$SRCDIR"/tests/stepsh/posix/*.t
