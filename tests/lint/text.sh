# Scripts by shellcheck, spelling by codespell, layout of C by
# clang-format, the manual by mandoc: each skipped where
# its tool is not installed.
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR" || exit 99

have() { command -v "$1" >/dev/null; }
# Run a tool; its complaints become comments.
quiet() {
	if out=$("$@" 2>&1); then return; fi
	echo "$out" | sed 's/^/# /'
	return 1
}

if have shellcheck; then
	ok 'shellcheck: script/, examples/, .ci/' quiet shellcheck script/* examples/busybox-rootfs .ci/run
	ok 'shellcheck: completions' quiet shellcheck -s bash completions/wfx
	# Tests are read by tests/tap.sh's user, with variables from the harness.
	for f in tests/*.sh tests/*/*.sh; do
		ok "shellcheck: $f" quiet shellcheck -s sh -S warning -e SC1091,SC2034,SC2154 "$f"
	done
else
	skip 'shellcheck' 'not installed'
fi

if have codespell; then
	ok 'codespell' quiet codespell -L "$(tr '\n' , <tests/lint/words.txt)" \
		README.md HACKING.md NEWS doc script examples completions .ci src tests/*.sh tests/*/*.sh
else
	skip 'codespell' 'not installed'
fi

# Other versions of clang-format differ a little.
format=
for c in clang-format-14 clang-format; do
	if [ -z "$format" ] && have $c && $c --version | grep -q 'version 14\.'; then format=$c; fi
done
if [ -n "$format" ]; then
	ok 'clang-format: script/format --all changes nothing' \
		quiet "$format" --dry-run -Werror src/*.[ch] src/*/*.[ch] tests/*/*.[ch]
else
	skip 'clang-format' 'version 14 is not installed'
fi

if have mandoc; then
	for f in doc/*.[1-9]; do
		ok "mandoc: $f" quiet mandoc -Tlint -Wwarning "$f"
	done
else
	skip 'mandoc' 'not installed'
fi

blanks() { ! grep -nE '[ 	]$' "$@" | sed 's/^/# /' | grep .; }
ok 'no blanks at the ends of lines' blanks src/*.[ch] src/*/*.[ch] tests/*/*.[ch] tests/*/*.sh \
	script/* doc/* README.md HACKING.md
done_testing
