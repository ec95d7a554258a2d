#!/usr/bin/env python3
"""Measures whole commands beside their reference, in turn in one run, and prints medians and ratios.

    cargo build --release
    cargo bench --bench desk -- FOLDER 10000     # a desk, in an empty folder
    benches/measure.py target/release/casebook FOLDER [RUNS]

Figures are wall-clock milliseconds of whole processes, warm cache. The desk is changed: give it a copy.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import time

casebook, desk = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 21
os.chdir(desk)
tickets = sorted(pathlib.Path("tickets").rglob("*.yaml"))
# One of median size: a desk has tickets of two entries and of two hundred.
ticket = sorted(tickets, key=lambda path: (path.stat().st_size, path))[len(tickets) // 2]
ident = ticket.stem
agent = "agent1@desk.example"
subprocess.run(["git", "config", "user.email", agent], check=True)
subprocess.run(["git", "config", "user.name", "Agent"], check=True)


def once(command):
    began = time.perf_counter()
    done = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, shell=isinstance(command, str))
    said = done.stderr.read()
    _, status, usage = os.wait4(done.pid, 0)
    if status:
        sys.exit(f"{command}: {said.decode()}")
    return (time.perf_counter() - began) * 1000, usage.ru_maxrss / 1024


def measure(title, pairs, count=runs):
    """Each of the commands in turn, `count` times after two rounds that do not count."""
    times, memory = {name: [] for name in pairs}, {}
    for turn in range(count + 2):
        for name, command in pairs.items():
            spent, peak = once(command() if callable(command) else command)
            if turn >= 2:
                times[name].append(spent)
                memory[name] = max(memory.get(name, 0), peak)
    reference = statistics.median(next(iter(times.values())))
    print(f"\n{title} ({count} runs)")
    for name, spent in times.items():
        median = statistics.median(spent)
        print(f"  {name:34} {median:9.2f} ms   x {median / reference:5.2f}   + {median - reference:8.2f} ms   [{min(spent):.2f} .. {max(spent):.2f}]   {memory[name]:.0f} MiB")


def edited():
    """A shell line that changes another ticket and commits it the ordinary way."""
    other = tickets[len(tickets) // 3]
    return f"sed -i '$i # x' {other} && git add {other} && git commit -q -m x"


print(f"{len(tickets)} tickets, the one measured has {ticket.stat().st_size} bytes; {subprocess.check_output(['git', '--version'], text=True).strip()}; {os.cpu_count()} processors")
measure("starting", {"git --version": ["git", "--version"], "casebook --version": [casebook, "--version"],
                     "show, full id": [casebook, "show", ident], "show, suffix": [casebook, "show", ident[-8:]]})
measure("writing", {"git --version": ["git", "--version"],
                    "reply --no-commit": [casebook, "reply", ident, "-m", "A reply.", "--no-commit"]})
subprocess.run(["git", "commit", "-qam", "replies"], check=True)
measure("committing", {"sed, git add, git commit": edited, "reply --commit": [casebook, "reply", ident, "-m", "A reply."]})
measure("reading all", {"git status": ["git", "status", "--porcelain"],
                        "list status:open priority:S1": [casebook, "list", "status:open", "priority:S1"],
                        "list": [casebook, "list"],
                        "list --no-index": [casebook, "list", "--no-index"],
                        "check": [casebook, "check"]}, 7)
