"""Measures casebook beside git, ripgrep and its peers, and writes docs/performance.md.

    cargo build --release
    python3 benches/measure [--quick] [--million]

Everything that is built lies in the working folder (target/measure) and is used again the next time. Every group is run
in turn, so that what else the machine does meets all commands alike; still, a quiet machine gives better figures.
"""
import argparse
import doctest
import importlib
import json
import os
import pathlib
import sys

sys.dont_write_bytecode = True  # nothing is left beside the sources

import campaign
import machine
import page
import peers

ROOT = pathlib.Path(__file__).resolve().parents[2]


# Option, what it takes (None: nothing), and its help.
OPTIONS = [
    ("--casebook", pathlib.Path, "the program [default: the release build]"),
    ("--builder", str, "the program that builds desks [default: cargo bench --bench desk --]"),
    ("--work", pathlib.Path, "the working folder [default: measure, in cargo's target folder]"),
    ("--page", pathlib.Path, "where the page goes [default: docs/performance.md; with --quick the working folder]"),
    ("--runs", int, "so many runs of every group"),
    ("--million", None, "also a desk of 1,000,000 tickets: 15 GB, and an hour or more to build"),
    ("--quick", None, "small desks and few runs, to try this out"),
    ("--no-install", None, "leave out the peers that are not there"),
    ("--again", None, "write the page from the last figures, and measure nothing"),
    ("--self-test", None, "test the arithmetic and the reading of files, and end"),
]


def arguments():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="benches/measure", description=__doc__, formatter_class=form)
    for name, kind, said in OPTIONS:
        takes = {"type": kind} if kind else {"action": "store_true"}
        parser.add_argument(name, help=said, **takes)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.set_defaults(casebook=target / "release" / "casebook", work=target / "measure")
    return parser.parse_args()


def self_test():
    failed = 0
    for name in ("series", "desk", "peers", "targets", "page"):
        failed += doctest.testmod(importlib.import_module(name)).failed
    sys.exit(1 if failed else 0)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    options = arguments()
    if options.self_test:
        self_test()
    folder = options.work.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    figures_file = folder / ("quick.json" if options.quick else "results.json")
    target = options.page or (folder if options.quick else ROOT / "docs") / "performance.md"
    if not options.again:
        begun, notes = machine.now(), []
        peers.install(folder, notes, not options.no_install)
        results = campaign.run(options, folder, notes)
        described = machine.described(folder, options.casebook)
        results |= {"begun": begun, "ended": machine.now(), "machine": described}
        figures_file.write_text(json.dumps(results, indent=1))
    results = json.loads(figures_file.read_text())
    old = page.kept(target.read_text()) if target.exists() else {}
    target.write_text(page.written(results, old))
    print(f"written: {target}")
    wrong = [sentence for sentence, holds in results["answers"] if not holds]
    sys.exit(f"answers that are not the same: {wrong}" if wrong else 0)


if __name__ == "__main__":
    main()
