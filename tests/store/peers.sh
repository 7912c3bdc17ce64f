# Archives by GNU tar and bsdtar in every format they have, and ours read by them.
. "$SRCDIR/tests/tap.sh"
tool=$BUILDDIR/tests/store/waretool
scratch=$(mktemp -d "${TMPDIR:-/tmp}/wfx-peers.XXXXXX")
trap 'cd /; chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
umask 022

# A tree with what formats differ in: long names and links, odd bytes, old and new times.
long=$(printf '%0120d' 0)
mkdir -p "tree/a-b" tree/a tree/a0 "tree/$long/$long" tree/empty
echo text >tree/a/file
printf 'x' >tree/a-b/x
head -c 3000000 /dev/urandom >tree/big
: >tree/a0/nothing
echo deep >"tree/$long/$long/deep"
ln -s "$long/$long/deep" tree/longlink
ln -s nowhere tree/dangling
mkfifo tree/fifo
echo spaces >"tree/with  spaces and
newline"
truncate -s 700000 tree/sparse
printf 'end' >>tree/sparse
find tree -exec touch -h -d '2011-03-04 05:06:07 UTC' {} +
touch -h -d '1970-01-01 00:00:01 UTC' tree/a/file
chmod 0711 tree/a
chmod 0400 tree/a/file

id_of() { "$tool" scan "$@" | head -n 1; }
want=$("$tool" pack . tree ours.tgz uid=keep,gid=keep,mtime=keep | head -n 1)
ok 'packed' test "${#want}" -gt 60
ok 'scanned again' test "$(id_of ours.tgz)" = "$want"

for f in gnu oldgnu posix; do
	tar --format=$f -C tree -cf by-$f.tar .
	ok "GNU tar --format=$f" test "$(id_of by-$f.tar)" = "$want"
done
for v in 0.0 0.1 1.0; do
	tar --format=posix -S --sparse-version=$v -C tree -cf by-sparse.tar .
	ok "GNU tar, sparse $v" test "$(id_of by-sparse.tar)" = "$want"
done
# v7 and ustar cannot hold all of it.
mkdir small && echo x >small/x && ln -s x small/l
find small -exec touch -h -d '2011-03-04 05:06:07 UTC' {} +
small=$("$tool" pack . small small.tgz uid=keep,gid=keep,mtime=keep | head -n 1)
for f in v7 ustar; do
	tar --format=$f -C small -cf by-$f.tar .
	ok "GNU tar --format=$f" test "$(id_of by-$f.tar)" = "$small"
done
if command -v bsdtar >/dev/null; then
	for f in gnutar pax; do
		bsdtar --format $f -C tree -cf by-$f.tar .
		ok "bsdtar --format $f" test "$(id_of by-$f.tar)" = "$want"
	done
	bsdtar --format ustar -C small -cf by-ustar.tar .
	ok "bsdtar --format ustar" test "$(id_of by-ustar.tar)" = "$small"
fi
for z in 'gzip -1' 'gzip -9' bzip2 'xz -0' 'zstd -q' 'zstd -q --long=27 -19' pigz; do
	command -v "${z%% *}" >/dev/null || continue
	$z -c <by-gnu.tar >by-z
	ok "compressed by $z" test "$(id_of by-z)" = "$want"
	ok "$z from a pipe" test "$(id_of - <by-z)" = "$want"
	head -c 1000000 by-z >part
	ok "$z, truncated" test "$(id_of part 2>&1 | grep -c '^rio-ware-corrupt: the .* ends in the middle')" = 1
done

# What others see in our archive, and what they make of it.
gzip -t ours.tgz
ok 'gzip finds our archive sound' test $? = 0
list() { sed 's,^\./,,; s,/$,,' | grep -v '^\.*$' | sort; }
find tree -mindepth 1 -printf '%P\n' | list >names
tar tzf ours.tgz --quoting-style=literal | list >names.tar
ok 'GNU tar lists the same names' cmp names names.tar
mkdir by-tar && tar xpzf ours.tgz -C by-tar
ok 'GNU tar unpacks the same tree' test "$("$tool" pack . by-tar - uid=keep,gid=keep,mtime=keep | head -n 2)" = \
	"$("$tool" pack . tree - uid=keep,gid=keep,mtime=keep | head -n 2)"
