# For the tests of sandbox: boxes as the user that runs the tests, and when that is root
# also as an ordinary user, and as one with subordinate ids. The files that tell of the
# latter lie over /etc in a mount namespace of its own: the host stays as it is.
. "$SRCDIR/tests/tap.sh"
work=$(mktemp -d /tmp/wfx-sandbox-XXXXXX) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' INT TERM
chmod 755 "$work"
busybox=
for b in /bin/busybox /usr/bin/busybox; do
	[ -x $b ] && busybox=$b && break
done

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}
[ -n "$busybox" ] || skip_all 'busybox is not installed (Debian: busybox-static)'

cp "$BUILDDIR/tests/sandbox/boxrun" "$work/boxrun" || exit 99
# Where a host allows no boxes, that must have a cause that wfx can name.
if ! "$work/boxrun" -D >"$work/doctor"; then
	cause=$(sed -n '/^box /d; /^[a-z].* no: /{p;q;}' "$work/doctor")
	[ -z "$cause" ] || skip_all "$cause"
	sed 's/^/# /' "$work/doctor"
fi

tester=12345
users=self
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	users='self user'
	if [ -x /usr/bin/newuidmap ] && unshare -m true 2>/dev/null; then
		users='self user range'
		{ cat /etc/passwd && echo "wfx-tester:x:$tester:$tester::/:/bin/sh"; } >"$work/passwd"
		echo "wfx-tester:200000:65536" >"$work/subid"
		cat >"$work/ranged" <<-END
		mount --make-rprivate / && mount --bind $work/passwd /etc/passwd &&
		for f in subuid subgid; do
			[ -e /etc/\$f ] || exit 99
			mount --bind $work/subid /etc/\$f || exit 99
		done
		exec "\$@"
		END
	fi
fi

# as WHO COMMAND...: run it as one of $users. With as_exec=exec it takes the place of a
# background shell, whose pid is then the command's.
as_exec=
as() {
	who=$1
	shift
	case $who in
	self) $as_exec "$@" ;;
	user) $as_exec setpriv --reuid=$tester --regid=$tester --clear-groups "$@" ;;
	range) $as_exec unshare -m sh "$work/ranged" setpriv --reuid=$tester --regid=$tester --clear-groups "$@" ;;
	esac
}

# Each user's own folder: $dir/root is a root file system, $dir/tmp holds run folders.
make_root() {
	mkdir -p "$1/bin" "$1/etc" "$1/tmp" && cp "$busybox" "$1/bin/busybox" || exit 99
	for applet in $("$busybox" --list); do
		[ "$applet" = busybox ] || ln -sf busybox "$1/bin/$applet"
	done
}
make_user() {
	dir=$work/$1
	mkdir -p "$dir/tmp" && make_root "$dir/root"
	[ "$1" = self ] || chown -R $tester:$tester "$dir"
}

# box OPTION... -- COMMAND: a box on the busybox root, as $user. Sets out, err, status.
box() {
	rm -f "$work/out" "$work/err"
	as "$user" "$work/boxrun" -d "$dir/tmp" -r "$dir/root" -t 120000 "$@" \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}
# The same with an empty root.
bare_box() {
	as "$user" "$work/boxrun" -d "$dir/tmp" -t 120000 "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}
show() {
	echo "# status $status"
	echo "$out" | sed 's/^/# out: /'
	echo "$err" | sed 's/^/# err: /'
}
# is NAME STATUS OUT: the last box gave exactly that.
is() {
	ok "$user: $1" test "$status" = "$2" -a "$out" = "$3"
	[ "$status" = "$2" ] && [ "$out" = "$3" ] || show
}
# says NAME STATUS PATTERN: and stderr contains it.
says() {
	case $status:$err in
	$2:*"$3"*) ok "$user: $1" true ;;
	*)
		ok "$user: $1" false
		show
		;;
	esac
}
