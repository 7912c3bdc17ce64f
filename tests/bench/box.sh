# Start and end of an empty box against bwrap and runc with equal namespaces; as root, and
# as an ordinary user as well when root asks. bwrap 0.8 has no overlay: its read-only root
# and tmpfs do less than ours, which makes layers on disk, hides paths and loads filters.
"$BUILDDIR/tests/bench/box"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	cp "$BUILDDIR/tests/bench/box" "$WORK/box" && chmod 755 "$WORK" "$WORK/box" &&
		setpriv --reuid=12345 --regid=12345 --clear-groups "$WORK/box"
fi
