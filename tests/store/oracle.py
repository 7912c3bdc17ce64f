"""Compare waretool with the Python reference on random trees and archives.

usage: oracle.py WAREDIR-OF-REFERENCE WARETOOL SCRATCH CASES SEED

Every difference is printed; exit status 1 if there was one.
"""
import bz2, gzip, io, lzma, os, random, subprocess, sys, tarfile

sys.path.insert(0, sys.argv[1])
import riotar

tool, scratch, cases, seed = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
rnd = random.Random(seed)
NAMES = ["a", "a-b", "a0", "a.b", "b", "..x", "x y", "\u00e9t\u00e9", "\udcff\udcfe", "L" * 90, "M" * 120,
         "N" * 200, "-", "~", "A", "z" * 60, "dir.d", "\u2028", "new\nline", "#"]


def run(*args, env=None):
    p = subprocess.run([tool, *args], capture_output=True, env={**os.environ, **(env or {})}, timeout=120)
    return p.returncode, p.stdout.decode("utf-8", "surrogateescape").split("\n"), p.stderr.decode()


def content():
    k = rnd.random()
    if k < 0.2: return b""
    if k < 0.9: return os.urandom(rnd.randrange(1, 3000)) if rnd.random() < .5 else b"text\n" * rnd.randrange(1, 900)
    return rnd.randbytes(1000) * rnd.randrange(1, 6000)


def filters():
    f = []
    if rnd.random() < .4: f.append("uid=%d" % rnd.choice([0, 7, 1000, 2000000000]))
    if rnd.random() < .4: f.append("gid=%d" % rnd.choice([0, 7, 1000]))
    if rnd.random() < .3: f.append("mtime=@%d" % rnd.choice([0, 1262304000, -5, 1 << 33]))
    if rnd.random() < .3: f.append("sticky=ignore")
    f.append("setid=" + rnd.choice(["follow", "ignore"]))
    return f


def members():
    """A random list of TarInfo and contents, in random order, some parents missing."""
    out, used, dirs = [], set(), [""]
    if rnd.random() < .7: out.append(("./", tarfile.DIRTYPE))
    for _ in range(rnd.randrange(0, 40)):
        base = rnd.choice(dirs)
        p = (base + "/" if base else "") + rnd.choice(NAMES)
        if p in used or len(p) > 700 or (not base and p.startswith("..")): continue
        used.add(p)
        t = rnd.choice([tarfile.REGTYPE] * 4 + [tarfile.DIRTYPE] * 3 + [tarfile.SYMTYPE, tarfile.FIFOTYPE])
        if t == tarfile.DIRTYPE: dirs.append(p)
        if t == tarfile.DIRTYPE and rnd.random() < .25: continue        # to be conjured
        out.append((rnd.choice(["", "./"]) + p, t))
    # Directories again, with other metadata: the last counts. And as v7 knew them: type NUL, name with '/'
    # (a short one: in a long name Python, unlike Go, does not see the '/').
    out += [(p, t) for p, t in out if t == tarfile.DIRTYPE and rnd.random() < .2]
    out = [(p + "/", tarfile.AREGTYPE) if t == tarfile.DIRTYPE and p != "./" and p.isascii() and len(p) < 90 and rnd.random() < .2 else (p, t) for p, t in out]
    # Any order: links never have children.
    if rnd.random() < .5: rnd.shuffle(out)
    return out or [("./", tarfile.DIRTYPE)]


