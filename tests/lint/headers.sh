# Every header compiles alone.
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR" || exit 99
for h in src/*.h src/*/*.h; do
	[ -e "$h" ] || continue
	ok "$h stands alone" $CC -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only -Isrc -x c "$h"
done
done_testing
