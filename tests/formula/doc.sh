# wfx check, id and fmt as a user calls them.
. "$SRCDIR/tests/tap.sh"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
data=$SRCDIR/tests/formula/data
id=zM5K3Zz8R3ioVVWZ6o6GocxPKvubAJfv4iQmDH3GCq9UjtDjHtRWrry4DRoEBPvfUEYFx1D

# run WANTED-STATUS ARGS...: wfx with its output in out and err.
run() {
	wanted=$1
	shift
	"$WFX" "$@" >out 2>err
	got=$?
	[ "$got" -eq "$wanted" ] && return
	echo "# wfx $*: status $got, not $wanted"
	sed 's/^/# /' err
	return 1
}
silent() { run "$@" && [ ! -s out ] && [ ! -s err ]; }
says() { grep -qF -- "$1" err || { sed 's/^/# /' err && false; }; }

cp "$data/echo.json" "$data/lax-script.json" "$data/plot-nested.json" "$data/module.json" .
cp "$data/bad-lines.json" "$data/check-echo.json" .

ok 'check is silent when all is well' silent 0 check echo.json module.json
check_warns() { run 0 check lax-script.json && [ ! -s out ] &&
	says 'wfx: lax-script.json:13:47: warning: a comma is missing here'; }
ok 'check warns of lax commas' check_warns
check_bad() { run 3 check echo.json bad-lines.json lax-script.json && [ ! -s out ] &&
	says 'wfx: bad-lines.json:4:6: unknown field "actions" in a formula; did you mean "action"?' &&
	says 'lax-script.json:13:47'; }
ok 'check goes on after a bad file; the worst status wins' check_bad
check_meaning() { run 3 check check-echo.json && says 'cannot be run'; }
ok 'check finds what cannot run' check_meaning
check_json() { run 3 check --format=json bad-lines.json lax-script.json && [ "$(wc -l <err)" -eq 3 ] &&
	says '{"code":"warpforge-error-serialization","message":"bad-lines.json:4:6: ' &&
	says '"details":{"file":"bad-lines.json","line":"4","column":"6"},"cause":null' &&
	says '{"warning":"a comma is missing here'; }
ok 'check --format=json writes objects' check_json
check_stdin() { run 3 check - <bad-lines.json && says 'wfx: <stdin>:4:6:'; }
ok 'check reads standard input' check_stdin
missing() { run 2 check nosuch.json echo.json && says 'cannot read nosuch.json: No such file'; }
ok 'a missing file is an error' missing
folder() { run 2 id . && says 'cannot read .: Is a directory'; }
ok 'a folder is an error' folder
pipe() {
	mkfifo fifo || return 1
	cat "$data/echo.json" >fifo &
	run 0 id fifo && [ "$(cat out)" = $id ]
	result=$?
	kill $! 2>/dev/null
	return $result
}
ok 'a pipe can be read' pipe
ok 'no file is an error' run 2 check
ok 'an unknown flag is an error' run 2 id --chek echo.json
deep() { tr '\0' '[' </dev/zero | head -c 100000 >deep.json && run 3 check deep.json && says 'more than 200 deep'; }
ok 'ten thousand brackets are an error' deep
big() { truncate -s 100M big.json && run 3 check big.json && says 'more than 64 MiB'; }
ok 'a hundred megabytes are an error' big
big_stdin() { run 3 check - <big.json && says '<stdin>'; }
ok 'on standard input, too' big_stdin

prints_id() { run 0 id echo.json && [ "$(cat out)" = $id ] && [ ! -s err ]; }
ok 'id prints the ID and nothing else' prints_id
ids() { run 0 id echo.json lax-script.json plot-nested.json && [ "$(wc -l <out)" -eq 3 ] && [ ! -s err ]; }
ok 'id prints one a file' ids
id_module() { run 3 id module.json && [ ! -s out ] && says 'a module has no ID'; }
ok 'a module has no ID' id_module

fmt_check() { run 1 fmt --check echo.json plot-nested.json && [ "$(cat out)" = "$(printf 'echo.json\nplot-nested.json')" ]; }
ok 'fmt --check lists what is not canonical' fmt_check
unchanged() { cmp -s echo.json "$data/echo.json"; }
ok 'and leaves it as it is' unchanged
fmt_rewrites() {
	chmod 640 echo.json && ln -s echo.json link.json && silent 0 fmt link.json && [ -L link.json ] &&
		! unchanged && [ "$(stat -c %a echo.json)" = 640 ] && run 0 id echo.json && [ "$(cat out)" = $id ] &&
		silent 0 fmt --check echo.json
}
ok 'fmt rewrites in place: same ID, same mode, links stay' fmt_rewrites
fmt_again() { before=$(stat -c '%i %y' echo.json) && silent 0 fmt echo.json && [ "$before" = "$(stat -c '%i %y' echo.json)" ]; }
ok 'fmt does not touch a canonical file' fmt_again
fmt_stdin() { run 0 fmt - <"$data/echo.json" && cmp out echo.json; }
ok 'fmt - writes to standard output' fmt_stdin
fmt_bad() { cp bad-lines.json was && run 3 fmt bad-lines.json && cmp was bad-lines.json; }
ok 'fmt leaves a bad file as it is' fmt_bad
fmt_latin1() {
	sed 's/hello/h\xe4llo/' "$data/echo.json" >latin.json && cp latin.json was &&
		run 3 fmt latin.json && cmp was latin.json && says 'not UTF-8'
}
ok 'fmt refuses what it cannot keep' fmt_latin1
no_litter() { [ -z "$(find . -name '.tmp*')" ]; }
ok 'nothing is left behind' no_litter
full() { ! "$WFX" id echo.json >/dev/full 2>err && says "standard output"; }
ok 'a full disk is an error' full
done_testing
