#!/usr/bin/env python3
"""What `casebook merge-file` costs beside `git merge-file` of the same three files: 200 entries, about 80 KB each.

    cargo build --release && benches/merging.py [ROUNDS]

Whole commands, alternating in one run; medians. git leaves a conflict there, since both sides add at the end.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute() / "release/casebook"
WORDS = "the dashboard tile times out after the upgrade of the instance and nobody can sign in since monday "


def run(folder, *words):
    return subprocess.run([str(word) for word in words], cwd=folder, check=True, capture_output=True, text=True).stdout


def note(folder, ticket, number):
    run(folder, PROGRAM, "note", ticket, "--no-commit", "-m", f"{number}: " + (WORDS * 3)[:255])


def made(folder):
    """The three files: 195 entries that both have, and five more on each side."""
    run(folder, "git", "init", "-q")
    run(folder, "git", "config", "user.email", "kenji@desk.example")
    run(folder, "git", "config", "user.name", "Kenji")
    run(folder, PROGRAM, "-q", "init", "--no-commit")
    ticket = run(folder, PROGRAM, "-q", "open", "-s", "Tiles time out", "-m", "All of them.", "--no-commit").strip()
    for number in range(194):
        note(folder, ticket, number)
    (file,) = folder.glob("tickets/*/*/*.yaml")
    shutil.copy(file, folder / "base")
    for side in ("ours", "theirs"):
        shutil.copy(folder / "base", file)
        for number in range(5):
            note(folder, ticket, f"{side} {number}")
        shutil.copy(file, folder / side)


def seconds(folder, words):
    shutil.copy(folder / "ours", folder / "result")
    began = time.perf_counter()
    subprocess.run(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def main():
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["GIT_CONFIG_GLOBAL"] = "/dev/null"
        made(folder)
        commands = {
            "git --version": ["git", "--version"],
            "git merge-file": ["git", "merge-file", "result", "base", "theirs"],
            "casebook merge-file": [str(PROGRAM), "merge-file", "base", "result", "theirs", "7", "tickets/x.yaml"],
        }
        times = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, words in commands.items():
                times[name].append(seconds(folder, words))
        unit = statistics.median(times["git merge-file"])
        print(f"{(folder / 'ours').stat().st_size} bytes, {ROUNDS} rounds")
        for name, all_of_them in times.items():
            median = statistics.median(all_of_them)
            print(f"{name:22} {median * 1000:6.2f} ms   x {median / unit:4.2f}")


if __name__ == "__main__":
    main()
