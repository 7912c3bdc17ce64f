# Abusive programs in boxes: tests/batch/abuse.c and probes.c, for each user, plain, strict,
# with the host's network, and with the capabilities of a build.
. "$SRCDIR/tests/sandbox/lib.sh"

# What the probes of abuse.c look for outside; it goes when our end of the pipe closes. There
# can be one on a host at a time: another test may have to end first.
mkfifo "$work/hold" || exit 99
tries=0
until [ -s "$work/host" ]; do
	"$BUILDDIR/tests/batch/abuse" host <"$work/hold" >"$work/host" 2>/dev/null &
	host_pid=$!
	exec 9>"$work/hold"
	while [ ! -s "$work/host" ] && kill -0 $host_pid 2>/dev/null; do
		sleep 0.05
	done
	[ -s "$work/host" ] && break
	exec 9>&-
	tries=$((tries + 1))
	[ $tries -lt 180 ] || skip_all 'the host side of the probes cannot start'
	sleep 1
done
host=$(cat "$work/host")

# verdicts NAME AT_LEAST ALLOWED: each line of the output is a probe's. ALLOWED names those
# that this kind of box permits on purpose.
verdicts() {
	while read -r verdict probe; do
		case $verdict in
		contained | ESCAPED) ;;
		*) continue ;;
		esac
		case " $3 " in *" ${probe%%:*} "*) continue ;; esac
		ok "$user, $1: ${probe%%:*}" test "$verdict" = contained
		[ "$verdict" = contained ] || echo "# $probe"
	done <"$work/out"
	count=$(grep -cE '^(contained|ESCAPED) ' "$work/out")
	ok "$user, $1: all probes came to their end ($count)" test "$count" -ge "$2"
}
for user in $users; do
	make_user "$user"
	cp "$BUILDDIR/tests/batch/abuse" "$BUILDDIR/tests/sandbox/probes" "$dir/root/bin/" || exit 99
	# shellcheck disable=SC2086
	for kind in plain:: strict:-s: build:-B:chroot,setgroups,more-caps; do
		name=${kind%%:*}
		rest=${kind#*:}
		allowed=$(echo "${rest#*:}" | tr , ' ')
		box ${rest%%:*} -t 60000 -- abuse all $host
		verdicts "$name" 100 "$allowed"
		box ${rest%%:*} -t 60000 -- probes
		verdicts "$name" 30 "$allowed"
	done
	box -n -t 60000 -- probes
	verdicts 'host network' 30 ''
done
exec 9>&-
done_testing
