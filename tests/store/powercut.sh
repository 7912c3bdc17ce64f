# What was acknowledged is there after a power cut: the store lies on a file system in a
# file, and a copy of that file is what the disk had been told. With NOSYNC the same is
# lost, so the test can tell.
. "$SRCDIR/tests/tap.sh"
T="$BUILDDIR/tests/store/storetool"
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
unset WARPFORGE_WAREHOUSE

give_up() {
	skip 'a power cut' "$1"
	done_testing
	exit
}
[ "$(id -u)" = 0 ] || give_up 'needs root for a loop device'
cat >"$dir/run.sh" <<'END'
dir=$1 T=$2 id=$3 store=$4 fid=$5 fs=$6
truncate -s 400M "$dir/disk"
case $fs in
ext4) opt=,commit=600 && mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 "$dir/disk" ;;
xfs) opt=,nouuid && mkfs.xfs -q "$dir/disk" ;;
btrfs) opt=,commit=600 && mkfs.btrfs -q "$dir/disk" ;;
esac || exit 77
mkdir -p "$dir/mnt" "$dir/mnt2"
mount -o "loop$opt" "$dir/disk" "$dir/mnt" 2>/dev/null || exit 77
mkdir -p "$dir/mnt/w/.warpforge"
: >"$dir/mnt/w/.warpforge/root"
sync
for ware in $id; do
	"$T" "$dir/mnt/w" fetch "$ware" '' "$store" >/dev/null || exit 1
done
packed=$("$T" "$dir/mnt/w" pack "$dir/tree2") || exit 1
"$T" "$dir/mnt/w" memo-write "$fid" "$dir/memo" || exit 1
# The power goes.
cp --sparse=always "$dir/disk" "$dir/disk2"
umount "$dir/mnt"
mount -o "loop$opt" "$dir/disk2" "$dir/mnt2" || exit 1
unset NOSYNC
"$T" "$dir/mnt2/w" verify full || bad=1
for ware in $id; do
	"$T" "$dir/mnt2/w" fetch "$ware" | grep ^cache || { echo 'an unpacked ware is lost'; bad=1; }
done
"$T" "$dir/mnt2/w" has "$packed" || { echo 'the packed ware is lost'; bad=1; }
"$T" "$dir/mnt2/w" memo-read "$fid" >/dev/null || { echo 'the memo is lost'; bad=1; }
umount "$dir/mnt2"
exit ${bad:-0}
END
mkdir -p "$dir/src/.warpforge" "$dir/tree/d" "$dir/tree2"
: >"$dir/src/.warpforge/root"
echo one >"$dir/tree/one"
head -c 200000 /dev/urandom >"$dir/tree/d/big"
head -c 100000 /dev/urandom >"$dir/tree2/f"
fid=zM5K3Zz8R3ioVVWZ6o6GocxPKvubAJfv4iQmDH3GCq9UjtDjHtRWrry4DRoEBPvfUEYFx1D
printf '{"guid":"x","time":1,"formulaID":"%s","exitcode":0,"results":{"o":"ware:tar:-"}}\n' $fid >"$dir/memo"
# A few files are synced one by one, many in one go: one ware of each kind.
mkdir "$dir/tree3"
i=0
while [ $i -lt 200 ]; do
	echo $i >"$dir/tree3/$i"
	i=$((i + 1))
done
id="$("$T" "$dir/src" pack "$dir/tree" 2>/dev/null) $("$T" "$dir/src" pack "$dir/tree3" 2>/dev/null)"
cut() { unshare -m sh "$dir/run.sh" "$dir" "$T" "$id" "ca+file://$dir/src/.warpforge/warehouse" $fid "$1" >"$dir/out" 2>&1; }

for fs in ext4 xfs btrfs; do
	command -v mkfs.$fs >/dev/null || { skip "$fs" "needs mkfs.$fs"; continue; }
	rm -f "$dir/disk" "$dir/disk2"
	cut $fs
	status=$?
	[ $status != 77 ] || { skip "$fs" 'cannot be mounted here'; continue; }
	ok "$fs: what was acknowledged survives" test $status -eq 0
	[ $status = 0 ] || sed 's/^/# /' "$dir/out"
	rm -f "$dir/disk" "$dir/disk2"
	NOSYNC=1; export NOSYNC
	cut $fs
	ok "$fs: without syncing it would not" test $? -ne 0
	unset NOSYNC
	sed 's/^/# /' "$dir/out"
done
done_testing
