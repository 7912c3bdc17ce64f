# Packing a root file system: wfx, which hashes everything on the way, against others.
# shellcheck source=/dev/null
. "$SRCDIR/tests/bench/rootfs.inc"
mkdir "$WORK/tree"
tar xzf "$ROOTFS" -C "$WORK/tree" || exit 1
filters=uid=keep,gid=keep,mtime=keep,setid=keep,dev=keep
set -- 'tar czf' "tar czf $WORK/out -C $WORK/tree ." \
	'wfx' "$WARETOOL pack $WORK tree $WORK/out $filters" \
	'wfx, level 1' "env WARE_LEVEL=1 $WARETOOL pack $WORK tree $WORK/out $filters" \
	'wfx, no gzip' "env WARE_LEVEL=-1 $WARETOOL pack $WORK tree $WORK/out $filters" \
	'wfx, ID only' "$WARETOOL pack $WORK tree - $filters"
command -v pigz >/dev/null && set -- "$@" 'tar, pigz' "tar -I pigz -cf $WORK/out -C $WORK/tree ."
command -v bsdtar >/dev/null && set -- "$@" 'bsdtar' "bsdtar -czf $WORK/out -C $WORK/tree ."
"$BENCH" -r "${ROUNDS:-3}" -t 'pack a root file system' \
	-n "$("$WARETOOL" pack "$WORK" tree - "$filters" | sed -n 3p)" -p "rm -f $WORK/out" "$@"
chmod -R u+rwx "$WORK/tree"
