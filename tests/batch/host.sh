# The host's side: signals in every phase, readers that go away, full disks, missing homes,
# two runs at once. Whatever happens to wfx: nothing left behind, the store intact.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs
script 'echo on; sleep 30' >slow.json
outputs='"a": {"from": "/a"}' script 'mkdir /a; head -c 20000000 /dev/urandom >/a/noise; echo packed' >pack.json
script 'echo ran' >good.json

# --- signals
# in_phase SIGNAL REGEX FILE: start wfx on FILE, send SIGNAL when a line of err matches.
in_phase() {
	: >err
	"$alone" "$seconds" sh -c 'echo $$ >pid; exec env --default-signal "$0" --batch --force "$@"' "$WFX" "$3" >out 2>err </dev/null &
	job=$!
	i=0
	until grep -qE "$2" err || [ $i -gt 2000 ]; do
		i=$((i + 1))
		kill -0 $job 2>/dev/null || break
		"$alone" 1 sleep 0.01
	done
	kill "-$1" "$(cat pid)" 2>/dev/null
	wait $job
	status=$?
	problem=
	[ "$1" = KILL ] || tidy
	[ $status -ne 251 ] || problem=$(grep '^alone:' err)
}
for signal in INT TERM HUP KILL; do
	case $signal in INT) want=130 ;; TERM) want=143 ;; HUP) want=129 ;; KILL) want=137 ;; esac
	in_phase $signal '(^| )on$' slow.json
	ok "SIG$signal in a step" says $want
	in_phase $signal . pack.json
	ok "SIG$signal at the first line" sh -c "test $status = $want || test $status = 0"
	ok "SIG$signal: nothing is left" test -z "$problem"
	in_phase $signal 'packed' pack.json
	ok "SIG$signal in packing" sh -c "test $status = $want || test $status = 0"
	ok "SIG$signal in packing: nothing is left" test -z "$problem"
done
# At any moment at all: after 1, 2, 3 ... milliseconds.
bad=
for ms in 001 002 003 004 005 006 008 010 012 015 018 022 027 033 040 050 060 080 100 150 200; do
	rm -rf .warpforge/cache
	"$alone" "$seconds" timeout -s KILL "0.$ms" "$WFX" --batch --force pack.json >out 2>err </dev/null
	status=$?
	case $status in
	0 | 124 | 137) ;;
	*) bad="$bad $ms:$status" ;;
	esac
done
ok 'SIGKILL at any moment: no process stays' test -z "$bad"
wfx --batch --force good.json
ok 'the next run works' says 0 ran
ok 'and sweeps what the killed ones left' test -z "$problem"
ok 'the store is intact' store_intact

# --- readers that go away
"$alone" "$seconds" sh -c '"$0" --batch --force good.json 2>err | true; exec "$0" --batch --force good.json 2>&1 >/dev/null | true' "$WFX"
ok 'stdout and stderr closed by the reader: no process stays' test $? -ne 251
script 'yes | head -c 5000000' 'echo end' >flood.json
"$alone" "$seconds" sh -c '"$0" --batch --force flood.json 2>&1 | head -c 100 >out' "$WFX"
ok 'stderr closed in a flood: no process stays' test $? -ne 251
"$alone" "$seconds" sh -c '"$0" --batch --force good.json >&- 2>err' "$WFX"
status=$?
ok 'no stdout at all: not a success' test $status -ne 251 -a $status -ne 0
"$alone" "$seconds" sh -c 'exec "$0" --batch --force good.json >out 2>&- <&-' "$WFX"
ok 'no stderr, no stdin' grep -q runrecord out
wfx_full() { "$alone" "$seconds" sh -c '"$0" --batch --force good.json >/dev/full 2>err' "$WFX"; }
wfx_full
status=$?
ok 'a full device as stdout is not a success' test $status -ne 0 -a $status -lt 250

