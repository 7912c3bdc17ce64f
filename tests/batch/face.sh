# The face of a batch run: where bytes go, floods on the screen, asking a person, what is
# kept on request.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs

outputs='"a": {"from": "/a"}' script 'mkdir /a; printf "raw\377\0" ; printf E >&2' 'echo two' >good.json
"$alone" "$seconds" sh -c '"$0" --batch --force - <good.json >out 2>err' "$WFX"
status=$?
ok 'a formula from standard input' says 0 '^<stdin>: ok'

wfx --batch --force --log-dir logs good.json good.json
ok 'several files have a folder each' test -f logs/1/002.out -a -f logs/2/002.out
printf 'raw\377\0' >want
ok 'raw bytes' cmp want logs/1/001.out
printf 'raw\377\0Etwo\n' >want
ok 'all.log has everything' test "$(wc -c <logs/1/all.log)" = "$(wc -c <want)"
wfx --batch --force --log-dir /proc/nowhere good.json
ok 'a log folder that cannot be' says 125 /proc/nowhere

script 'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i + 1)); done' >long.json
wfx --batch --force --log-limit=8k --log-dir short long.json
ok 'long output is kept at both ends' sh -c '
	head -n 1 short/001.out | grep -qx "line 0" && tail -n 1 short/001.out | grep -qx "line 2999" &&
	grep -q "^\[wfx: [0-9]* bytes left out here\]$" short/001.out && test $(wc -c <short/001.out) -lt 9000'
script 'yes "0123456789abcdefghijklmnopqrstuvwxyz" | head -c 60000000; echo; echo the end' >flood.json
wfx --batch --force flood.json
ok 'a flood is cut on the screen' says 0 '\[[0-9]+ bytes are not shown here; --log-dir keeps them\]'
ok 'its end is shown' says 0 '^ *1. the end$'
ok 'most of it is not' test "$(wc -c <err)" -lt 50000000

mkdir kept
WARPFORGE_RUNPATH=$work/ws/kept WARPFORGE_KEEP_RUNDIR=1 wfx --batch --force good.json
ok 'a run folder can be kept' says 0 '^note: the run folder is kept: '
WARPFORGE_RUNPATH=$work/ws/kept wfx --batch --force good.json
ok 'later runs leave it alone' sh -c 'test -f kept/kept-run-*/events.jsonl && grep -q formula_end kept/kept-run-*/events.jsonl'
ok 'and nothing else is there' test "$(ls kept | wc -l)" = 1

# --- at a terminal
at_terminal() { # INPUT ARG...: what is typed, and wfx's arguments; leaves status and `screen`
	typed=$1
	shift
	printf "$typed" | "$alone" "$seconds" script -qefc "TERM=xterm '$WFX' $*" /dev/null >screen 2>&1
	status=$?
}
if command -v script >/dev/null 2>&1; then
	inputs='"/h": "mount:ro:/usr"' script 'test -d /h/bin; echo seen' >ask.json
	at_terminal 'y\n' --batch --force ask.json
	ok 'a person says yes' test $status = 0
	ok 'was asked' grep -q 'Allow it? \[y/N\]' screen
	at_terminal '\n' --batch --force ask.json
	ok 'a person says nothing: no' test $status = 3
	at_terminal '' --batch --force --strict ask.json
	ok '--strict does not ask' sh -c "test $status = 3 && ! grep -q 'Allow it' screen"
	script 'sleep 0.5' >short.json
	at_terminal '' --batch --force short.json
	ok 'a status line while it runs' grep -q '\] step 1/1 sleep 0.5' screen
	at_terminal '' --batch --force --progress=plain short.json
	ok '--progress=plain has none' sh -c '! grep -q "\] step 1/1" screen'
else
	for name in 'a person is asked' 'a status line'; do
		skip "$name" 'no script(1)'
	done
fi


wfx good.json
ok 'without --batch: there is no workbench yet, and no terminal' says 6 --batch
wfx plan good.json
ok 'a plan names the ware' grep -qF "$rootfs" out
wfx doctor
ok 'doctor finds what the runs above needed' test "$status" = 0
done_testing
