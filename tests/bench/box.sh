# Start and end of an empty box against bwrap and runc with equal namespaces; as root, and
# as an ordinary user as well when root asks. bwrap 0.8 has no overlay: its read-only root
# and tmpfs touch no disk, so the same is shown with our layers in memory, too, as in a
# bwrap with --tmp-overlay.
cp "$BUILDDIR/tests/bench/box" "$WORK/box" && chmod 755 "$WORK" "$WORK/box" || exit 1
both() {
	for tmp in "${TMPDIR:-/tmp}" /dev/shm; do
		[ -d $tmp ] && TMPDIR=$tmp "$@"
	done
}
both "$WORK/box"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	both setpriv --reuid=12345 --regid=12345 --clear-groups "$WORK/box"
fi
