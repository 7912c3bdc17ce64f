# IDs against peers: the recorded ones of ../shared/conformance, and the Python reference of
# ../shared/oracle on random documents (WFX_TEST_DOCUMENTS of them).
. "$SRCDIR/tests/tap.sh"
shared=$SRCDIR/../shared
[ -d "$shared/conformance" ] || shared=$SRCDIR/../../shared
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

if ! command -v python3 >/dev/null; then
	skip 'IDs equal those of the reference' 'no python3'
	done_testing
	exit
fi
if ! [ -e "$shared/oracle/wfid.py" ]; then
	skip 'IDs equal those of the reference' 'no ../shared/oracle'
	done_testing
	exit
fi
recorded() {
	python3 - "$WFX" "$shared/conformance" <<-'END'
	import glob, json, subprocess, sys
	wfx, folder = sys.argv[1:]
	bad = n = 0
	for path in sorted(glob.glob(folder + "/*.expected.json")):
	    want = json.load(open(path))
	    doc = path.replace(".expected", "")
	    verb = "check" if want.get("must") == "reject" else "id"
	    got = subprocess.run([wfx, verb, doc], capture_output=True, text=True)
	    n += 1
	    if verb == "check":
	        fine = got.returncode == 3 and "cannot be run" not in got.stderr
	    else:
	        fine = got.stdout.strip() == want.get("formulaID", want.get("plotID"))
	    if not fine:
	        bad += 1
	        print("#", doc, got.returncode, got.stdout, got.stderr)
	print("#", n, "documents")
	sys.exit(bad != 0 or n == 0)
	END
}
ok 'IDs and refusals are the recorded ones' recorded
ok 'IDs of random documents equal those of the reference' \
	python3 "$SRCDIR/tests/formula/ids.py" "$WFX" "$shared/oracle" "$work" "${WFX_TEST_DOCUMENTS:-300}"
done_testing
