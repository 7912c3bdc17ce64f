# Every fuzz target over its seeds and over small mutations of them. WFX_FUZZ_MUTANTS sets
# how many of each seed.
. "$SRCDIR/tests/tap.sh"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
for src in "$SRCDIR"/tests/fuzz/*.c; do
	name=$(basename "$src" .c)
	[ "$name" != replay ] || continue
	ok "$name keeps its promises on its seeds and ${WFX_FUZZ_MUTANTS:-200} mutants of each" \
		"$BUILDDIR/tests/fuzz/$name-replay" -m "${WFX_FUZZ_MUTANTS:-200}" \
		"$SRCDIR/tests/fuzz/seeds/$name"
	[ ! -e "crash-$name-replay" ] || { echo "# input, base64:"; base64 "crash-$name-replay"; }
done
done_testing
