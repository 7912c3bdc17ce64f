# What people read on stderr: the lines of a run, the block of a failing step, the summary;
# and the same for machines. Times are fixed, IDs are replaced, the rest is golden:
# tests/batch/report/NAME.txt. `UPDATE=1 make check` writes it anew: read the difference.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs
golden=$SRCDIR/tests/batch/report
WFX_TEST_TIME=1700000000 WFX_TEST_RANDOM=1
export WFX_TEST_TIME WFX_TEST_RANDOM

clean() {
	sed -E -e "s/$rootfs/ROOTFS/g" -e 's/zM5K3[1-9A-Za-z]{66}/ID/g' -e "s,$work,WORK,g" \
		-e 's/tar:[1-9A-Za-z]{60,}/WARE/g' -e 's/"uid":[0-9]+/"uid":UID/' -e '/^input .* [0-9]+ entries, from /s/: .*/: .../'
}

# same NAME [FILTER...]: err, cleaned, is the golden text.
same() {
	name=$1
	shift
	clean <err | { [ $# -eq 0 ] && cat || "$@"; } >got
	if [ -n "${UPDATE-}" ]; then
		mkdir -p "$golden" && cp got "$golden/$name.txt"
	fi
	diff -u "$golden/$name.txt" got >difference || { sed 's/^/# /' difference; return 1; }
}

outputs='"a": {"from": "/a"}' script 'mkdir /a' 'echo hi; echo bad >&2' >good.json
wfx --batch good.json
ok 'a good run' same good
wfx --batch good.json
ok 'a memo' same memo
wfx --batch --force --progress=quiet good.json
ok 'quiet is silent' test ! -s err

script 'f() {
	for i in 1; do
		nosuch "a b" | cat
	done
}' 'set -o pipefail; f' 'echo later' >notfound.json
wfx --batch notfound.json
ok 'a command that is not there' same notfound
wfx --batch --progress=quiet notfound.json
ok 'quiet: only the block and the error' same notfound-quiet
wfx --batch --color=always notfound.json
ok 'colours are nothing but colours' sh -c '
	sed "s/$(printf "\033")\[[0-9;]*m//g" err >plain && grep -q "$(printf "\033")" err &&
	! grep -q "$(printf "\033")" plain && grep -qx "  in        /" plain'

script 'echo $((1 +))' >arith.json
wfx --batch arith.json
ok 'an expression that is none' says 1 'cause '
script 'if true; then' 'echo later' >syntax.json
wfx --batch syntax.json
ok 'a syntax error' same syntax
ok 'has status 2' prints '"exitcode": 2'
script 'set -u; cd /tmp; echo "$NOT_SET"' >nounset.json
wfx --batch nounset.json
ok 'a variable that is not set' same nounset
script 'echo x >/no/such/dir/file' >redirection.json
wfx --batch redirection.json
ok 'a redirection' same redirection
script 'sh -c "kill -9 \$\$"' >signal.json
wfx --batch signal.json
ok 'a signal' same signal
exec_formula /bin/nosuch 'a b' >exec.json
wfx --batch exec.json
ok 'exec of nothing' same exec
script 'false' 'exit 4' >exit.json
wfx --batch --on-fail=continue exit.json
ok 'going on, then leaving' same exit
script 'i=0; while [ $i -lt 30 ]; do i=$((i + 1)); echo $i; done; printf "\033[31mred\033[0m \a\r\n"; false' >tail.json
wfx --batch tail.json
ok 'the last twenty lines' same tail
script 'printf "10%%\r20%%\r100%%\n"; printf "no newline"' >lines.json
wfx --batch lines.json
ok 'carriage returns, no newline at the end' same lines
inputs='"/h": "mount:rw:/usr"' network=true script : >asks.json
wfx --batch asks.json
ok 'what it asks for' same asks
interpreter=/bin/lua script 'print("x")' >lua.json
wfx --batch lua.json
ok 'an interpreter that is not there' same lua

# --- for machines
wfx --batch --format=json notfound.json
ok 'JSON lines' same notfound-json grep -v '"kind":"input_'
wfx --batch --force --events events --junit junit --tap tap notfound.json
mv events err
ok 'the event log' same notfound-events grep -v '"kind":"input_'
mv junit err
ok 'JUnit' same notfound-junit
mv tap err
ok 'TAP' same notfound-tap
done_testing
