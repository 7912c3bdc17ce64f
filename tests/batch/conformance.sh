# Formulas with what must come of them: the recorded ones of ../shared/conformance (when it
# is there) and our own in cases/, as this user and, when that is root, as an ordinary one,
# too. CASES='NAME NAME' runs only these.
. "$SRCDIR/tests/tap.sh"
python=
command -v python3 >/dev/null || { echo '1..0 # SKIP no python3'; exit 0; }
shared=$SRCDIR/../shared
[ -d "$shared/conformance" ] || shared=$SRCDIR/../../shared
work=$(mktemp -d "${TMPDIR:-/tmp}/wfx-cases.XXXXXX") || exit 99
# shellcheck disable=SC2329
remove_work() {
	chmod -R u+rwX "$work" 2>/dev/null
	rm -rf "$work"
}
trap remove_work EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$work"
umask 022

# space NAME: an empty root workspace $work/NAME/ws, with home and TMPDIR.
space() {
	here=$work/$1
	mkdir -p "$here/ws/.warpforge" "$here/home" "$here/tmp"
	: >"$here/ws/.warpforge/root"
}
user=
as_user() {
	(cd "$here/ws" && HOME=$here/home TMPDIR=$here/tmp && export HOME TMPDIR && unset WARPFORGE_WAREHOUSE WARPFORGE_RUNPATH &&
		if [ -n "$user" ]; then
			chown -R "$user" "$here" &&
				exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
		fi && exec "$@")
}

# A python3 that this user may run (one below /root is not).
find_python() {
	for python in /usr/bin/python3 python3; do
		as_user "$python" -c '' 2>/dev/null && return
	done
	return 1
}

# One cases.py run is one test; what it says is shown.
cases() {
	as_user "$python" -B "$SRCDIR/tests/batch/cases.py" "$WFX" "$@" >"$work/log" 2>&1
	result=$?
	sed 's/^ok /# ok /; s/^not ok /# NOT OK /; s/^1\.\./# of /' "$work/log"
	return $result
}
recorded() {
	space "recorded-$1"
	# shellcheck disable=SC2086
	cases "$shared/conformance" "$here" --warehouse "$shared/conformance/warehouse" ${user:+--user} $CASES
}
own() {
	space "own-$1"
	sh "$SRCDIR/examples/busybox-rootfs" "$here/rootfs" || return 1
	root=$(as_user "$WFX" ware pack "$here/rootfs") || return 1
	# shellcheck disable=SC2086
	cases "$SRCDIR/tests/batch/cases" "$here" --root "$root" ${user:+--user} $CASES
}
both() {
	if [ -d "$shared/conformance" ]; then
		ok "the recorded cases, as $1" recorded "$1"
	else
		skip "the recorded cases, as $1" 'no ../shared/conformance'
	fi
	if [ -x /bin/busybox ] && /bin/busybox true; then
		ok "our cases, as $1" own "$1"
	else
		skip "our cases, as $1" 'no /bin/busybox (Debian: busybox-static)'
	fi
}
space probe
find_python
both "$(id -un)"
if [ "$(id -u)" -ne 0 ]; then
	skip 'as an ordinary user' 'that was it'
elif ! command -v setpriv >/dev/null; then
	skip 'as an ordinary user' 'no setpriv'
else
	user=12345
	space probe
	if ! as_user test -r "$SRCDIR/tests/batch/cases.py" -a -x "$WFX"; then
		skip 'as an ordinary user' "$SRCDIR is closed to it (script/test makes it a copy)"
	elif find_python; then
		both "user $user"
	else
		skip 'as an ordinary user' 'it can run no python3'
	fi
fi
done_testing
