# The folder rule: layers.txt names each folder and the folders it may include from.
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR" || exit 99
includes() { grep -hoE '^#include "[a-z]+/' "$@" 2>/dev/null | cut -d'"' -f2 | cut -d/ -f1 | sort -u; }
while read -r dir allowed; do
	[ -d "src/$dir" ] || continue
	bad=$(includes src/"$dir"/*.[ch] | while read -r used; do
		case " $dir $allowed " in *" $used "*) ;; *) echo "$used" ;; esac
	done)
	ok "$dir includes only: ${allowed:-itself}" test -z "$bad"
	[ -z "$bad" ] || echo "# $dir must not include: $bad"
done <tests/lint/layers.txt
for d in src/*/; do
	d=$(basename "$d")
	ok "$d is in layers.txt" grep -q "^$d\b" tests/lint/layers.txt
done
bad=$(includes src/*.[ch] | grep -E '^(store|sandbox|stepsh)$')
ok 'faces never include store or sandbox' test -z "$bad"
for f in src/*.c src/*/*.c; do
	ok "the map in src/main.c names ${f#src/}" grep -qF "${f#src/}" src/main.c
done
done_testing
