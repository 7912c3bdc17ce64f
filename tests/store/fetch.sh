# The store: fetching, damage, seals, memos, odd names. As root it runs once more as an
# ordinary user.
. "$SRCDIR/tests/tap.sh"
T="$BUILDDIR/tests/store/storetool"
dir=$(mktemp -d) || exit 99
trap 'chmod -R u+rwx "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
unset WARPFORGE_WAREHOUSE

# new NAME: a root workspace, its path in $w
new() {
	w=$dir/$1
	mkdir -p "$w/.warpforge"
	: >"$w/.warpforge/root"
}
# tree DIR LINK: something to pack
tree() {
	mkdir -p "$1/bin" "$1/etc/empty"
	echo '#!/bin/sh' >"$1/bin/run"
	chmod 755 "$1/bin/run"
	ln -s "$2" "$1/bin/sh"
	head -c 300000 /dev/zero | tr '\0' x >"$1/etc/big"
	echo text >"$1/etc/a name with
newline"
	chmod 711 "$1/etc"
}
said() { grep -q -- "$1" "$dir/err"; }
run() { "$@" >"$dir/out" 2>"$dir/err"; }
fails() { # fails STATUS TEXT COMMAND...
	tap_status=$1 tap_text=$2
	shift 2
	run "$@"
	[ $? -eq "$tap_status" ] && said "$tap_text" || { sed 's/^/# /' "$dir/out" "$dir/err"; return 1; }
}
from() { [ "$(cut -d' ' -f1 "$dir/out")" = "$1" ] || { sed 's/^/# /' "$dir/out" "$dir/err"; return 1; }; }
tidy() { # nothing half done in the workspace
	run "$T" "$1" open
	[ -z "$(find "$1/.warpforge" -name '.tmp*')" ] && [ -z "$(ls "$1/.warpforge/.wfx/tmp")" ]
}