if command -v bsdtar >/dev/null; then
	bsdtar tzf ours.tgz | list >names.bsd
	ok 'bsdtar lists as many names' test "$(wc -l <names.bsd)" = "$(bsdtar tf by-gnu.tar | list | wc -l)"
	mkdir by-bsd && bsdtar xpzf ours.tgz -C by-bsd
	touch -d "2011-03-04 05:06:07 UTC" by-bsd # it leaves the root alone
	ok 'bsdtar unpacks the same tree' test \
		"$("$tool" pack . by-bsd - uid=keep,gid=keep,mtime=keep | head -n 2)" = \
		"$("$tool" pack . tree - uid=keep,gid=keep,mtime=keep | head -n 2)"
fi

# Our unpack, judged by tar and by diff.
"$tool" unpack by-posix.tar . mine >/dev/null
ok 'unpacked, as GNU tar compares it' tar --compare -f by-posix.tar -C mine
ok 'contents by diff' diff -r --no-dereference -x fifo tree mine
ok 'holes stay small' test "$(tar --format=posix -S -C tree -cf - sparse | "$tool" unpack - . holes >/dev/null
	du -k holes/sparse | cut -f1)" -lt 100
ok 'packed again: the same ID' test "$("$tool" pack . mine - uid=keep,gid=keep,mtime=keep | head -n 1)" = "$want"
ok 'the blob is the same each time' test "$(
	"$tool" pack . tree one >/dev/null
	WARE_THREADS=1 "$tool" pack . mine two >/dev/null
	cmp one two && echo same)" = same
ok 'and in a worker confined by Landlock' test "$(WARE_CONFINE=1 "$tool" unpack by-gnu.tar . confined | head -n 1)" = "$want"

# A folder that hands its group and rights on to what is made in it.
mkdir -m 2777 heir
[ "$(id -u)" = 0 ] && chgrp 12 heir && chmod 2777 heir
command -v setfacl >/dev/null && setfacl -d -m u:12:rwx,g::---,o::--- heir 2>/dev/null
"$tool" unpack by-gnu.tar heir heir uid=0,gid=0 >/dev/null
ok 'modes below a folder with a default ACL' test "$(cd heir/heir && find . ! -type l -printf '%m %p\n' | sort)" = \
	"$(cd tree && find . ! -type l -printf '%m %p\n' | sort)"
ok 'groups below a set-gid folder' test "$(find heir/heir -printf '%g\n' | sort -u | wc -l)" = 1
[ "$(id -u)" != 0 ] || ok 'which is the one asked for' test "$(stat -c %g heir/heir/a/file)" = 0

# One id is mapped, as in a rootless run: other owners are counted, not refused.
tar --owner=77 --group=78 -C small -cf owned.tar .
if unshare -Ur true 2>/dev/null; then
	mkdir -m 0777 rootless
	ok 'owners that a user namespace does not map' test "$(unshare -Ur "$tool" unpack owned.tar rootless r | grep -o 'lost [0-9]*')" = 'lost 3'
	ok 'they stand in the index' test "$("$tool" index rootless/r.index | cut -d' ' -f3,4 | sort -u)" = '77 78'
else
	skip 'owners that a user namespace does not map' 'no user namespaces'
fi
ok 'a folder is no ware' test "$("$tool" scan small 2>&1 | cut -d: -f1,2)" = 'warpforge-error-io: reading the ware'

# A full disk.
if [ "$(id -u)" = 0 ] && mkdir disk && mount -t tmpfs -o size=2m none disk 2>/dev/null; then
	ok 'more than is free is refused at once' test "$("$tool" unpack by-gnu.tar disk d 2>&1 >/dev/null | cut -d: -f1)" = wfx-no-space
	rm -rf disk/*
	ok 'a disk that fills up' test "$(WARE_MAX_BYTES=99999999 "$tool" unpack by-gnu.tar disk d 2>&1 >/dev/null | cut -d: -f1)" = wfx-no-space
	rm -rf disk/*
	ok 'packing to a full disk' test "$("$tool" pack . tree disk/out 2>&1 >/dev/null | cut -d: -f1)" = wfx-no-space
	umount disk
else
	skip 'a disk that fills up' 'needs root and mount'
fi

# Many entries, one folder: memory stays small.
mkdir many && (cd many && seq 1 3000 | xargs touch)
tar -C many -cf many.tar .
ok 'unpack 3000 entries' test "$("$tool" unpack many.tar . many2 | grep -o 'entries [0-9]*')" = 'entries 3001'
ok 'too many are refused' test "$(WARE_MAX_ENTRIES=3000 "$tool" scan many.tar 2>&1 | cut -d: -f1)" = rio-ware-corrupt
done_testing
