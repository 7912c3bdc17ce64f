# The promises of the command line: exit statuses, what stdout carries, errors.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs

# --- 0: results on stdout, everything else on stderr
outputs='"a": {"from": "/a"}' script 'echo noise; mkdir /a; echo hi >/a/f' 'echo more >&2' >good.json
wfx --batch good.json
ok 'a good formula: 0' says 0 noise more
ok 'stdout is one line' test "$(wc -l <out)" = 1
ok 'it is a run record with an output' prints \
	'^\{ ?"runrecord": ?\{ ?"guid": ?"[0-9a-f]{8}-[0-9a-f-]{27}", ?"time": ?[0-9]+, ?"formulaID": ?"zM5K3[1-9A-Za-z]+", ?"exitcode": ?0, ?"results": ?\{ ?"a": ?"ware:tar:[1-9A-Za-z]+" ?\} ?\} ?\}'
cp out first

wfx --batch good.json
ok 'the second time the memo answers' says 0
ok 'no step ran' sh -c '! grep -q noise err'
ok 'the same results' test "$(sed 's/.*results//' out)" = "$(sed 's/.*results//' first)"
wfx --batch --force good.json
ok '--force runs it again' says 0 noise
ok 'the same results again' test "$(sed 's/.*results//' out)" = "$(sed 's/.*results//' first)"

wfx --batch --force good.json good.json
ok 'two files, two records in order' test "$(grep -c runrecord out)" = 2

# --- 1: a step failed
outputs='"a": {"from": "/a"}' script 'mkdir /a' 'echo before; false && true; (exit 7)' 'echo never' >bad.json
wfx --batch bad.json
ok 'a failing step: 1' says 1 before
ok 'steps after it do not run' sh -c '! grep -q "[|!] never" err'
ok 'its record has the true exit code and no results' prints '"exitcode": ?7, ?"results": ?\{ ?\}'
wfx --batch bad.json
ok 'a failure is not memoised' says 1 before
wfx --batch --pass-status bad.json
ok '--pass-status: its own' says 7
wfx --batch --on-fail=continue bad.json
ok '--on-fail=continue: the last status decides' says 0 never
ok 'and packs' prints '"results": ?\{ ?"a": ?"ware:tar:'
wfx --batch bad.json good.json
ok 'a run in which a step failed is not memoised' says 1 before
ok 'the first failing formula ends the run' test "$(grep -c runrecord out)" = 1
script 'kill -9 $$' >killed.json
wfx --batch --pass-status killed.json
ok 'a step that kills its shell has failed' sh -c "test $status = 137 || test $status = 1"
exec_formula /bin/sh -c 'exit 300' >exec.json
wfx --batch --pass-status exec.json
ok 'exec: the status of the command' says 44
exec_formula /no/such/program >exec.json
wfx --batch exec.json
ok 'exec of nothing: 1, with its name' says 1 /no/such/program
ok 'its record says 127' prints '"exitcode": ?127'

# --- 2: the command line
for bad in '' '--batch' '--no-such-flag' '--batch --no-such-flag good.json' 'nosuchcommand' \
	'--batch --on-fail=perhaps good.json' '--batch --timeout=soon good.json' 'check' 'id' \
	'ware' 'ware nosuchverb' 'ware pack' '--batch --format good.json'; do
	# shellcheck disable=SC2086
	wfx $bad
	ok "2: wfx $bad" says 2 '^wfx: '
	ok "nothing on stdout: wfx $bad" test ! -s out
done
wfx --batch --onfail=stop good.json
ok 'a misspelt flag is corrected' says 2 on-fail
wfx --help
ok '--help: 0, on stdout' says 0
ok 'it names --batch' prints '--batch'
wfx --version
ok '--version' says 0
ok 'is one line' prints '^wfx [0-9.]+$'

