# What only stepsh says and does.
exec "$BUILDDIR/tests/stepsh/runner" --shell "$STEPSH" --as stepsh "$SRCDIR"/tests/stepsh/own/*.t
