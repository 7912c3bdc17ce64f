# The manual and the completion name what the program's own tables name, and nothing else.
# A flag that --help calls "not in this version" is in neither.
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR" || exit 99
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

same() {
	diff "$1" "$2" >"$work/diff" && return
	sed 's/^/# /' "$work/diff"
	return 1
}
# --flags in a text.
flags() { grep -oE -- '--[a-z][a-z-]*' | grep -vxE -- '--(help|version|batch)' | sort -u; }

"$WFX" help | sed -n '/^commands:/,/^$/s/^  \([a-z][a-z]*\).*/\1/p' | sort >"$work/commands"
ok 'wfx help lists commands' test -s "$work/commands"
: >"$work/help"
: >"$work/verbs"
for command in --batch $(cat "$work/commands"); do
	"$WFX" "$command" --help >"$work/one" 2>&1
	ok "wfx $command --help" test $? = 0
	awk '/^  --[^ ]*$/ { held = $0; next } { print held $0; held = "" }' "$work/one" |
		grep -v 'not in this version' >>"$work/help"
	sed -n '/^verbs:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' "$work/one" >>"$work/verbs"
done
flags <"$work/help" >"$work/flags"

# Of the manual: heads of its lists, and all flags.
sed 's/\\-/-/g' doc/wfx.1 >"$work/man"
sed -n '/^\.Sh COMMANDS/,/^\.Sh WARES/s/^\.It Cm \([a-z]*\).*/\1/p' "$work/man" | sort -u >"$work/man-commands"
ok 'the manual has each command of wfx help, and no other' same "$work/commands" "$work/man-commands"
sed -n 's/^\.It Cm store //; s/^\.It Cm //; s/^\([a-z][a-z]*\)\( .*\)*$/\1/p' "$work/man" >"$work/man-verbs"
ok 'the manual has each verb' test -z "$(grep -vxFf "$work/man-verbs" "$work/verbs")"
sed 's/Fl -/Fl --/g; s/Fl ---*/--/g' "$work/man" | flags >"$work/man-flags"
ok 'the manual has each flag of --help, and no other' same "$work/flags" "$work/man-flags"

if command -v bash >/dev/null; then
	cat >"$work/complete.bash" <<-'END'
		. completions/wfx
		COMP_WORDS=("$WFX" "$@") COMP_CWORD=$#
		_wfx
		printf '%s\n' "${COMPREPLY[@]}"
	END
	offers() { bash "$work/complete.bash" "$@" | sort -u; }
	offers '' >"$work/got"
	ok 'completion offers each command' test -z "$(grep -vxFf "$work/got" "$work/commands")"
	offers --batch -- >"$work/got"
	"$WFX" --batch --help | sed -n 's/^  \(--[-a-z]*\).*/\1/p' | sort -u >"$work/batch-flags"
	ok 'completion offers each flag of --batch' same "$work/batch-flags" "$work/got"
	offers --batch --on-fail = s >"$work/got"
	ok 'completion offers the values of a flag' grep -qx stop "$work/got"
	offers ware '' >"$work/got"
	ok 'completion offers the verbs of ware' grep -qx unpack "$work/got"
else
	skip 'completion' 'bash is not installed'
fi
done_testing
