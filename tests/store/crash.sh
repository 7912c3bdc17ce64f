# Whatever call fails, wherever the process is killed: the store opens again, shows nothing
# that is wrong, keeps nothing half done, and the same command then works.
. "$SRCDIR/tests/tap.sh"
T="$BUILDDIR/tests/store/storetool"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
unset WARPFORGE_WAREHOUSE FAULT FAULT_COUNT

new() {
	w=$dir/$1
	rm -rf "$w"
	mkdir -p "$w/.warpforge"
	: >"$w/.warpforge/root"
}
mkdir -p "$dir/tree/d"
echo one >"$dir/tree/one"
echo two >"$dir/tree/d/two"
ln -s one "$dir/tree/link"
head -c 200000 /dev/urandom >"$dir/tree/d/big"
new src
id=$("$T" "$dir/src" pack "$dir/tree" 2>/dev/null)
hash=${id#tar:}
rel=$(echo "$hash" | cut -c1-3)/$(echo "$hash" | cut -c4-6)/$hash
store=ca+file://$dir/src/.warpforge/warehouse
fid=zM5K3Zz8R3ioVVWZ6o6GocxPKvubAJfv4iQmDH3GCq9UjtDjHtRWrry4DRoEBPvfUEYFx1D
printf '{"guid":"x","time":1,"formulaID":"%s","exitcode":0,"results":{"o":"ware:tar:-"}}\n' $fid >"$dir/memo"

do_fetch() { "$T" "$dir/w" fetch "$id" '' "$store"; }
do_pack() { "$T" "$dir/w" pack "$dir/tree"; }
do_memo() { "$T" "$dir/w" memo-write $fid "$dir/memo"; }
seen_fetch() { test -e "$dir/w/.warpforge/cache/tar/fileset/$rel"; }
seen_pack() { test -e "$dir/w/.warpforge/warehouse/$rel"; }
seen_memo() { test -e "$dir/w/.warpforge/memos/$fid.json"; }

# After a fault: 0 when all is as promised. What is wrong is printed.
aftermath() {
	"$T" "$dir/w" open >"$dir/out" 2>&1 || { sed 's/^/# open: /' "$dir/out"; return 1; }
	left=$(find "$dir/w/.warpforge" -name '.tmp*')
	[ -z "$left" ] || { echo "# left: $left"; return 1; }
	"$T" "$dir/w" verify full >"$dir/out" 2>&1 || { sed 's/^/# wrong: /' "$dir/out"; return 1; }
	if "seen_$1"; then
		[ "$1" != memo ] || "$T" "$dir/w" memo-read $fid >/dev/null 2>&1 || { echo '# torn memo'; return 1; }
	fi
	"do_$1" >"$dir/out" 2>&1 || { sed 's/^/# again: /' "$dir/out"; return 1; }
	"seen_$1" || { echo '# not there after all'; return 1; }
	! grep -q damaged "$dir/out" || { sed 's/^/# /' "$dir/out"; return 1; }
}

for what in fetch pack memo; do
	new w
	FAULT_COUNT=$dir/count; export FAULT_COUNT
	"do_$what" >/dev/null 2>&1
	unset FAULT_COUNT
	calls=$(cat "$dir/count")
	ok "$what: calls that may fail: $calls" test "$calls" -gt 5
	for how in ENOSPC EIO KILL; do
		bad=0 quiet=0 k=1
		while [ $k -le "$calls" ]; do
			new w
			FAULT=$k:$how; export FAULT
			"do_$what" >"$dir/first" 2>&1
			status=$?
			unset FAULT
			if [ $how = ENOSPC ] && [ $status -ne 0 ] && ! grep -q ^wfx-no-space "$dir/first"; then
				echo "# $what, call $k, ENOSPC: $(cat "$dir/first")"
				bad=$((bad + 1))
			fi
			[ $status -ne 0 ] || quiet=$((quiet + 1))
			[ $status -ne 0 ] || "seen_$what" || { echo "# $what, call $k, $how: silently lost"; bad=$((bad + 1)); }
			aftermath $what || { echo "# $what, call $k, $how"; bad=$((bad + 1)); }
			k=$((k + 1))
		done
		ok "$what: $how at each of $calls calls ($quiet did not matter)" test $bad -eq 0
	done
done

# Killed at no call in particular: somewhere in the time a whole run takes here and now.
# (timeout's durations are what is random, not what is waited for.)
moment() { # of a run that takes $1 ms: a number of seconds
	r=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
	r=$((r * $1 / 60000 + 1))
	printf '%d.%03d' $((r / 1000)) $((r % 1000))
}
takes() { # ms
	new w
	begin=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - begin) / 1000000 + 1))
}
runs=${STORE_KILLS:-200}
for what in fetch pack; do
	bad=0 through=0 k=0 ms=$(takes do_$what)
	while [ $k -lt $((runs / 2)) ]; do
		new w
		case $what in
		fetch) timeout --foreground -s KILL "$(moment "$ms")" "$T" "$dir/w" fetch "$id" '' "$store" ;;
		pack) timeout --foreground -s KILL "$(moment "$ms")" "$T" "$dir/w" pack "$dir/tree" ;;
		esac >/dev/null 2>&1
		! "seen_$what" || through=$((through + 1))
		aftermath $what || bad=$((bad + 1))
		k=$((k + 1))
	done
	ok "$what: $((runs / 2)) times killed at any moment ($through were through)" test $bad -eq 0
done

# Two want the same ware, and the first is killed while it has the lock: the second gets it.
bad=0 k=0 ms=$(takes do_fetch)
while [ $k -lt 20 ]; do
	new w
	timeout --foreground -s KILL "$(moment "$ms")" "$T" "$dir/w" fetch "$id" '' "$store" >/dev/null 2>&1 &
	do_fetch >"$dir/second" 2>&1 || { sed 's/^/# /' "$dir/second"; bad=$((bad + 1)); }
	wait
	aftermath fetch || bad=$((bad + 1))
	k=$((k + 1))
done
ok 'the other of two goes on where the first was killed' test $bad -eq 0

# A file system that is really full.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	cat >"$dir/full.sh" <<-'END'
		mount -t tmpfs -o size=150k none "$1/w" || exit 77
		mkdir "$1/w/.warpforge"; : >"$1/w/.warpforge/root"
		"$2" "$1/w" fetch "$3" '' "$4" >"$1/first" 2>&1; status=$?
		grep -q ^wfx-no-space "$1/first" || { sed 's/^/# /' "$1/first"; exit 1; }
		[ $status = 125 ] || { echo "# status $status"; exit 1; }
		[ -z "$(find "$1/w/.warpforge" -name '.tmp*')" ] || { echo '# left behind'; exit 1; }
		"$2" "$1/w" verify full && ! test -e "$1/w/.warpforge/cache/tar/fileset/$5"
	END
	new w
	ok 'a full disk: said so, nothing half done' unshare -m sh "$dir/full.sh" "$dir" "$T" "$id" "$store" "$rel"
else
	skip 'a full disk' 'needs root for a small tmpfs'
fi
new w
( ulimit -f 64; do_fetch >"$dir/first" 2>&1 )
ok 'a limit on the size of files' grep -q ^wfx-no-space "$dir/first"
ok 'and all is well after it' aftermath fetch
done_testing
