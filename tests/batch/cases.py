"""Run formulas by wfx and compare with what is written beside them.

usage: cases.py WFX CASES SCRATCH [--warehouse FOLDER] [--root WAREID] [NAME...]

NAME.json is the formula (@ROOT@ stands for the WareID of the small root file system),
NAME.expected.json what must come of it:
    must        "reject": wfx check and wfx --batch refuse it with status 3
    error       regex that must match stderr
    formulaID, plotID    of `wfx id`
    exitcode    of the run record; `anyFailure` when only "not 0" is defined
    status      of wfx (default: 0 when exitcode is 0, else 1)
    stdout, stderr       of all steps together; `anyOrder` compares sorted lines
    results     name -> "ware:tar:..." or a tree (see tree_id)
    args        more arguments of wfx
    setup       shell commands, run in the folder of the formula before
    after       shell commands that must succeed there afterwards
    skip        {"user": why}: not run by an ordinary user
Prints TAP.
"""
import argparse
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

A58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MTIME = 1262304000


def head(major, v):
    if v < 24:
        return bytes([major << 5 | v])
    for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if v < 1 << 8 * size:
            return bytes([major << 5 | info]) + v.to_bytes(size, "big")
    raise ValueError(v)


def cbor_text(s):
    return head(3, len(s.encode())) + s.encode()


def meta(name, kind, perms):
    return head(5, 7) + b"".join([
        cbor_text("n"), cbor_text(name), cbor_text("t"), cbor_text(kind),
        cbor_text("p"), head(0, perms), cbor_text("u"), head(0, 0), cbor_text("g"), head(0, 0),
        cbor_text("m"), head(0, MTIME), cbor_text("mn"), head(0, 0)])


def node_hash(name, node):
    """The hash of a node as rio defines it (spec 3.2), after the filters of packing."""
    if isinstance(node, str):
        node = {"content": node}
    sha = hashlib.sha384
    if "dir" not in node:
        perms = int(node.get("mode", "644"), 8)
        if "file" in node:
            with open(node["file"], "rb") as f:
                content = f.read()
        else:
            content = node["content"].encode()
        return sha(head(5, 2) + cbor_text("m") + meta(name, "f", perms) + cbor_text("h") +
                   head(2, 48) + sha(content).digest()).digest()
    perms = int(node.get("mode", "755"), 8)
    kids = node["dir"]

    def key(item):
        is_dir = isinstance(item[1], dict) and "dir" in item[1]
        return (item[0] + ("/" if is_dir else "")).encode()

    leaves = b"".join(head(2, 48) + node_hash(*kid) for kid in sorted(kids.items(), key=key))
    return sha(head(5, 2) + cbor_text("m") + meta(name, "d", perms) + cbor_text("l") +
               b"\x9f" + leaves + b"\xff").digest()


def tree_id(tree):
    """{"dir": {"f": "content", "d": {"dir": {}, "mode": "700"}, "h": {"file": "/host/file",
    "mode": "755"}}} -> ware:tar:...  Links and FIFOs do not count."""
    n = int.from_bytes(node_hash(".", tree), "big")
    out = ""
    while n:
        n, r = divmod(n, 58)
        out = A58[r] + out
    return "ware:tar:" + out


parser = argparse.ArgumentParser()
parser.add_argument("wfx")
parser.add_argument("cases")
parser.add_argument("scratch")
parser.add_argument("--warehouse")
parser.add_argument("--root")
parser.add_argument("--user", action="store_true", help="this is an ordinary user")
parser.add_argument("names", nargs="*")
opt = parser.parse_intermixed_args()
space = os.path.join(opt.scratch, "ws")
number = failed = 0


def tap(fine, name, *notes):
    global number, failed
    number += 1
    failed += not fine
    print("%s %d - %s" % ("ok" if fine else "not ok", number, name))
    if not fine:
        for note in notes:
            for line in str(note).splitlines():
                print("#    ", line[:300])
    sys.stdout.flush()


def skip(name, why):
    global number
    number += 1
    print("ok %d - %s # SKIP %s" % (number, name, why))


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read().decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return ""


def sh(commands, cwd):
    return subprocess.run(["sh", "-c", commands], cwd=cwd, capture_output=True, text=True)