new src; src=$w
tree "$dir/tree" run
"$T" "$src" pack "$dir/tree" >"$dir/id" 2>"$dir/err" || sed 's/^/# /' "$dir/err"
id=$(cat "$dir/id")
hash=${id#tar:}
rel=$(echo "$hash" | cut -c1-3)/$(echo "$hash" | cut -c4-6)/$hash
store=ca+file://$src/.warpforge/warehouse
ok 'a packed tree lies in the warehouse' test -s "$src/.warpforge/warehouse/$rel"
ok 'and is sealed' grep -q sha384 "$src/.warpforge/.wfx/seal/tar/$rel.json"
ok 'packing it again is fine' run "$T" "$src" pack "$dir/tree"

new a; a=$w
shelf=$a/.warpforge/cache/tar/fileset/$rel
index=$a/.warpforge/.wfx/index/tar/$rel
ok 'a ware nobody has: not found' fails 4 rio-ware-not-found "$T" "$a" fetch "$id"
run "$T" "$a" fetch "$id" '' "$store"
ok 'cold: from the warehouse' from "$store"
ok 'the tree is right' diff -r --no-dereference "$dir/tree" "$shelf"
ok 'modes are kept' test "$(stat -c %a "$shelf/etc")" = 711
run "$T" "$a" fetch "$id"
ok 'warm: from the cache' from cache
ok 'nobody else may enter the cache' test "$(stat -c %a "$a/.warpforge/cache")" = 700
ok 'nothing half done is left' tidy "$a"

# ---- damage

damaged() { # damaged NAME: it is seen, mended, and the tree is whole again
	run "$T" "$a" fetch "$id" '' "$store"
	ok "$1: fetched anew" from "$store"
	ok "$1: the user is told" said 'notice: the cached .* was damaged'
	ok "$1: whole again" diff -r --no-dereference "$dir/tree" "$shelf"
}
echo >>"$shelf/bin/run"; damaged 'a longer file'
touch -r "$shelf/bin/run" "$dir/stamp"
printf X | dd of="$shelf/bin/run" bs=1 conv=notrunc 2>/dev/null
touch -r "$dir/stamp" "$shelf/bin/run"; damaged 'a changed byte, same time'
rm "$shelf/etc/big"; damaged 'a missing file'
: >"$shelf/etc/empty/x"; damaged 'a file too many'
chmod 700 "$shelf/etc"; damaged 'another mode'
ln -sfn elsewhere "$shelf/bin/sh"; damaged 'another link'
rm -rf "${shelf:?}/bin"; damaged 'a missing folder'
rm "$shelf/bin/run"; mkdir "$shelf/bin/run"; damaged 'another type'
printf X | dd of="$index" bs=1 seek=100 conv=notrunc 2>/dev/null; damaged 'a damaged index'
touch "$shelf/etc"
run "$T" "$a" fetch "$id"
ok 'the time of a folder is no damage' from cache
ok 'and is set right' test "$(stat -c %Y "$shelf/etc")" = 1262304000
rm "$index"
run "$T" "$a" fetch "$id"
ok 'a lost index: hashed, and used' from cache
rm "$shelf/bin/sh"
ok 'damage that nobody can mend' fails 4 'cached copy was damaged' "$T" "$a" fetch "$id"
ok 'the damaged tree is kept aside' test -n "$(ls "$a/.warpforge/.wfx/quarantine")"
run "$T" "$a" fetch "$id" '' "$store"
ok 'verify: all is well' run "$T" "$a" verify quick
touch -r "$shelf/bin/run" "$dir/stamp"
printf X | dd of="$shelf/bin/run" bs=1 conv=notrunc 2>/dev/null
touch -r "$dir/stamp" "$shelf/bin/run"
run "$T" "$a" verify full
ok 'verify --full names the file' grep -q 'bin/run: its content changed' "$dir/out"
ok 'a damaged shelf is gone' test ! -e "$shelf"
run "$T" "$a" fetch "$id" '' "$store"
ok 'and comes back' from "$store"

rm -rf "$a/.warpforge/.wfx/alias"
run "$T" "$a" fetch "$id"
ok 'lost aliases: the shelf of this hash is hashed, and used' from cache
run "$T" "$a" fetch "$id" '' "$store"
ok 'with a warehouse at hand the alias comes back' from "$store"
run "$T" "$a" fetch "$id"
ok 'over the same shelf' from cache

# ---- filters

run "$T" "$a" fetch "$id" mtime=@1000 "$store"
ok 'other filters: another shelf' test "$(stat -c %Y "$(cut -d' ' -f2 "$dir/out")/bin/run")" = 1000
ok 'named by the filtered hash' sh -c '! grep -q "$1" "$2"' - "$hash" "$dir/out"
run "$T" "$a" fetch "$id" mtime=@1000
ok 'a filtered ware hits, too' from cache

# ---- blobs that are not what they should be

new bad; bad=$w
badstore=ca+file://$bad/.warpforge/warehouse
mkdir -p "$bad/.warpforge/warehouse/$(dirname "$rel")"
blob=$bad/.warpforge/warehouse/$rel
new b; b=$w
damage() { cp "$src/.warpforge/warehouse/$rel" "$blob"; chmod 644 "$blob"; }
damage; printf XXXX | dd of="$blob" bs=1 seek=400 conv=notrunc 2>/dev/null
ok 'a damaged blob' fails 4 'rio-' "$T" "$b" fetch "$id" '' "$badstore"
ok 'leaves nothing on the shelf' test ! -e "$b/.warpforge/cache/tar/fileset/$rel"
ok 'and nothing half done' tidy "$b"
run "$T" "$b" fetch "$id" '' "$badstore" "$store"
ok 'the next place serves' from "$store"
ok 'and the user hears of the bad one' said "notice: .*$badstore"
: >"$blob"
new c; c=$w
ok 'an empty blob' fails 4 rio-ware-corrupt "$T" "$c" fetch "$id" '' "$badstore"
mkdir "$dir/other"; echo other >"$dir/other/file"
other=$("$T" "$bad" pack "$dir/other" 2>/dev/null)
orel=$(echo "$other" | cut -c5-7)/$(echo "$other" | cut -c8-10)/${other#tar:}
cp "$bad/.warpforge/warehouse/$orel" "$dir/blob"; mv -f "$dir/blob" "$blob"
ok 'another ware under this name' fails 4 rio-hash-mismatch "$T" "$c" fetch "$id" '' "$badstore"
ok 'says what it is' said "actual=.*${other#tar:}"
ok 'and what it should be' said "expected=.*$hash"
rm -f "$blob"; mkdir "$blob"
ok 'a folder in place of a blob' fails 4 rio-warehouse-unavailable "$T" "$c" fetch "$id" '' "$badstore"
rmdir "$blob"; mkfifo "$blob"
ok 'a FIFO in place of a blob' fails 4 rio-warehouse-unavailable "$T" "$c" fetch "$id" '' "$badstore"
rm "$blob"
ok 'http is not there yet' fails 4 'not supported yet' "$T" "$c" fetch "$id" '' https://example.org/x
run "$T" "$c" fetch "$id" '' https://example.org/x ca+s3://x "$store"
ok 'but the search goes on' from "$store"
ok 'no address at all' fails 4 'rio-ware-not-found' "$T" "$c" fetch "$other"
new c2; c2=$w
run "$T" "$c2" fetch "$id" '' "file://$src/.warpforge/warehouse/$rel"
ok 'file:// is the blob itself' from "file://$src/.warpforge/warehouse/$rel"

# ---- seals: the same WareID, another link

new q; q=$w
tree "$dir/tree2" /etc/passwd
run "$T" "$q" pack "$dir/tree2"
ok 'links are not in the WareID' test "$(cat "$dir/out")" = "$id"
rm -rf "$b/.warpforge/cache"
ok 'a repacked ware with another link' fails 4 wfx-seal-mismatch "$T" "$b" fetch "$id" '' \
	"ca+file://$q/.warpforge/warehouse"
ok 'names both digests' sh -c '[ "$(grep -cE "^(expected|actual)=[1-9A-Za-z]{60,}$" "$1")" = 2 ]' - "$dir/err"
ok 'and is not on the shelf' test ! -e "$b/.warpforge/cache/tar/fileset/$rel"
ok 'packing it over the first one' fails 4 wfx-seal-mismatch "$T" "$src" pack "$dir/tree2"
run "$T" "$b" fetch "$id" '' "ca+file://$q/.warpforge/warehouse" "$store"
ok 'the right one is found behind it' from "$store"
ok 'and the user hears of the forged one' said 'notice: .*other links'

# Two wares that become one hash after filters, but for a link, which hashes do not cover.
new twins; twins=$w
one=$("$T" "$src" pack "$dir/tree" uid=1 2>/dev/null)
two=$("$T" "$q" pack "$dir/tree2" uid=2 2>/dev/null)
run "$T" "$twins" fetch "$one" '' "$store"
first=$(cut -d' ' -f2 "$dir/out")
run "$T" "$twins" fetch "$two" '' "ca+file://$q/.warpforge/warehouse"
second=$(cut -d' ' -f2 "$dir/out")
ok 'equal but for a link: the first keeps the shelf' test "$first" = "$twins/.warpforge/cache/tar/fileset/$rel"
ok 'the second gets one beside it' sh -c 'case $2 in "$1".*) ;; *) false ;; esac' - "$first" "$second"
ok 'with its own link' test "$(readlink "$second/bin/sh")" = /etc/passwd
ok 'and the first has its own' test "$(readlink "$first/bin/sh")" = run
run "$T" "$twins" fetch "$two"
ok 'it is found again' test "$(cat "$dir/out")" = "cache $second"
ok 'both verify' run "$T" "$twins" verify full
run "$T" "$twins" fetch "$id" '' "$store"
ok 'a third that is the same as the first' test "$(cut -d' ' -f2 "$dir/out")" = "$first"

# ---- memos

fid=zM5K3Zz8R3ioVVWZ6o6GocxPKvubAJfv4iQmDH3GCq9UjtDjHtRWrry4DRoEBPvfUEYFx1D
memo=$b/.warpforge/memos/$fid.json
record() { printf '{\n\t"guid": "x",\n\t"time": 1,\n\t"formulaID": "%s",\n\t"exitcode": 0,\n\t"results": {\n\t\t"o": "ware:%s"\n\t}\n}\n' "$fid" "$1" >"$dir/memo"; }
record "$id"
ok 'no memo' sh -c '"$@"; [ $? = 1 ]' - "$T" "$b" memo-read $fid
ok 'a memo is written' run "$T" "$b" memo-write $fid "$dir/memo"
ok 'and read' run "$T" "$b" memo-read $fid
ok 'as it is' cmp -s "$dir/out" "$dir/memo"
head -c 40 "$dir/memo" >"$memo"
ok 'a torn memo is ignored with a warning' fails 1 'torn' "$T" "$b" memo-read $fid
ok 'and written anew' run "$T" "$b" memo-write $fid "$dir/memo"
ok 'whole' run "$T" "$b" memo-read $fid
record "$other"; run "$T" "$b" memo-write $fid "$dir/memo"
ok 'a memo whose ware is gone is no hit' fails 1 'no longer in any warehouse' "$T" "$b" memo-read $fid
record tar:-; run "$T" "$b" memo-write $fid "$dir/memo"
ok 'the empty ware is always there' run "$T" "$b" memo-read $fid
ok 'an odd formula ID makes no path' fails 3 'not a formula ID' "$T" "$b" memo-read ../../x

# ---- odd names

for bad_id in 'tar:..' 'tar:........' 'tar:%2e%2e%2fxxxxxx' 'tar:short' 'tar:a b c d e f'; do
	ok "refused: $bad_id" fails 3 wareid-invalid "$T" "$b" fetch "$bad_id"
done
ok 'tar:- was empty' fails 4 'output was empty' "$T" "$b" fetch tar:-
ok 'zip is not there yet' fails 4 'not supported yet' "$T" "$b" fetch zip:6c1eVnQ9NutqZSMD5gimy72u3gZMcp4mFAVbQhAkpwTvTH1CCnGgL6yvBJ6MNkWUYZ
ok 'nor is git' fails 4 'not supported yet' "$T" "$b" fetch git:e3ec637a29ae0000000000000000000000000000

# ---- several at once

new many; many=$w
for i in 1 2 3 4 5 6; do
	"$T" "$many" fetch "$id" '' "$store" >"$dir/many.$i" 2>&1 &
done
wait
ok 'six at once: one unpacks' test "$(cat "$dir"/many.? | grep -c '^ca+file')" = 1
ok 'and five use it' test "$(cat "$dir"/many.? | grep -c '^cache')" = 5

# ---- a foreign cache, a single file, permissions

new up; up=$w
mkdir -p "$up/.warpforge/cache/tar/fileset/$(dirname "$rel")"
cp -a "$shelf" "$up/.warpforge/cache/tar/fileset/$rel"
run "$T" "$up" fetch "$id"
ok "upstream's shelf is used when its hash is right" from cache
ok 'it counts as had' run "$T" "$up" has "$id"
echo >>"$up/.warpforge/cache/tar/fileset/$rel/bin/run"
ok 'and not when it is wrong' fails 4 rio-ware-not-found "$T" "$up" fetch "$id"

new ro; ro=$w
WARPFORGE_WAREHOUSE=/proc/nothing
export WARPFORGE_WAREHOUSE
ok 'a warehouse that cannot be written' fails 5 rio-warehouse-unwritable "$T" "$ro" pack "$dir/tree"
run "$T" "$ro" fetch "$id" '' "$store"
ok 'does not keep others from serving' from "$store"
WARPFORGE_WAREHOUSE=$dir/wh
ok 'WARPFORGE_WAREHOUSE is made' run "$T" "$ro" pack "$dir/tree"
ok 'and takes the place of the own one' test -e "$dir/wh/$rel"
unset WARPFORGE_WAREHOUSE

mkdir "$dir/closed"; echo x >"$dir/closed/f"; mkdir "$dir/closed/d"; echo y >"$dir/closed/d/g"
chmod 000 "$dir/closed/f"; chmod 555 "$dir/closed/d" "$dir/closed"
if [ "$(id -u)" = 0 ]; then
	closed=$("$T" "$src" pack "$dir/closed" 2>/dev/null)
	skip 'an unreadable blob' 'root reads everything'
	skip 'a folder nobody may write' 'root writes everywhere'
else
	chmod 400 "$dir/closed/f"
	closed=$("$T" "$src" pack "$dir/closed" 2>/dev/null)
	chmod 000 "$src/.warpforge/warehouse/$rel"
	new e; e=$w
	ok 'an unreadable blob' fails 4 rio-warehouse-unavailable "$T" "$e" fetch "$id" '' "$store"
	chmod 444 "$src/.warpforge/warehouse/$rel"
	chmod 555 "$e/.warpforge/.wfx/tmp"
	ok 'a folder nobody may write' fails 4 rio-local-cache-problem "$T" "$e" fetch "$id" '' "$store"
	chmod 700 "$e/.warpforge/.wfx/tmp"
fi
chmod -R u+rwx "$dir/closed"
new f; f=$w
run "$T" "$f" fetch "$closed" '' "$store"
ok 'a ware of closed folders' from "$store"
run "$T" "$f" fetch "$closed"
ok 'is found again' from cache
ok 'with its modes' test "$(stat -c %a "$(cut -d' ' -f2 "$dir/out")")" = 555
ok 'and verified to the last byte' run "$T" "$f" verify full
run "$T" "$f" fetch "$closed"
ok 'which does it no harm' from cache

if [ "$(id -u)" != 0 ]; then
	mkdir -p "$dir/others/.warpforge"
	: >"$dir/others/.warpforge/root"
	chmod 555 "$dir/others/.warpforge"
	ok "somebody else's workspace" fails 125 'warpforge-error-workspace' "$T" "$dir/others" open
fi
mkdir -p "$dir/stale/.warpforge/.wfx/tmp/.tmp.upload.wfx-1.2.3/tree"
: >"$dir/stale/.warpforge/root"
if [ "$(id -u)" != 0 ]; then
	mkdir -p "$dir/others/.warpforge"
	: >"$dir/others/.warpforge/root"
	chmod 555 "$dir/others/.warpforge"
	ok "somebody else's workspace" fails 125 'warpforge-error-workspace' "$T" "$dir/others" open
fi
mkdir -p "$dir/stale/.warpforge/warehouse"
: >"$dir/stale/.warpforge/warehouse/.tmp.upload.wfx-1.2.4"
ok 'what dead processes left goes away' tidy "$dir/stale"

if [ -n "$STORE_TEST_SHUT" ]; then
	new shut; shut=$w
	run "$T" "$shut" fetch "$STORE_TEST_SHUT" '' "$STORE_TEST_FROM"
	ok 'folders that shut their owner out: fetched' from "$STORE_TEST_FROM"
	tree=$(cut -d' ' -f2 "$dir/out")
	run "$T" "$shut" fetch "$STORE_TEST_SHUT"
	ok 'and hit' from cache
	ok 'and verified as far as one sees' run "$T" "$shut" verify full
	run "$T" "$shut" fetch "$STORE_TEST_SHUT"
	ok 'and hit again' from cache
	chmod 700 "$tree"; : >"$tree/x"; chmod 555 "$tree"
	run "$T" "$shut" fetch "$STORE_TEST_SHUT" '' "$STORE_TEST_FROM"
	ok 'and mended' from "$STORE_TEST_FROM"
	(cd "$shut" && "$WFX" ware unpack "$STORE_TEST_SHUT" out "--source=$STORE_TEST_FROM") >"$dir/out" 2>&1
	ok 'and unpacked' test "$(stat -c %a "$shut/out" "$shut/out/look" | tr '\n' ' ')" = '555 400 '
	(cd "$shut" && "$WFX" ware unpack "$STORE_TEST_SHUT" out --force "--source=$STORE_TEST_FROM") >"$dir/out" 2>&1
	ok 'and unpacked over itself' test $? = 0
	sed 's/^/# /' "$dir/out"
	(cd "$shut" && ! "$WFX" ware unpack "tar:4${STORE_TEST_SHUT#tar:?}" out --force) >"$dir/out" 2>&1
	ok 'a failing one changes nothing' test "$(stat -c %a "$shut/out")" = 555
	rm -rf "$shut/.warpforge/.wfx/tmp"; mkdir -m 700 "$shut/.warpforge/.wfx/tmp"
	cp -a "$shut/out" "$shut/.warpforge/.wfx/tmp/.tmp.upload.wfx-1.2.3"
	ok 'and swept away' tidy "$shut"
fi

done_testing || exit 1
if [ "$(id -u)" = 0 ] && [ -z "$STORE_TEST_AGAIN" ] &&
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$BUILDDIR" -a -x "$SRCDIR"; then
	# What only root can pack, for the ordinary user: folders that shut their owner out.
	mkdir -p "$dir/shut/none/in" "$dir/shut/look"
	echo x >"$dir/shut/none/in/f"
	echo x >"$dir/shut/look/f"
	echo x >"$dir/shut/f"
	chmod 0 "$dir/shut/none" "$dir/shut/f"
	chmod 400 "$dir/shut/look"
	chmod 555 "$dir/shut"
	STORE_TEST_SHUT=$("$T" "$src" pack "$dir/shut" 2>/dev/null) STORE_TEST_FROM=$store
	export STORE_TEST_SHUT STORE_TEST_FROM
	chmod 711 "$dir"
	mkdir "$dir/user"
	chown 65534:65534 "$dir/user"
	if TMPDIR=$dir/user STORE_TEST_AGAIN=1 setpriv --reuid=65534 --regid=65534 --clear-groups \
		sh "$SRCDIR/tests/store/fetch.sh" >"$dir/user.out" 2>&1; then
		echo "# as an ordinary user: all well"
	else
		grep -v '^ok' "$dir/user.out" | sed 's/^/# user: /'
		exit 1
	fi
fi
