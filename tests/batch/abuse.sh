# The abusive programs of abuse.c, in an exec action, below the step shell, strict, with
# the capabilities of a package builder: none gets anything.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs
cp "$BUILDDIR/tests/batch/abuse" "$work/rootfs/bin/abuse" || exit 99
rootfs=$("$WFX" ware pack "$work/rootfs") || exit 99

# What the probes look for outside. Our end of the pipe closes with us.
mkfifo "$work/hold" || exit 99
"$BUILDDIR/tests/batch/abuse" host <"$work/hold" >"$work/host" &
exec 9>"$work/hold"
until [ -s "$work/host" ]; do
	kill -0 $! 2>/dev/null || skip_all 'the host side of the probes cannot start (runs twice?)'
done
host=$(cat "$work/host")

# verdicts NAME FILE: each line of the file is a probe's.
verdicts() {
	while read -r verdict probe; do
		case $verdict in
		contained | ESCAPED) ok "$1: ${probe%%:*}" test "$verdict" = contained ;;
		*) continue ;;
		esac
		[ "$verdict" = contained ] || echo "# $probe"
	done <"$2"
	count=$(grep -cE '^(contained|ESCAPED) ' "$2")
	ok "$1: all probes came to their end ($count)" test "$count" -gt 100
}

# shellcheck disable=SC2086
exec_formula /bin/abuse all $host >exec.json
script "/bin/abuse all $host" >script.json
wfx --batch --force --log-dir exec exec.json
ok 'an exec action of abusive programs leaves nothing behind' test -z "$problem"
verdicts exec exec/001.out
wfx --batch --force --log-dir script script.json
ok 'a step of abusive programs leaves nothing behind' test -z "$problem"
verdicts step script/001.out
wfx --batch --force --strict --log-dir strict script.json
verdicts strict strict/001.out
exec 9>&-
done_testing