class Run:
    """One call of wfx --batch and what it left."""

    def __init__(self, name, want, doc, folder):
        self.logs = os.path.join(opt.scratch, "logs-" + name)
        command = [opt.wfx, "--batch", "--on-fail=continue", "--no-memo", "--log-dir", self.logs]
        if not any(a.startswith("--allow") for a in want.get("args", [])):
            command.append("--allow=mount")
        done = subprocess.run(command + want.get("args", []) + [doc], cwd=folder,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "backslashreplace")
        self.err = done.stderr.decode("utf-8", "backslashreplace")
        self.record = {}
        try:
            for line in self.out.splitlines():
                self.record = json.loads(line)["runrecord"]
        except (ValueError, KeyError) as e:
            self.err += "\nbad line on stdout: %r: %s" % (self.out[:200], e)

    def log(self, what):
        return "".join(read(p) for p in sorted(glob.glob(self.logs + "/[0-9]*." + what)))

    def everything(self):
        return ["wfx ended with %d" % self.status, "stdout: " + self.out] + \
            ["stderr: " + line for line in self.err.splitlines()[:40]] + \
            ["step stdout: " + repr(self.log("out")), "step stderr: " + repr(self.log("err"))]


def same_text(want, got, case):
    if case.get("anyOrder") or "not significant" in case.get("note", ""):
        return sorted(want.splitlines()) == sorted(got.splitlines())
    return want == got


def problems(run, want, ident):
    exitcode = want.get("exitcode", 0)
    any_failure = want.get("anyFailure") or "executor-failed" in want.get("note", "")
    status = want.get("status", 1 if exitcode else 0)
    if run.status != status:
        yield "status %d, expected %d" % (run.status, status)
    if "error" in want and not re.search(want["error"], run.err):
        yield "stderr does not match " + want["error"]
    if status in (0, 1):
        got = run.record.get("exitcode")
        if got != exitcode and not (any_failure and got):
            yield "exitcode %s, expected %s" % (got, exitcode)
        if run.record.get("formulaID") != ident:
            yield "the record's formulaID is not that of `wfx id`"
        results = {n: r if isinstance(r, str) else tree_id(r)
                   for n, r in want.get("results", {}).items()}
        if run.record.get("results") != results:
            yield "results %s\nexpected %s" % (run.record.get("results"), results)
    for stream, kind in (("stdout", "out"), ("stderr", "err")):
        if stream in want and not same_text(want[stream], run.log(kind), want):
            yield "%s of the steps: %r\nexpected %r" % (stream, run.log(kind), want[stream])


def reject(name, want, doc, folder):
    for verb in (["check"], ["--batch"]):
        done = subprocess.run([opt.wfx] + verb + [doc], cwd=folder, capture_output=True, text=True)
        fine = done.returncode == 3 and re.search(want.get("error", ""), done.stderr) \
            and not done.stdout
        tap(fine, "%s: refused by wfx %s" % (name, verb[0]), done.returncode, done.stderr)


def case(name):
    want = json.loads(read(os.path.join(opt.cases, name + ".expected.json")))
    folder = os.path.join(space, name)
    os.makedirs(folder)
    doc = os.path.join(folder, name + ".json")
    with open(doc, "w", encoding="utf-8") as f:
        f.write(read(os.path.join(opt.cases, name + ".json")).replace("@ROOT@", opt.root or ""))
    if want.get("must") == "reject":
        reject(name, want, doc, folder)
        return
    done = subprocess.run([opt.wfx, "id", doc], capture_output=True, text=True)
    ident = done.stdout.strip()
    recorded = want.get("formulaID", want.get("plotID"))
    if recorded:
        tap(ident == recorded, name + ": ID", ident, done.stderr)
    if "plotID" in want or want.get("waresOffline") is False:
        return
    if opt.user and "user" in want.get("skip", {}):
        skip(name, want["skip"]["user"])
        return
    made = sh(want.get("setup", ":"), folder)
    if name == "probe-mount-overlay":
        made = sh("mkdir module-mounts && echo unchanged >module-mounts/test.txt", folder)
        want["after"] = "grep -qx unchanged module-mounts/test.txt"
    if made.returncode:
        tap(False, name + ": setup", made.stderr)
        return
    try:
        run = Run(name, want, doc, folder)
    except subprocess.TimeoutExpired:
        tap(False, name, "wfx did not end")
        return
    wrong = list(problems(run, want, ident))
    after = sh(want.get("after", ":"), folder)
    if after.returncode:
        wrong.append("afterwards: " + want["after"] + "\n" + after.stdout + after.stderr)
    tap(not wrong, name, *(wrong + run.everything()))
    shutil.rmtree(run.logs, ignore_errors=True)


if opt.warehouse:
    shutil.copytree(opt.warehouse, os.path.join(space, ".warpforge/warehouse"))
    subprocess.run(["chmod", "-R", "u+rwX", os.path.join(space, ".warpforge/warehouse")], check=True)
for path in sorted(glob.glob(os.path.join(opt.cases, "*.expected.json"))):
    stem = os.path.basename(path)[:-len(".expected.json")]
    if not opt.names or stem in opt.names:
        case(stem)
print("1..%d" % number)
sys.exit(failed != 0)