# --- the environment
env_wfx() { wfx_env=$1; shift; "$alone" "$seconds" env $wfx_env "$WFX" "$@" >out 2>err </dev/null; status=$?; problem=; }
env_wfx '-u HOME' --batch --force good.json
ok 'no HOME' says 0 ran
env_wfx 'HOME=/no/such/home' --batch --force good.json
ok 'a HOME that is not there' says 0 ran
env_wfx "-i${WFX_STEPSH:+ WFX_STEPSH=$WFX_STEPSH}" --batch --force good.json
ok 'no environment' says 0 ran
env_wfx 'PATH=/nowhere' --batch --force good.json
ok 'a useless PATH' says 0 ran
mkdir -p "$work/elsewhere"
(cd "$work/elsewhere" && env_wfx "HOME=$work/home" --batch "$work/ws/good.json"; exit $status)
ok 'outside any workspace: the home one, which lacks the ware' test $? = 4
env_wfx "TMPDIR=/no/such/tmp" --batch --force good.json
ok 'a TMPDIR that is not there' sh -c "test $status = 0 || { test $status = 125 && grep -q /no/such/tmp err; }"
wfx --batch --force ./good.json ../ws/good.json "$work/ws/good.json"
ok 'relative, roundabout and absolute names' says 0
chmod a-w "$work/ws"
wfx_ro() { "$alone" "$seconds" "$WFX" --batch --force good.json >"$work/out" 2>"$work/err" </dev/null; }
wfx_ro
ok 'a read-only current folder' test $? = 0
chmod u+w "$work/ws"
ulimit_wfx() { "$alone" "$seconds" sh -c 'ulimit -n 64; exec "$0" --batch --force good.json' "$WFX" >out 2>err </dev/null; status=$?; problem=; }
ulimit_wfx
ok '64 descriptors' sh -c "test $status = 0 || test $status = 125"

# --- two at once
rm -rf .warpforge/cache
pids=
for i in 1 2 3 4; do
	"$alone" "$seconds" "$WFX" --batch --force pack.json >"out.$i" 2>"err.$i" </dev/null &
	pids="$pids $!"
done
worst=0
for pid in $pids; do
	wait "$pid" || worst=$?
done
ok 'four runs at once, from a cold cache' test $worst = 0
ok 'all have results' test "$(cat out.? | grep -c '"results": *{ *"a"')" = 4
ok 'the store is intact' store_intact

# --- full disks (a small tmpfs needs root)
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	# full SIZE FILE: run with the run folders on a tmpfs of SIZE.
	full() {
		unshare --mount sh -c 'mount -t tmpfs -o size="$1" tmpfs "$TMPDIR" && shift && exec "$@"' \
			sh "$1" "$alone" "$seconds" "$WFX" --batch --force "$2" >out 2>err </dev/null
		status=$?
		problem=
	}
	rm -rf keep .warpforge/cache
	cp -a .warpforge keep
	rm -f keep/warehouse/*/*/*
	cp -a ".warpforge/warehouse/$(echo "${rootfs#tar:}" | cut -c1-3)" keep/warehouse/
	# small_store SIZE FILE: run with the store on a tmpfs of SIZE.
	small_store() {
		unshare --mount sh -c 'mount -t tmpfs -o size="$1" tmpfs .warpforge && shift &&
			cp -a keep/. .warpforge/ && exec "$@"' \
			sh "$1" "$alone" "$seconds" "$WFX" --batch --force "$2" >out 2>err </dev/null
		status=$?
		problem=
	}
	small_store 2m good.json
	ok 'a full cache' says 125 'o space|are free'
	small_store 8m pack.json
	ok 'a full warehouse' sh -c "test $status = 5 || test $status = 125"
	ok 'says so' grep -q 'o space' err
	full 16m pack.json
	ok 'a full run folder: the step fails or wfx says so' sh -c "test $status = 1 || test $status = 125"
	ok 'says so, too' grep -q 'o space' err
	full 4k good.json
	ok 'no room at all in the run folder' sh -c "test $status = 0 || test $status = 125"
	wfx --batch --force good.json
	ok 'the next run works' says 0 ran
	ok 'the store is intact' store_intact
else
	skip 'full disks' 'needs root for a small tmpfs'
fi

# --- closed folders
if [ "$(id -u)" -ne 0 ]; then
	mkdir closed
	chmod 0 closed
	inputs="\"/h\": \"mount:ro:$work/ws/closed\"" script 'ls /h' >closed.json
	wfx --batch --allow=mount closed.json
	ok 'an unreadable host mount' sh -c "test $status = 1 || test $status = 4"
	chmod a-w .warpforge/warehouse
	wfx --batch --force pack.json
	ok 'a warehouse one may not write' says 5 'warehouse'
	chmod u+w .warpforge/warehouse
	chmod 0 .warpforge/cache
	wfx --batch --force good.json
	ok 'a cache one may not read' says 4 'cache'
	chmod 755 .warpforge/cache
else
	skip 'closed folders' 'root opens everything'
fi
done_testing
