# Test Anything Protocol for shell scripts:
#	. "$SRCDIR/tests/tap.sh"
#	ok 'what holds' command args...
#	skip 'what' 'why it cannot be tried here'
#	done_testing
n=0
failed=0
ok() {
	n=$((n + 1))
	tap_name=$1
	shift
	if "$@"; then
		echo "ok $n - $tap_name"
	else
		echo "not ok $n - $tap_name"
		failed=$((failed + 1))
	fi
}
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
done_testing() {
	echo "1..$n"
	[ "$failed" -eq 0 ]
}
