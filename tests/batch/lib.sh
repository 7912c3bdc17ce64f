# What the end-to-end tests share: `. "$SRCDIR/tests/batch/lib.sh"`. Each script gets an
# empty folder $work with a home, a TMPDIR and the root workspace $work/ws of its own, which
# is also the current folder, and $rootfs: the ID of a small root file system in it.
#
#	script 'step' 'step'...    a formula with these steps, to stdout; the variables
#	                           inputs (JSON members, after the one for /), outputs (JSON
#	                           members), root (JSON value of the input /), network (true)
#	                           and interpreter change it
#	exec_formula ARG...        the same with an exec action
#	wfx ARG...                 runs it; leaves `status`, the files out and err, and in
#	                           `problem` what it left behind that it should not (a
#	                           process, a file in TMPDIR, a mount)
#	says STATUS REGEX...       the last wfx ended with STATUS, left nothing behind, and
#	                           each REGEX (grep -E) matches a line of err
#	prints REGEX               a line of out matches
. "$SRCDIR/tests/tap.sh"

alone=$BUILDDIR/tests/batch/alone
mktar=$BUILDDIR/tests/batch/mktar
work=$(mktemp -d "${TMPDIR:-/tmp}/wfx-test.XXXXXX") || exit 99
# shellcheck disable=SC2329
remove_work() {
	chmod -R u+rwX "$work" 2>/dev/null
	rm -rf "$work"
}
trap remove_work EXIT
trap 'exit 1' INT TERM HUP
mkdir -p "$work/home" "$work/tmp" "$work/ws/.warpforge"
: >"$work/ws/.warpforge/root"
HOME=$work/home TMPDIR=$work/tmp
export HOME TMPDIR
unset WARPFORGE_WAREHOUSE WARPFORGE_RUNPATH WARPFORGE_PATH NO_COLOR CLICOLOR CLICOLOR_FORCE
cd "$work/ws" || exit 99
seconds=60

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

wfx() {
	problem=
	"$alone" "$seconds" "$WFX" "$@" >out 2>err </dev/null
	status=$?
	tidy
}

# Nothing is left of the last run.
tidy() {
	case $status in
	250) problem="it did not end within $seconds seconds" ;;
	251) problem=$(grep '^alone:' err) ;;
	esac
	left=$(find "$TMPDIR" "$work/ws/.warpforge/.wfx/tmp" -mindepth 1 ! -name lock \
		! -path "$TMPDIR/wfx-$(id -u)" 2>/dev/null | head -n 5)
	[ -z "$left" ] || problem="$problem left behind: $left"
	! grep -q " $work" /proc/self/mountinfo || problem="$problem a mount is left"
}

show_last() {
	echo "# status $status, expected $1${2:+, and: $2}"
	sed 's/^/# out: /' out | head -n 20 | cut -c1-400
	sed 's/^/# err: /' err | tail -n 60 | cut -c1-400
	return 1
}

says() {
	expected=$1
	shift
	[ "$status" = "$expected" ] || { show_last "$expected"; return 1; }
	[ -z "$problem" ] || { show_last "$expected" "$problem"; return 1; }
	for regex; do
		grep -qE -e "$regex" err || { show_last "$expected" "in err: $regex"; return 1; }
	done
	# Whatever happened was foreseen.
	if grep -qE 'AddressSanitizer|LeakSanitizer|runtime error:|Assertion|Segmentation' err; then
		show_last "$expected" 'no crash'
		return 1
	fi
}

prints() {
	grep -qE -e "$1" out || show_last "$status" "in out: $1"
}

json_string() {
	printf '%s\n' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g' |
		awk 'BEGIN { printf "\"" } NR > 1 { printf "\\n" } { printf "%s", $0 } END { printf "\"" }'
}

json_list() {
	comma=
	for item; do
		printf '%s' "$comma"
		json_string "$item"
		comma=,
	done
}

formula_around() {
	printf '{"formula": {"formula.v1": {"inputs": {"/": %s%s},\n"action": %s,\n"outputs": {%s}}}}\n' \
		"${root:-\"ware:$rootfs\"}" "${inputs:+, $inputs}" "$1" "${outputs-}"
}

script() {
	formula_around "{\"script\": {\"interpreter\": \"${interpreter:-/bin/sh}\", \"contents\": [$(
		json_list "$@")]${network:+, \"network\": $network}}}"
}

exec_formula() {
	formula_around "{\"exec\": {\"command\": [$(json_list "$@")]${network:+, \"network\": $network}}}"
}

# The store still has what it had: every ware there is what its ID says.
store_intact() {
	wfx ware verify "$rootfs"
	says 0
}

# A root file system for everybody who needs one; $rootfs is its ID.
make_rootfs() {
	[ -x /bin/busybox ] && /bin/busybox true 2>/dev/null ||
		skip_all 'no /bin/busybox (Debian: busybox-static)'
	sh "$SRCDIR/examples/busybox-rootfs" "$work/rootfs" || exit 99
	rootfs=$("$WFX" ware pack "$work/rootfs" 2>"$work/pack.err") || {
		echo 'Bail out! wfx ware pack failed'
		cat "$work/pack.err"
		exit 99
	}
}
