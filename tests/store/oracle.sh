# Random trees and archives against the Python reference, which lies beside the repository.
. "$SRCDIR/tests/tap.sh"
reference=$SRCDIR/../shared/oracle
[ -e "$reference/riotar.py" ] || reference=${WFX_ORACLE:-/work/shared/oracle}
what='hashes, filters, seals and packs as the reference computes them'
if ! command -v python3 >/dev/null; then
	skip "$what" 'no python3'
elif [ ! -e "$reference/riotar.py" ]; then
	skip "$what" 'the reference is not here'
else
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/wfx-oracle.XXXXXX")
	ok "$what" python3 "$SRCDIR/tests/store/oracle.py" "$reference" \
		"$BUILDDIR/tests/store/waretool" "$scratch" "${CASES:-80}" "${SEED:-7}"
	chmod -R u+rwx "$scratch" && rm -rf "$scratch"
	for ware in "$reference"/../conformance/warehouse/*/*/*; do
		[ -e "$ware" ] || continue
		id=$("$BUILDDIR/tests/store/waretool" scan "$ware" | head -n 1)
		ok "scan of $(basename "$ware" | cut -c1-8)" test "$id" = "tar:$(basename "$ware")"
	done
fi
done_testing
