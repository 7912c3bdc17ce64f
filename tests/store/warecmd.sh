# wfx ware, wfx store: wares by hand. As root it runs once more as an ordinary user.
. "$SRCDIR/tests/tap.sh"
dir=$(mktemp -d) || exit 99
trap 'chmod -R u+rwx "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
unset WARPFORGE_WAREHOUSE
HOME=$dir/home; export HOME
mkdir -p "$dir/ws/.warpforge" "$dir/home"
: >"$dir/ws/.warpforge/root"
cd "$dir/ws" || exit 99

run() { "$WFX" "$@" >"$dir/out" 2>"$dir/err"; }
gives() { # gives STATUS ARGS...: the exit status
	tap_want=$1
	shift
	run "$@"
	tap_got=$?
	[ $tap_got -eq "$tap_want" ] || { echo "# status $tap_got"; sed 's/^/# /' "$dir/out" "$dir/err"; return 1; }
}
printed() { [ "$(cat "$dir/out")" = "$1" ] || { sed 's/^/# /' "$dir/out" "$dir/err"; return 1; }; }
said() { grep -q -- "$1" "$dir/err" || { sed 's/^/# /' "$dir/err"; return 1; }; }
clean() { [ -z "$(find "$dir" -name '.tmp*')" ]; }

# The tree of spec A.2, whose WareID is known.
id=tar:7bv82GDGN2Saf3fz2CDuFVbFr1y7EvLo5gZTMKTQpQNaqhKSP7SfT8amo6xLgaXvtD
rel=7bv/82G/${id#tar:}
mkdir tree
echo hi >tree/log
chmod 644 tree/log
chmod 755 tree

ok 'id' gives 0 ware id tree
ok 'prints the WareID' printed "$id"
ok 'and nothing else' test ! -s "$dir/err"
ok 'and stores nothing' test ! -e .warpforge/warehouse/$rel
ok 'id --full of a tree without links' gives 0 ware id --full tree
ok 'has a seal of the same text' printed "$id seal:${id#tar:}"
ok 'pack' gives 0 ware pack tree
ok 'prints the WareID' printed "$id"
ok 'stores it there' test -s .warpforge/warehouse/$rel
ok 'pack --workspace' gives 0 ware pack --workspace tree/
ok 'pack --target=ca+file' gives 0 ware pack tree "--target=ca+file://$dir/wh"
ok 'stores it there' test -s "$dir/wh/$rel"
ok 'pack --target=file' gives 0 ware pack "--target=file://$dir/blob" tree
ok 'stores it there' test -s "$dir/blob"
ok 'any gzip and tar can read it' sh -c 'gzip -dc "$1" | tar -tf - | grep -qx ./log' - "$dir/blob"
ok 'pack with filters' gives 0 ware pack tree --filters=uid=7,mtime=@5
ok 'is another ware' sh -c '! grep -q "$1" "$2"' - "$id" "$dir/out"
ok 'pack of nothing is the empty ware' gives 0 ware pack nowhere
ok 'which is said' said 'nothing at nowhere'
ok 'and printed' printed tar:-
ln -s tree link
ok 'pack of a link is refused' gives 5 ware pack link
ok 'a target on the net is not there yet' gives 5 ware pack tree --target=https://example.org/
ok 'pack of a single file' gives 0 ware pack tree/log

ok 'scan of a file' gives 0 ware scan "$dir/blob"
ok 'prints the WareID' printed "$id"
ok 'scan of an address' gives 0 ware scan "file://$dir/blob"
ok 'scan of standard input' sh -c '"$1" ware scan - <"$2" | grep -qx "$3"' - "$WFX" "$dir/blob" "$id"
ok 'scan of a plain tar' sh -c 'gzip -dc "$2" | "$1" ware scan - | grep -qx "$3"' - "$WFX" "$dir/blob" "$id"
ok 'scan with filters prints what it becomes' gives 0 ware scan "$dir/blob" --filters=uid=7
ok 'another one' sh -c '! grep -q "$1" "$2"' - "$id" "$dir/out"
ok 'scan of something else' gives 4 ware scan tree/log
ok 'scan of nothing' gives 4 ware scan nowhere
ok 'the errors are objects with --format=json' gives 4 ware scan nowhere --format=json
ok 'with upstream codes' said '"rio-ware-not-found"'

ok 'unpack' gives 0 ware unpack $id new
ok 'prints the WareID' printed "$("$WFX" ware pack new --filters=uid=keep,gid=keep,mtime=keep)"
ok 'the tree is right' diff -r tree new
ok 'the time of the root is that of the ware' test "$(stat -c %Y new)" = 1262304000
ok 'it is the users own' test "$(stat -c %u new/log)" = "$(id -u)"
ok 'unpack into a folder with something in it' gives 2 ware unpack $id new
ok 'hints at --force' said --force
echo more >new/more
ok 'unpack --force' gives 0 ware unpack $id new --force
ok 'empties it first' diff -r tree new
mkdir empty
ok 'unpack into an empty folder' gives 0 ware unpack $id empty
ok 'the tree is right' diff -r tree empty
ok 'and so is the time' test "$(stat -c %Y empty)" = 1262304000
mkdir here
ok 'unpack into .' sh -c 'cd here && "$1" ware unpack "$2" . >/dev/null && test -e log' - "$WFX" $id
ok 'unpack over a file' gives 2 ware unpack $id tree/log
ok 'unpack where there is no folder' gives 4 ware unpack $id no/where
ok 'a failing --force keeps what is there' gives 4 ware unpack --force "tar:4${id#tar:7}" new
ok 'all of it' diff -r tree new
file=$("$WFX" ware pack tree/log --workspace)
ok 'a ware that is a file' gives 0 ware unpack "$file" single
ok 'is one' cmp tree/log single
ok 'and does not fit a folder' gives 2 ware unpack "$file" --force here
ok 'which keeps its files' test -e here/log

mkdir -p "$dir/ws2/.warpforge" && : >"$dir/ws2/.warpforge/root"
cd "$dir/ws2" || exit 99
ok 'unpack of a ware nobody has' gives 4 ware unpack $id x
ok 'nothing appears' test ! -e x
ok 'unpack --source, the second serves' gives 0 ware unpack $id x --source=https://x/y \
	"--source=ca+file://$dir/wh"
ok 'not a WareID' gives 3 ware unpack nonsense y
ok 'tar:-' gives 4 ware unpack tar:- y
ok 'was empty' said 'output was empty'

ok 'mirror' gives 0 ware mirror $id "--source=file://$dir/blob"
ok 'prints the WareID' printed $id
ok 'copies it' cmp "$dir/blob" .warpforge/warehouse/$rel
ok 'mirror to another warehouse' gives 0 ware mirror $id "--target=ca+file://$dir/wh2"
ok 'copies it there' cmp "$dir/blob" "$dir/wh2/$rel"
echo garbage >"$dir/garbage"
ok 'mirror of another ware' gives 4 ware mirror "tar:4${id#tar:7}" "--source=file://$dir/blob"
ok 'has the wrong hash' said 'wrong hash\|hash'
ok 'and nothing is kept' test "$(find .warpforge/warehouse -type f | wc -l)" = 1
ok 'import from standard input' sh -c 'cd "$1/tree" && tar -cf - . | (cd "$2" && "$3" ware import - >"$1/../out")' - "$dir/ws" "$dir/ws2" "$WFX"
ok 'import of garbage' gives 4 ware import "$dir/garbage"
ok 'keeps nothing' clean

ok 'verify' gives 0 ware verify $id
ok 'prints what is sound' printed $id
ok 'verify --all --full' gives 0 ware verify --all --full
ok 'verify of a ware nobody has' gives 4 ware verify "$file"
chmod 644 .warpforge/warehouse/$rel
printf XXXX | dd of=.warpforge/warehouse/$rel bs=1 seek=60 conv=notrunc 2>/dev/null
ok 'verify finds damage' gives 4 ware verify --full $id
ok 'and names the file' said "warehouse/$rel"
ok 'which is set aside' test -e ".warpforge/warehouse/$rel.damaged"
ok 'store verify: the rest is well' gives 0 store verify --full
ok 'store status' gives 0 store status
ok 'counts' grep -q '^packed *1 ' "$dir/out"
ok 'mirror makes it whole' gives 0 ware mirror $id "--source=file://$dir/blob"
ok 'forget' gives 0 ware forget $id
ok 'sets it aside' gives 4 ware verify $id

cd "$dir/home" || exit 99
ok 'outside of workspaces: scan' gives 0 ware scan "$dir/blob"
ok 'and id' gives 0 ware id "$dir/ws/tree"
ok 'make none' test ! -e .warphome
ok 'pack' gives 0 ware pack "$dir/ws/tree"
ok 'makes the home workspace' test -e .warphome/warehouse/$rel

head -c 300000 /dev/urandom >"$dir/noise"
big=$("$WFX" ware pack "$dir/noise")
ok 'a limit on the size of files' sh -c 'ulimit -f 64; "$1" ware unpack "$2" limited; [ $? = 125 ]' - "$WFX" "$big" 2>"$dir/err"
ok 'is as a full disk' said 'too large'
ok 'and nothing appears' test ! -e limited

# Garbage: an unpacked ware that a warehouse has, one that none has, things set aside.
mkdir -p "$dir/ws3/.warpforge" && : >"$dir/ws3/.warpforge/root"
cd "$dir/ws3" || exit 99
T="$BUILDDIR/tests/store/storetool"
"$WFX" ware pack "$dir/ws/tree" >"$dir/out"
mkdir rare && echo rare >rare/f
"$WFX" ware pack rare >"$dir/rare"
rare=$(cat "$dir/rare")
"$T" . fetch "$id" >"$dir/out"
"$T" . fetch "$id" mtime=@5 >"$dir/out"
filtered=$(cut -d' ' -f2 "$dir/out")
"$T" . fetch "$rare" >"$dir/out"
only=$(cut -d' ' -f2 "$dir/out")
rm -r .warpforge/warehouse/"$(echo "$rare" | cut -c5-7)"
: >.warpforge/.wfx/quarantine/thing
shelf=.warpforge/cache/tar/fileset/$rel
ok 'gc spares what was used lately' gives 0 store gc
ok 'all of it' test ! -s "$dir/out"
old() { find .warpforge/.wfx/locks -name 'shelf.*' -exec touch -d '2020-01-01' {} +; }
old
ok 'gc tells' gives 0 store gc --unused=1h
ok 'of both shelves of a ware that is packed' test "$(grep -c /cache/tar/ "$dir/out")" = 2
ok 'but removes nothing' test -e $shelf -a -e "$filtered"
# A run that uses one of them (it ends when the FIFO's other end, 3, is closed).
mkfifo "$dir/fifo" "$dir/ready"
"$T" . hold "$id" <"$dir/fifo" >"$dir/ready" 2>"$dir/held.err" &
exec 3>"$dir/fifo"
read -r held <"$dir/ready"
old
ok 'gc --delete' gives 0 store gc --unused=1h --delete
ok 'removes what is not in use' test ! -e "$filtered"
ok 'and keeps what is' test -e "${held#* }/log"
exec 3>&-
wait
ok 'keeps what nobody else has' test -e "$only/f"
ok 'and the packed wares' gives 0 ware verify --full $id
ok 'a thing set aside a moment ago stays' test -e .warpforge/.wfx/quarantine/thing
ok 'leaves nothing half done' clean
ok 'what was removed comes back' sh -c '"$1" . fetch "$2" mtime=@5 | grep -q ^ca+file' - "$T" $id

for wrong in '' 'ware' 'ware pack' 'ware pack a b' 'ware nonsense' 'ware verify' \
	'ware verify --all x' 'ware verify --quick --full --all' 'ware pack --nonsense x' 'store' \
	'store gc x' 'store gc --unused=soon' 'ware mirror x:y --target=file:///x' 'ware scan ca+file:///x'; do
	# shellcheck disable=SC2086
	ok "usage: wfx $wrong" gives 2 $wrong
done
ok 'nothing half done is left' clean

done_testing || exit 1
if [ "$(id -u)" = 0 ] && [ -z "$STORE_TEST_AGAIN" ] &&
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$BUILDDIR" -a -x "$SRCDIR"; then
	chmod 711 "$dir"
	mkdir "$dir/user"
	chown 65534:65534 "$dir/user"
	if TMPDIR=$dir/user STORE_TEST_AGAIN=1 setpriv --reuid=65534 --regid=65534 --clear-groups \
		sh "$SRCDIR/tests/store/warecmd.sh" >"$dir/user.out" 2>&1; then
		echo "# as an ordinary user: all well"
	else
		grep -v '^ok' "$dir/user.out" | sed 's/^/# user: /'
		exit 1
	fi
fi
