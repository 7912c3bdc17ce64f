# The examples do what README.md and script/demo say.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs
greeting=ware:tar:5on9WGG7uwN2dUyj7Geu66L11oXFCU5gjDcWckgBXWvB3zKEnG5k69N4apmzGFuBwM

# As it is for Debian 12's busybox on amd64; with another busybox's ID elsewhere.
for name in hello failing; do
	sed "s|\"ware:tar:[^\"]*\"|\"ware:$rootfs\"|" "$SRCDIR/examples/$name.json" >$name.json
done
if cmp -s hello.json "$SRCDIR/examples/hello.json"; then
	wfx --batch "$SRCDIR/examples/hello.json"
	ok 'examples/hello.json as it is' says 0
else
	skip 'examples/hello.json as it is' 'this busybox is another one'
fi

wfx --batch --force hello.json
ok 'hello succeeds' says 0 'hello from a rootless container'
ok 'its output is the same on any machine' prints "\"greeting\": ?\"$greeting\""

wfx --batch failing.json
ok 'failing fails' says 1 'compiling main.c'
ok 'the report names the command, its arguments and its place' says 1 \
	'cc: .*not found|not found.*cc' 'cc -O2 -Wall -o /out/main main.c' '4 \| |:4:|line 4' 'compile'
ok 'no results' prints '"exitcode": ?127, ?"results": ?\{ ?\}'
done_testing
