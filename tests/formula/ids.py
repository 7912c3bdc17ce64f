"""Random formulas and plots: their IDs by wfx and by the reference must be equal.

usage: ids.py WFX ORACLE-FOLDER SCRATCH-FOLDER COUNT
"""
import json
import os
import random
import subprocess
import sys

wfx, oracle, scratch, count = sys.argv[1:5]
sys.dont_write_bytecode = True
sys.path.insert(0, oracle)
import wfid  # noqa: E402

seed = int(os.environ.get("WFX_TEST_RANDOM", random.randrange(1 << 32)))
rng = random.Random(seed)
CHARS = "abzAZ09 _-./=\"\\\n\t\x01\x7f\u00e9\u20ac\u2028\ufffd\U0001f600"


def text(most=8, chars=CHARS):
    if rng.random() < 0.02:
        most = 70000  # heads of 1, 2 and 4 bytes
    return "".join(rng.choice(chars) for _ in range(rng.randrange(most)))


def plain(most=8):
    return text(most, CHARS.replace(":", "")) or "x"


def mapping(most, key, value):
    if rng.random() < 0.05:
        most = 40
    return {key(): value() for _ in range(rng.randrange(most + 1))}


def port():
    return rng.choice("/$") + text()


def simple(in_plot):
    forms = [
        lambda: "ware:" + rng.choice(["tar", "git", "zip"]) + ":" + text(60, "abcXYZ123").ljust(3, "x")[:60],
        lambda: "mount:" + rng.choice(["ro", "rw", "overlay"]) + ":" + text(),
        lambda: "literal:" + text() + ":" + text(),
    ]
    if in_plot:
        forms += [
            lambda: "pipe:" + text() + ":" + text(),
            lambda: "catalog:" + text() + ":" + text() + ":" + text(),
            lambda: "ingest:git:" + text() + ":" + text(),
        ]
    return rng.choice(forms)()


def filters():
    return mapping(3, text, text)


def an_input(in_plot):
    if rng.random() < 0.3:
        return {"filters": filters(), "basis": simple(in_plot)}
    return simple(in_plot)


def action():
    kind = rng.choice(["echo", "exec", "script"])
    a = {}
    if kind == "exec":
        a["command"] = [text(30) for _ in range(rng.randrange(5))]
    if kind == "script":
        a["contents"] = [text(60) for _ in range(rng.randrange(30))]
        a["interpreter"] = text()
    if kind != "echo" and rng.random() < 0.5:
        a["network"] = rng.random() < 0.5
    return {kind: a}


def gather():
    g = {"from": port()}
    if rng.random() < 0.5:
        g["packtype"] = text()
    if rng.random() < 0.3:
        g["filters"] = filters()
    return g


def formula(in_plot=False):
    return {
        "inputs": mapping(5, port, lambda: an_input(in_plot)),
        "outputs": mapping(3, text, gather),
        "action": action(),
    }


def plot(depth=0):
    def step():
        if depth < 3 and rng.random() < 0.2:
            return {"plot": plot(depth + 1)}
        return {"protoformula": formula(True)}

    return {
        "outputs": mapping(3, text, lambda: "pipe:" + text() + ":" + text()),
        "inputs": mapping(4, text, lambda: an_input(True)),
        "steps": mapping(3, text, step),
    }


paths, wanted = [], []
for i in range(int(count)):
    body = rng.choice([formula, plot])()
    if "steps" in body:
        doc = {"plot.v1": body}
    else:
        doc = {"formula": {"formula.v1": body}}
    paths.append(os.path.join(scratch, "%d.json" % i))
    wanted.append(wfid.cid(body))
    with open(paths[-1], "w", encoding="utf-8") as f:
        json.dump(doc, f, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1]))


def ids():
    run = subprocess.run([wfx, "id"] + paths, capture_output=True, text=True)
    if run.returncode:
        print("#", run.stderr[:2000])
    return run.stdout.split()


bad = 0
for when in ["as written", "in canonical layout"]:
    got = ids()
    if len(got) != len(wanted):
        print("# seed %d: %d IDs for %d documents" % (seed, len(got), len(wanted)))
        sys.exit(1)
    for path, g, w in zip(paths, got, wanted):
        if g != w:
            bad += 1
            print("# seed %d, %s %s: %s, the reference says %s" % (seed, path, when, g, w))
    subprocess.run([wfx, "fmt"] + paths, check=True)
sys.exit(bad != 0)
