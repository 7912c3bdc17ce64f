# Unpacking a root file system: wfx, which hashes everything on the way, against others,
# which do not; and how long decompressing alone takes.
# shellcheck source=/dev/null
. "$SRCDIR/tests/bench/rootfs.inc"
own=$WORK/own.tgz
mkdir "$WORK/out" "$WORK/tree"
tar xzf "$ROOTFS" -C "$WORK/tree" || exit 1
WARE_LEVEL=6 "$WARETOOL" pack "$WORK" tree "$own" uid=keep,gid=keep,mtime=keep,setid=keep,dev=keep |
	tail -n 1 >/dev/null || exit 1
chmod -R u+rwx "$WORK/tree" && rm -rf "$WORK/tree"
set -- 'tar xzf' "tar xzf $ROOTFS -C $WORK/out/dir" \
	'wfx' "$WARETOOL unpack $ROOTFS $WORK/out/dir root" \
	'wfx, own gzip' "$WARETOOL unpack $own $WORK/out/dir root" \
	'inflate alone' "$WARETOOL drain $ROOTFS" \
	'inflate own' "$WARETOOL drain $own" \
	'wfx scan' "$WARETOOL scan $ROOTFS"
command -v bsdtar >/dev/null && set -- "$@" 'bsdtar' "bsdtar -xzf $ROOTFS -C $WORK/out/dir"
"$BENCH" -r "${ROUNDS:-7}" -t 'unpack a root file system' \
	-n "$(du -h "$ROOTFS" | cut -f1) compressed, $("$WARETOOL" scan "$ROOTFS" | sed -n 4p | cut -d' ' -f1-4)" \
	-p "chmod -R u+rwx $WORK/out; rm -rf $WORK/out/dir; mkdir $WORK/out/dir" "$@"
