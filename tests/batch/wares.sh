# Bad wares: status 4, the store intact, nothing outside written, no half of a ware on the
# cache shelf.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs
other=tar:7bv82GDGN2Saf3fz2CDuFVbFr1y7EvLo5gZTMKTQpQNaqhKSP7SfT8amo6xLgaXvtD
target=$work/outside
mkdir "$target"

# blob_of WAREID: its path in the warehouse.
blob_of() {
	h=${1#tar:}
	echo ".warpforge/warehouse/$(echo "$h" | cut -c1-3)/$(echo "$h" | cut -c4-6)/$h"
}
# offer WAREID: stdin becomes the warehouse's blob of it, behind its back.
offer() {
	blob=$(blob_of "$1")
	mkdir -p "$(dirname "$blob")"
	rm -f "$blob"
	cat >"$blob"
	rm -f ".warpforge/.wfx/seal/$(echo "${1#tar:}" | cut -c1-3)/$(echo "${1#tar:}" | cut -c4-6)/${1#tar:}.json"
}
shelf_of() { echo ".warpforge/cache/tar/fileset/$(echo "${1#tar:}" | cut -c1-3)/$(echo "${1#tar:}" | cut -c4-6)/${1#tar:}"; }

untouched() {
	[ -z "$(find "$target" -mindepth 1)" ] && [ ! -e /tmp/wfx-test-evil ] && [ ! -e "$work/evil" ]
}

# refused NAME REGEX ENTRY...: an archive of these entries, as an input and in other ways.
refused() {
	name=$1
	regex=$2
	shift 2
	"$mktar" "$@" >evil.tar
	gzip -c evil.tar | offer "$other"
	root="\"ware:$other\"" script 'echo never' >evil.json
	wfx --batch evil.json
	ok "$name: refused as an input" says 4 "$regex"
	ok "$name: no step ran" sh -c '! grep -q "^never\|  *never" err'
	ok "$name: not on the shelf" test ! -e "$(shelf_of $other)"
	rm -rf dest
	wfx ware unpack "$other" dest
	ok "$name: refused by ware unpack" test "$status" -ne 0 -a "$status" -lt 124
	wfx ware scan evil.tar
	ok "$name: ware scan does not crash" test "$status" -lt 124
	ok "$name: nothing outside was written" untouched
	[ ! -e dest ] || chmod -R u+rwX dest
	rm -rf dest evil.tar
}

refused 'wrong hash' 'not what the WareID promises' dir,./ file,./a,text=hello
refused 'absolute name' 'absolute|/tmp/wfx-test-evil' dir,./ file,/tmp/wfx-test-evil,text=x
refused '.. in a name' '\.\.' dir,./ file,../evil,text=x
refused '.. in the middle' '\.\.' dir,./ dir,./a file,./a/../../evil,text=x
refused 'write through a symlink' 'link' dir,./ "link,./l,to=$target" file,./l/evil,text=x
refused 'write onto a symlink' 'l' dir,./ "link,./l,to=$target/evil" file,./l,text=x
refused 'folder over a symlink' 'l' dir,./ "link,./l,to=$target" dir,./l file,./l/evil,text=x
refused 'hardlink outside' 'link' dir,./ hard,./h,to=../../../../etc/passwd
refused 'hardlink inside' 'link' dir,./ file,./a,text=x hard,./h,to=./a
refused 'device' 'dev|device' dir,./ char,./mem
refused 'block device' 'dev|device' dir,./ block,./sda
refused 'set-user-id' 'set.?id|setuid' dir,./ file,./su,mode=4755,text=x
refused 'set-group-id' 'set.?id|setgid' dir,./ file,./sg,mode=2755,text=x
refused 'unknown type' 'type' dir,./ cont,./c
refused 'a name twice' 'a' dir,./ file,./a,text=x file,./a,text=y
refused 'a file as a folder' 'a' dir,./ file,./a,text=x file,./a/b,text=y
refused 'size larger than the archive' 'cut|short|end|trunc' dir,./ file,./a,text=x,size=1000000000
refused 'an absurd size' '.' dir,./ file,./a,text=x,size=8589934591
refused 'cut in a head' 'cut|short|end|trunc' dir,./ file,./a,size=5000 cut=700
refused 'cut in a file' 'cut|short|end|trunc' dir,./ file,./a,size=5000 cut=3000
refused 'nothing in it' 'empty' noend

for bytes in 0 1 9 10 100 1000 100000; do
	head -c $bytes "$(blob_of "$rootfs")" >cut.tgz
	offer "$other" <cut.tgz
	root="\"ware:$other\"" script 'echo never' >evil.json
	wfx --batch evil.json
	ok "gzip cut after $bytes bytes" says 4
done
head -c 100000 /dev/urandom | offer "$other"
wfx --batch evil.json
ok 'noise instead of an archive' says 4
{ head -c 10 "$(blob_of "$rootfs")"; head -c 100000 /dev/urandom; } | offer "$other"
wfx --batch evil.json
ok 'noise in a gzip' says 4
rm -f "$(blob_of $other)"
mkdir -p "$(blob_of $other)"
wfx --batch evil.json
ok 'a folder instead of a blob' says 4
rmdir "$(blob_of $other)"
mkfifo "$(blob_of $other)"
wfx --batch evil.json
ok 'a FIFO instead of a blob does not hang' says 4
rm -f "$(blob_of $other)"
ln -s /etc/shadow "$(blob_of $other)"
wfx --batch evil.json
ok 'a symlink instead of a blob' says 4
rm -f "$(blob_of $other)"

# Damage of a good ware is found, in the warehouse and on the shelf.
script 'echo ran' >good.json
wfx --batch --force good.json
ok 'the good ware' says 0 ran
shelf=$(shelf_of "$rootfs")
ok 'is on the shelf' test -e "$shelf/bin/busybox"
chmod u+w "$shelf/etc" "$shelf/etc/passwd"
echo 'evil:x:0:0::/:/bin/sh' >>"$shelf/etc/passwd"
wfx --batch --force good.json
ok 'a changed file on the shelf is noticed and mended' says 0 ran
ok 'the shelf is as it was' sh -c "! grep -q evil '$shelf/etc/passwd'"
rm -f "$shelf/etc/group" 2>/dev/null || { chmod u+w "$shelf/etc"; rm -f "$shelf/etc/group"; }
wfx --batch --force good.json
ok 'a missing one, too' says 0 ran
ok 'it is back' test -e "$shelf/etc/group"
ok 'the store is intact' store_intact

# Bombs, in archives that end well but have another ID.
if [ "$(df -Pk "$work" | awk 'NR == 2 { print $4 }')" -gt 1000000 ]; then
	"$mktar" dir,./ file,./zeros,size=200000000 | gzip -1 | offer "$other"
	wfx --batch evil.json
	ok '200 MB of zeros under a wrong ID' says 4
	ok 'is not kept' test "$(du -sk .warpforge | cut -f1)" -lt 50000
else
	skip '200 MB of zeros' 'no room'
fi
"$mktar" dir,./ file,./f%d,count=30000 | gzip -1 | offer "$other"
wfx --batch evil.json
ok '30,000 entries under a wrong ID' says 4
ok 'are not kept' test "$(find .warpforge | wc -l)" -lt 5000
rm -f "$(blob_of $other)"
ok 'the store is still intact' store_intact
done_testing
