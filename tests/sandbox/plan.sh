# Plans are data: the same on every host and for every user, but for the ids.
#	plan.sh --update   writes what comes out now; read the diff
. "$SRCDIR/tests/tap.sh"
data=$SRCDIR/tests/sandbox/data
[ "${1-}" = --update ] && update=1

plan() {
	name=$1
	shift
	"$BUILDDIR/tests/sandbox/boxrun" -P "$@" | sed '/^wfx    ids /d' >plan.out
	[ -z "$update" ] || cp plan.out "$data/$name.plan"
	ok "plan: $name" diff "$data/$name.plan" plan.out
	rm -f plan.out
}
plan plain -r /ware -- /bin/true
plan strict -s -f run=text -- sh /.warpforge.container/script/run
plan inputs -r /a -o /x/y=/b -e /x/y/z -b /m=/host/ro -w /w=/host/rw -B -S /dev/null
done_testing
