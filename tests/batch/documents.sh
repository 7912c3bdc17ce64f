# Bad documents: status 3, a place (file:line:column), and never a crash or a hang.
. "$SRCDIR/tests/batch/lib.sh"
rootfs=tar:7bv82GDGN2Saf3fz2CDuFVbFr1y7EvLo5gZTMKTQpQNaqhKSP7SfT8amo6xLgaXvtD
inputs='"$A": "literal:b \u00e9 \"c\""' outputs='"a": {"from": "/a", "packtype": "tar", "filters": {"uid": "0"}}' \
	script 'echo "one
two"' 'three' >good.json
wfx check good.json
ok 'the good one is good' says 0

size=$(wc -c <good.json)
worst=
i=0
while [ $i -lt $((size - 1)) ]; do
	head -c $i good.json >cut.json
	wfx check cut.json
	says 3 '^wfx: ' >said || { worst="cut after $i bytes: $(cat said)"; break; }
	i=$((i + 1))
done
ok "cut anywhere: 3" test -z "$worst"
[ -z "$worst" ] || echo "# $worst"

# refused NAME REGEX: the file bad.json is refused by check and by --batch.
refused() {
	wfx check bad.json
	ok "$1: check" says 3 "$2"
	wfx --batch bad.json
	ok "$1: --batch" says 3 "$2"
	ok "$1: nothing on stdout" test ! -s out
	cat err >"err.$n"
}

: >bad.json
refused 'empty' 'bad.json'
printf '\0' >bad.json
refused 'one NUL' 'bad.json:1:1'
sed 's/one/o\x00e/' good.json >bad.json
refused 'NUL in a string' 'bad.json:2:'
sed 's/three/thr\\u0000ee/' good.json >bad.json
refused 'escaped NUL' 'bad.json:2:'
sed 's/three/\xff\xfe/' good.json >bad.json
refused 'invalid UTF-8' 'bad.json:2:'
sed 's/"\$A":/"$A": "literal:x", "$A":/' good.json >bad.json
refused 'a key twice' 'bad.json:1:'
sed 's/"outputs"/"outputz"/' good.json >bad.json
refused 'an unknown field, with the nearest one' 'outputs'
sed 's/"contents": \[/"contents": [1, /' good.json >bad.json
refused 'a number for a string' 'bad.json:2:'
sed 's/"outputs": .*//' good.json >bad.json
refused 'cut before outputs' 'bad.json'
printf '%s trailing' "$(cat good.json)" >bad.json
refused 'text after the document' 'bad.json:3:'
echo '["formula"]' >bad.json
refused 'a list' 'bad.json:1:1'
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "{\"a\":"; for (i = 0; i < 10000; i++) printf "}" }' >bad.json
refused '10,000 levels of objects' 'bad.json:1:'
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "[" }' >bad.json
refused '10,000 levels of lists, never closed' 'bad.json:1:'
ok 'a message is short even then' test "$(wc -c <"err.$n")" -lt 4000

# 100 MB of one string; of many elements; of white space.
{
	printf '{"formula": {"formula.v1": {"inputs": {"$A": "literal:'
	head -c 100000000 /dev/zero | tr '\0' a
	printf '"}, "action": {"exec": {"command": ["x"]}}, "outputs": {}}}}'
} >bad.json
refused '100 MB in a string' 'bad.json'
ok 'the message is short' test "$(wc -c <"err.$n")" -lt 4000
{
	printf '{"formula": {"formula.v1": {"inputs": {}, "action": {"exec": {"command": ['
	yes '"abcdefgh",' | head -c 100000000
	printf '"x"]}}, "outputs": {}}}}'
} >bad.json
refused '100 MB of list' 'bad.json'
{
	head -c 100000000 /dev/zero | tr '\0' ' '
	cat good.json
} >bad.json
refused '100 MB of blanks' 'bad.json'
rm -f bad.json

# Not documents at all.
mkdir folder
wfx check folder
ok 'a folder' says 2 folder
wfx check nosuch.json
ok 'no such file' says 2 'nosuch.json.*No such file'
wfx check /dev/zero
ok 'a device that never ends' says 3 /dev/zero
cat good.json | "$WFX" check /dev/stdin
ok 'a pipe' test $? = 0
if [ "$(id -u)" -ne 0 ]; then
	: >closed.json
	chmod 0 closed.json
	wfx check closed.json
	ok 'an unreadable file' says 2 'closed.json.*Permission'
else
	skip 'an unreadable file' 'root reads everything'
fi

# What a document carries does not steer the terminal.
sed 's/"three"/"\\u001b]0;x\\u0007"/; s/"action"/"\\u001b[31mactions"/' good.json >bad.json
wfx check bad.json
ok 'escape sequences are shown, not sent' says 3
ok 'no ESC on stderr' sh -c '! grep -q "$(printf "\033")" err'
done_testing
