#!/usr/bin/env python3
"""Gives a desk a long history: COUNT commits, each with one entry more on some ticket.

    cargo bench --bench desk -- FOLDER 10000     # a desk, in an empty folder
    benches/history.py FOLDER 10000
    benches/history.py FOLDER --measure target/release/casebook [RUNS]

The second form measures `casebook audit` beside `git log --raw --no-renames` of the same commits piped through one
`git cat-file --batch` of the same blobs. Entries are legal, commits go through `git fast-import`.
"""
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(milliseconds, dice):
    number = milliseconds << 80 | dice.getrandbits(80)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(26)))


def moment(word):
    milliseconds = 0
    for letter in word[:10]:
        milliseconds = milliseconds << 5 | ALPHABET.index(letter)
    return milliseconds


def extended(text, dice):
    """The file with an entry more, and who made it."""
    header, history = text.split("\n\nhistory:\n", 1)
    status = re.search(r"^status: (\w+)$", header, re.M)[1]
    last = re.findall(r"^- id: (\w+)$", history, re.M)[-1]
    made = moment(last) + 60_000
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(made // 1000))
    agent, requester = f"agent{dice.randrange(30)}@desk.example", re.search(r"^requester: (\S+)$", header, re.M)[1]
    by, role, action, to = {
        "open": (agent, "agent", "reply", "awaiting_reply"),
        "awaiting_reply": (requester, "customer", "reply", "open"),
    }.get(status, (agent, "agent", "note", None))
    entry = f"\n- id: {ulid(made, dice)}\n  at: {at}\n  by: {by}\n  role: {role}\n  action: {action}\n  from: {status}\n"
    if to:
        entry += f"  to: {to}\n"
        header = header.replace(f"\nstatus: {status}\n", f"\nstatus: {to}\n", 1)
    place = dice.randrange(len(LINES) - 5)
    entry += "  text: |\n" + "".join(f"    {line}\n" for line in LINES[place:place + dice.randrange(1, 6)])
    return f"{header}\n\nhistory:\n{history[:-len('...' + chr(10))]}{entry}...\n", by


PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "workflow.md"
# Real words, as often as people use them; a line that begins with a letter needs no quotes in a file.
LINES = [line for line in PAGE.read_text().splitlines() if len(line) > 20 and line[0].isalpha()]


def lengthen(count):
    dice = random.Random(count)
    paths = sorted(str(path) for path in pathlib.Path("tickets").rglob("*.yaml"))
    texts = {}
    importer = subprocess.Popen(["git", "fast-import", "--quiet"], stdin=subprocess.PIPE)
    branch = subprocess.check_output(["git", "symbolic-ref", "HEAD"], text=True).strip()
    now = int(time.time())
    for place in range(count):
        path = dice.choice(paths)
        text, by = extended(texts.get(path) or pathlib.Path(path).read_text(), dice)
        texts[path] = text
        blob = text.encode()
        begin = f"from {branch}^0\n" if place == 0 else ""
        importer.stdin.write(
            f"commit {branch}\ncommitter {by} <{by}> {now + place} +0000\ndata 6\nReply\n\n{begin}"
            f"M 100644 inline {path}\ndata {len(blob)}\n".encode() + blob + b"\n")
    importer.stdin.close()
    if importer.wait():
        sys.exit("git fast-import failed")
    subprocess.run(["git", "reset", "-q", "--hard"], check=True)
    # As a clone has it: the order of deltas that `git fast-import` leaves is that of no real desk.
    subprocess.run(["git", "repack", "-adfq"], check=True)


REFERENCE = r"""git log --raw --no-renames --no-abbrev --format= "$1" | awk '$4 !~ /^0+$/ { print $4 }' | git cat-file --batch"""


def measure(casebook, runs):
    spans = ["HEAD", f"HEAD~{int(subprocess.check_output(['git', 'rev-list', '--count', 'HEAD'])) - 1}..HEAD"]
    for span in spans:
        told = {"git log | git cat-file": [], "casebook audit": []}
        # The last tickets of a made desk go on into the future.
        audit = [casebook, "audit", "--tolerance", "999d"] + ([span] if ".." in span else [])
        for turn in range(runs + 1):
            for name, command in zip(told, (["sh", "-c", REFERENCE, "sh", span], audit)):
                began = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
                if turn:
                    told[name].append(time.perf_counter() - began)
        reference = statistics.median(told["git log | git cat-file"])
        for name, times in told.items():
            print(f"{span:16} {name:24} {statistics.median(times):7.2f} s   x {statistics.median(times) / reference:.2f}")


words = sys.argv[1:]
if "--measure" in words:
    words.remove("--measure")
    program = os.path.abspath(words[1])
    os.chdir(words[0])
    measure(program, int(words[2]) if len(words) > 2 else 5)
else:
    os.chdir(words[0])
    lengthen(int(words[1]))
