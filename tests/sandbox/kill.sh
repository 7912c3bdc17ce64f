# A box whose wfx is killed with SIGKILL, at any moment: no process, no mount is left, and
# the next run clears the run folder away. Also limits and other violence from inside.
. "$SRCDIR/tests/sandbox/lib.sh"

# Wait until a command fails, at most a minute.
until_fails() {
	i=0
	while "$@"; do
		i=$((i + 1))
		[ $i -lt 3000 ] || return 1
		sleep 0.02
	done
}
# Is anybody alive that names this test's folder, or waits with this mark?
alive() { grep -qsaF -f "$work/mark" /proc/[0-9]*/cmdline; }
mounted() { grep -qF "$work" /proc/[0-9]*/mountinfo 2>/dev/null; }

for user in $users; do
	make_user "$user"
	mark=31.4159$$
	echo "$mark" >"$work/mark"
	round=0
	for delay in 0 0.001 0.002 0.003 0.004 0.005 0.006 0.008 0.010 0.013 0.016 0.02 0.03 0.05 0.1 0.2; do
		as_exec='exec' as "$user" "$work/boxrun" -d "$dir/tmp" -r "$dir/root" -- sh -c \
			"sleep $mark & setsid sleep $mark & trap '' TERM HUP INT; sleep $mark" >/dev/null 2>&1 &
		pid=$!
		sleep $delay
		kill -9 $pid
		wait $pid 2>/dev/null
		round=$((round + 1))
	done
	ok "$user: $round killed at random moments: no process is left" until_fails alive
	ok "$user: no mount of theirs is left" until_fails mounted
	# Folders that have no lock yet are left alone for a minute: they may be just made.
	find "$dir/tmp" -mindepth 1 -maxdepth 1 ! -exec test -e {}/lock \; -exec rmdir {} \; 2>/dev/null
	as "$user" "$work/boxrun" -W "$dir/tmp"
	ok "$user: the next run sweeps their folders" test -z "$(ls "$dir/tmp")"

	# A box that lives is not swept.
	rm -f "$work/live"
	as_exec='exec' as "$user" "$work/boxrun" -d "$dir/tmp" -r "$dir/root" -- sh -c 'echo up; sleep 20' >"$work/live" 2>/dev/null &
	pid=$!
	until_fails test ! -s "$work/live"
	as "$user" "$work/boxrun" -W "$dir/tmp"
	ok "$user: a folder in use is left alone" test -n "$(ls "$dir/tmp")"
	kill -9 $pid
	wait $pid 2>/dev/null
	until_fails mounted
	as "$user" "$work/boxrun" -W "$dir/tmp"
	ok "$user: and swept when it is not" test -z "$(ls "$dir/tmp")"

	# In a folder that others use as well: nothing but our own is touched.
	mkdir -m 700 "$dir/tmp/gone-away" "$dir/tmp/run-2026" "$dir/tmp/gone-run-abcdef"
	mkdir -m 755 "$dir/tmp/run-zzzzzz"
	touch "$dir/tmp/run-2026/lock" "$dir/tmp/run-zzzzzz/lock"
	[ "$user" = self ] || chown -R $tester:$tester "$dir/tmp"
	as "$user" "$work/boxrun" -W "$dir/tmp"
	ok "$user: a sweep takes what is ours only" test "$(ls "$dir/tmp" | tr '\n' ' ')" = 'gone-away run-2026 run-zzzzzz '
	rm -r "$dir/tmp"/*-*

	# violence
	box -p 100 -- sh -c 'f() { f | f & }; f; wait; sleep 1; echo over' 2>/dev/null
	ok "$user: a fork bomb is contained" test "$status" != 125
	ok "$user: nothing of it is left" test -z "$(ls "$dir/tmp")"
	box -m 64 -- sh -c 'tail /dev/zero'
	says 'a memory hog is killed, and told' 137 'limit is 64 MiB'
	box -M 20 -- sh -c 'dd if=/dev/zero of=/tmp/f bs=1M count=60; sleep 100'
	says 'a disk hog is killed, and told' 137 'limit is 20 MiB'
	# A file without a name is in no layer; only a disk of our own may be filled.
	if [ "$user" = self ] && [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
		unshare -m sh -c 'mount -t tmpfs -o size=100m none "$1" && shift && TMPDIR=$1 exec "$@"' \
			sh "$dir/tmp" "$work/boxrun" -d "$dir/tmp" -r "$dir/root" -t 20000 -M 30 -- \
			sh -c 'exec 9>/f; rm /f; dd if=/dev/zero bs=1M count=90 >&9; sleep 100' 2>"$work/unnamed"
		ok "$user: so is one that hides in a file without a name" grep -q 'limit is 30 MiB' "$work/unnamed"
	fi
	box -F 1000000 -- sh -c 'head -c 2000000 /dev/zero >/tmp/f; wc -c </tmp/f'
	ok "$user: file size limit" test "$out" = 1000000
	box -t 1000 -- sh -c 'trap "" TERM INT HUP QUIT; while :; do :; done'
	ok "$user: ignoring signals does not help against the end" test "$status" = 124
	box -- sh -c 'kill -STOP -1; sleep 1; echo on' -t 3000
	ok "$user: a box that stops itself can be ended" test -z "$(ls "$dir/tmp")"
	box -- sh -c 'i=0; while [ $i -lt 300 ]; do mkdir d && cd d || break; i=$((i+1)); done; echo deep'
	ok "$user: deep folders are removed" test "$out" = deep -a -z "$(ls "$dir/tmp")"
	box -- sh -c 'cd /tmp; mkdir a; touch a/f; chmod 0 a; mkdir -p b/c; chmod 0 b/c b'
	ok "$user: folders without permissions are removed" test -z "$(ls "$dir/tmp")"
	box -- sh -c 'ulimit -n; exec 2>/dev/null; i=3; while [ $i -lt 2000 ]; do eval "exec $i<&0" || break; i=$((i+1)); done; exit 9'
	ok "$user: descriptors run out at 1024" test "${out%% *}" = 1024
done
done_testing