# --- 3: documents and consent
echo '{"formula": ' >cut.json
wfx --batch cut.json
ok '3: half a document' says 3 '^wfx: .*cut.json:[0-9]+:[0-9]+'
ok 'nothing on stdout' test ! -s out
wfx --batch nosuch.json
ok 'no such file' says 2 'nosuch.json.*No such file'
inputs='"/h": "mount:ro:/usr"' script 'ls /h' >mount.json
wfx --batch mount.json
ok '3: a host mount without consent' says 3 '/usr' '--allow'
ok 'no record of what did not run' test ! -s out
wfx --batch --allow=mount mount.json
ok 'with consent' says 0
ls "$work/ws/.warpforge/memos" >memos
wfx --batch --allow=mount mount.json
ok 'such a run is not memoised' sh -c '! grep -qi memo err'
network=true script 'echo net' >network.json
wfx --batch network.json
ok '3: network without consent' says 3 '--allow'
wfx --batch --strict mount.json
ok '3: --strict refuses it' says 3
wfx --batch --strict --allow=mount mount.json
ok 'even with consent' says 3
root='"literal:x"' script : >literal.json
wfx --batch literal.json
ok '3: a literal at a path' says 3

# --- 4: inputs
root='"ware:tar:7bv82GDGN2Saf3fz2CDuFVbFr1y7EvLo5gZTMKTQpQNaqhKSP7SfT8amo6xLgaXvtD"' script : >missing.json
wfx --batch missing.json
ok '4: a ware that is nowhere' says 4 7bv82GDGN2Saf3fz2CDuFVbFr1y7EvLo5gZTMKTQpQNaqhKSP7SfT8amo6xLgaXvtD
root='"ware:tar:-"' script : >empty.json
wfx --batch empty.json
ok '4: the empty ware' says 4
inputs='"/h": "mount:ro:/no/such/folder"' script : >nomount.json
wfx --batch --allow=mount nomount.json
ok '4: a host folder that is not there' says 4 /no/such/folder

# --- 5: outputs
outputs='"a": {"from": "/a"}' script 'mkdir /a; cp /bin/busybox /a/x; chmod 4755 /a/x' >setid.json
wfx --batch setid.json
ok '5: a set-id file in an output' says 5 /a/x
ok 'its record has no results' prints '"results": ?\{ ?\}'
outputs='"a": {"from": "/a"}' script 'ln -s /etc /a' >link.json
wfx --batch link.json
ok '5: an output that is a symlink' says 5 '/a'
outputs='"a": {"from": "/nothing"}' script : >absent.json
wfx --batch absent.json
ok 'an output that is absent is the empty ware' says 0
ok 'tar:-' prints '"ware:tar:-"'

# --- 124: time
script 'echo on; sleep 60; echo off' >slow.json
wfx --batch --timeout=1 slow.json
ok '124: --timeout' says 124 on
wfx --batch --step-timeout=1 slow.json
ok '124: --step-timeout' says 124 on

# --- errors as data
wfx --batch --format=json cut.json
ok '--format=json: an error object' says 3 '"code": ?"warpforge-error-serialization", ?"message".*"details".*"cause"'
wfx --batch --format=json --force good.json
ok 'stderr is JSON lines' sh -c '! grep -qv "^{.*} *$" err'
wfx --batch --force --events events good.json
ok '--events: its first line has "v":1' grep -qE '^\{.*"v": ?1\b' events
wfx --batch --force --log-dir logs good.json
ok '--log-dir: raw bytes per step' test "$(cat logs/001.out)" = noise -a "$(cat logs/002.err)" = more
ok 'and all of it' sh -c 'grep -q noise logs/all.log && grep -q more logs/all.log'

# --- check, id, fmt
wfx check good.json
ok 'check: 0 and silence' says 0
ok 'silence' test ! -s out -a ! -s err
wfx check cut.json
ok 'check of half a document: 3' says 3
wfx id good.json
ok 'id: the ID and nothing else' prints '^zM5K3[1-9A-Za-z]{66}$'
ok 'one line' test "$(wc -l <out)" = 1
ok 'it is the one of the record' grep -q "$(cat out)" first

ok 'the store is intact' store_intact
done_testing
