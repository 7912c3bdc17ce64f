# The manual and the completion name what the program's own tables name, and nothing else.
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR" || exit 99
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

"$WFX" help | sed -n 's/^  \([-a-z][-a-z]*\).*/\1/p' | grep -vxE -- '--(help|version)' | sort >"$work/commands"
ok 'wfx help lists commands' test -s "$work/commands"
while read -r command; do
	"$WFX" help "$command" >"$work/help" 2>&1
	ok "wfx help $command" test $? = 0
	sed -n 's/^  \(--[-a-z]*\).*/\1/p' "$work/help"
done <"$work/commands" >"$work/flags.tap"
grep -E '^(not )?ok' "$work/flags.tap"
grep -- '^--' "$work/flags.tap" | sort -u >"$work/flags"

# Commands and flags of the manual: items of its lists.
man() { sed -n 's/\\-/-/g; s/^\.It //p' doc/wfx.1; }
man | sed -n 's/^Cm \([a-z]*\).*/\1/p; s/^Fl \(-batch\).*/-\1/p' | sort -u >"$work/man-commands"
man | sed -n 's/^Fl \(-[-a-z]*\).*/-\1/p' | grep -vx -- --batch | sort -u >"$work/man-flags"
same() {
	diff "$1" "$2" >"$work/diff" && return
	sed 's/^/# /' "$work/diff"
	return 1
}
ok 'the manual has each command of wfx help, and no other' same "$work/commands" "$work/man-commands"
ok 'the manual has each flag of wfx help, and no other' same "$work/flags" "$work/man-flags"

if command -v bash >/dev/null; then
	cat >"$work/complete" <<-'END'
		. completions/wfx
		wfx() { "$WFX" "$@"; }
		COMP_WORDS=("$WFX" "$@") COMP_CWORD=$#
		_wfx
		printf '%s\n' "${COMPREPLY[@]}"
	END
	completions_of() { bash "$work/complete" "$@" | sort -u; }
	completions_of '' | grep -vxE -- '--(help|version)' >"$work/got"
	ok 'completion offers each command' test -z "$(comm -23 "$work/commands" "$work/got")"
	completions_of --batch -- >"$work/got"
	"$WFX" help --batch | sed -n 's/^  \(--[-a-z]*\).*/\1/p' | sort -u >"$work/batch-flags"
	ok 'completion offers each flag of --batch' same "$work/batch-flags" "$work/got"
	completions_of --batch --on-fail = s >"$work/got"
	ok 'completion offers the values of a flag' grep -qx stop "$work/got"
else
	skip 'completion' 'bash is not installed'
fi
done_testing