def archive(fmt):
    b = io.BytesIO()
    tf = tarfile.open(fileobj=b, mode="w", format=fmt, encoding="utf-8", errors="surrogateescape")
    for name, t in members():
        m = tarfile.TarInfo(name)
        m.type = t
        m.mode = rnd.choice([0o644, 0o755, 0o1777, 0o4755, 0o2700, 0, 0o7777])
        if os.geteuid(): m.mode |= 0o700  # the reference reads what was unpacked
        m.uid, m.gid = rnd.choice([0, 1000, 2097151, 2097152, 4294967295]), rnd.choice([0, 5, 70000])
        m.mtime = rnd.choice([0, 1, 1262304000, 1500000000.25, 1 << 33, -1, -1.5, 99999999999])
        data = b""
        if t == tarfile.SYMTYPE: m.linkname = rnd.choice(["x", "/etc/passwd", "\u00e9" * 70, "../" * 50, "t" * 100, "u" * 101])
        if t == tarfile.AREGTYPE: m.name = name
        if t == tarfile.REGTYPE:
            data = content()
            m.size = len(data)
        if fmt == tarfile.PAX_FORMAT and rnd.random() < .2:
            m.pax_headers = {"SCHILY.xattr.user." + k: rnd.choice(["1", "v" * 300, "\u00e9"]) for k in rnd.sample("abcd", 2)}
        if fmt != tarfile.PAX_FORMAT: m.mtime = int(m.mtime)
        if fmt == tarfile.USTAR_FORMAT:
            m.mtime, m.uid, m.gid = max(0, min(m.mtime, (1 << 33) - 1)), min(m.uid, 2097151), min(m.gid, 2097151)
        try: tf.addfile(m, io.BytesIO(data))
        except ValueError: continue                                        # ustar cannot hold it
    tf.close()
    return b.getvalue()


def pack_bytes(raw):
    k = rnd.randrange(6)
    if k == 0: return gzip.compress(raw)
    if k == 1: return bz2.compress(raw, 1)
    if k == 2: return lzma.compress(raw, preset=0)
    if k == 3:
        cut = rnd.randrange(len(raw) + 1)
        return gzip.compress(raw[:cut]) + gzip.compress(b"") + gzip.compress(raw[cut:])
    return raw


bad = 0


def differs(what, ours, theirs, keep):
    global bad
    bad += 1
    path = os.path.join(scratch, "bad-%d-%d" % (seed, bad))
    if keep is not None: open(path, "wb").write(keep)
    print("# %s: ours %s, reference %s (%s)" % (what, ours, theirs, path))


def seal(raw):
    """The seal by the reference: as the tree hash, with every node hashed."""
    keep = riotar.tree_hash
    riotar.tree_hash = lambda recs, hash_links=False: keep(recs, True)
    try: return riotar.scan(raw)[0][4:]
    finally: riotar.tree_hash = keep


path = os.path.join(scratch, "ware")
done = 0
for i in range(cases):
    raw = archive(rnd.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]))
    blob = pack_bytes(raw)
    open(path, "wb").write(blob)
    f = filters()
    try: want = riotar.scan(raw, riotar.parse_filters(",".join(f), riotar.LOSSLESS))
    except (ValueError, AssertionError): want = None
    rc, out, errs = run("scan", path, ",".join(f))
    if want is None:
        if rc != 1: differs("should be refused", rc, "refused", blob)
        continue
    done += 1
    if rc: differs("scan fails", errs, want[0], blob); continue
    if out[0] != want[0]: differs("hash", out[0], want[0], blob)
    if out[1] != "filtered " + want[1]: differs("filtered", out[1], want[1], blob)
    if out[2] != "seal " + seal(raw): differs("seal", out[2], seal(raw), blob)
    if i % 4: continue
    # Place it, pack it again: the same ID by both, and our blob scans to it.
    root = os.path.join(scratch, "t%d" % i)
    rc, out, errs = run("unpack", path, scratch, os.path.basename(root), "uid=0,gid=0,setid=ignore")
    if rc: differs("unpack fails", errs, "", blob); continue
    pf = "uid=3,gid=4,mtime=" + rnd.choice(["keep", "@77"])
    rc, out, errs = run("pack", scratch, os.path.basename(root), path + ".out", pf, env={"WARE_LEVEL": rnd.choice(["1", "6", "-1"])})
    want = riotar.pack(root, riotar.parse_filters(pf, riotar.PACK_DEFAULT))
    if rc or out[0] != want: differs("pack", errs or out[0], want, blob); continue
    rc, again, errs = run("scan", path + ".out")
    if rc or again[0] != want: differs("scan of pack", errs or again[0], want, blob)
    elif again[2] != out[1]: differs("seal of pack", out[1], again[2], blob)
    theirs = riotar.scan(open(path + ".out", "rb").read())[0]
    if theirs != want: differs("reference scans our pack", want, theirs, None)
    subprocess.run(["chmod", "-R", "u+rwx", root])
    subprocess.run(["rm", "-rf", root])
print("# %d archives compared, %d refused by both, %d differences" % (done, cases - done, bad))
sys.exit(1 if bad or not done else 0)
