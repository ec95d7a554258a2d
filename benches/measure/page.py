"""Writes docs/performance.md from the results. What a person wrote between the markers stays."""
import re

import targets
import work
from series import find, growth, median, ratio

BEGIN, END = "<!-- by hand: {} -->", "<!-- end of what is written by hand -->"
COMMAND = "python3 benches/measure"


def kept(page):
    """The sections of an older page that a person wrote, by their names.

    >>> kept("a\\n<!-- by hand: x -->\\nOne.\\n<!-- end of what is written by hand -->\\nb")
    {'x': 'One.'}
    """
    found = re.findall(BEGIN.format("(.*?)") + r"\n(.*?)\n?" + END, page, re.DOTALL)
    return {name: text.strip("\n") for name, text in found}


QUICK = "\n**A quick run, for trying out the script: no figure here counts.**"

# The places where a person may write. A section of another name goes to the end.
SECTIONS = ("the machine", "other promises", "misses", "why", "also measured")


def by_hand(name, old):
    return "\n".join([BEGIN.format(name), old.get(name, ""), END])


def number(value):
    """Three digits that matter.

    >>> number(0.12345), number(1.234), number(56.78), number(1234.5), number(None)
    ('0.12', '1.23', '56.8', '1,234', '')
    """
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def table(head, rows):
    """A table in Markdown; all but the first column are figures.

    >>> print(table(["a", "b"], [["x", "1"]]))
    | a | b |
    |---|--:|
    | x | 1 |
    """
    lines = [head, None, *rows]
    return "\n".join("|---|" + "--:|" * (len(head) - 1) if row is None else f"| {' | '.join(row)} |" for row in lines)


def measured(group, size=None):
    """A table of a group, or of its rows at one size. The middle half says how the runs differ."""
    rows = []
    for row in group["rows"]:
        if size is not None and row["size"] not in (size, None):
            continue
        times = sorted(row["ms"])
        half = times[len(times) // 4], times[-1 - len(times) // 4]
        name = f"`{row['name']}`" if size is not None or row["size"] is None else f"`{row['name']}`, {row['size']:,}"
        rows.append([name, number(median(row)), number(ratio(group, row)), f"{number(half[0])} to {number(half[1])}",
                     number(median(row, "cpu")), f"{row['mib']:.0f}"])
    return table(["", "ms", "ratio", "middle half", "CPU ms", "peak MiB"], rows)


def grown(results):
    """How each median grows from desk to desk."""
    sizes = sorted({results["sizes"][name] for name in ("small", "middle", "large")})
    rows = []
    for title in ("reading", "searching", "starting", "writing", "committing", "after_replies"):
        group = results["groups"].get(title)
        for name in dict.fromkeys(row["name"] for row in group["rows"] if row["size"]) if group else ():
            values = [find(group, name, size) for size in sizes]
            factors = [growth(group, name, low, high) for low, high in zip(sizes, sizes[1:])]
            rows.append([f"`{name}`", *(number(value and median(value)) for value in values),
                         *(f"x {number(factor)}" if factor else "" for factor in factors)])
    steps = [f"{low:,} to {high:,}" for low, high in zip(sizes, sizes[1:])]
    return table(["ms", *(f"{size:,}" for size in sizes), *steps], rows)


def promised(results):
    """The table of the issue: what was promised, what was measured, and whether it holds."""
    rows = []
    for words, value, unit, target, stretch in targets.Judge(results).rows():
        wanted = f"{target:g}" + (f" (stretch {stretch:g})" if stretch is not None else "")
        rows.append([words, wanted, number(value), unit, targets.verdict(value, target, stretch)])
    head = f"at {results['sizes']['large']:,} tickets unless noted"
    return table([head, "at most", "measured", "", ""], rows)


def tickets(results):
    """What the desks hold."""
    return table(["tickets", "MB of files", "median bytes", "median entries", "most entries"],
                 [[f"{desk['tickets']:,}", f"{desk['bytes'] / 1e6:,.1f}", f"{desk['median']:,}", f"{desk['entries']:g}",
                   f"{desk['most']:,}"] for desk in results["desks"]])


def heading(results, old):
    """What the figures are, and what they were made on."""
    machine, begun, ended = results["machine"], results["begun"], results["ended"]
    return f"""<!-- `{COMMAND}` writes this page; only the text between `by hand` marks is kept. -->

# Performance

Written by `{COMMAND}`, measured from {begun['at']} to {ended['at']}.{QUICK if results['quick'] else ''}

Whole commands from start to end, release build, wall clock, warm cache, output to `/dev/null`. The commands of a table
run one after the other, and then all again, for the given number of runs, so that other load on the machine affects all
of them equally. Two rounds of warm-up are not counted. Times are medians in milliseconds; `ratio` is the median divided
by that of the reference command of the same table. CPU time includes all threads, and the processes that a command
waited for. Peak memory is the highest of all runs; the measurement itself needs {results['floor']:.0f} MiB, so lower values are not
visible.

The machine: {machine['processor']}, {machine['memory']}, {machine['files']}, {machine['system']}. Its load was
{begun['load']} at the start of the run and {ended['load']} at the end, including the measured commands.
Versions: {', '.join(machine['versions'])}.
Size of the binary: {machine['binary']}.

{by_hand('the machine', old)}"""


def promises(results, old):
    return f"""## Targets and results

{promised(results)}

{by_hand('other promises', old)}

## Missed targets and their causes

{by_hand('misses', old)}"""


def desks(results):
    compared = [f"- {sentence}: {'yes' if holds else '**NO**'}" for sentence, holds in results["answers"]]
    return f"""## The desks

Tickets with texts generated from a seed by `benches/desk.rs`, in one packed commit; some have 200 entries.

{tickets(results)}

Results that must agree were compared:

""" + "\n".join(compared)


def reading(results, size):
    read, searched = results["groups"]["reading"], results["groups"]["searching"]
    return f"""## Reading a desk of {size:,} tickets

{read['runs']} runs, compared with `git status`. `{work.BUILD}` is `{work.LIST}` without an index file;
it writes one.

{measured(read, size)}

{searched['runs']} runs, compared with `git status`. `rg -il` stops at the first hit in a file; `search` prints every line
with a hit.

{measured(searched, size)}"""


def one_ticket(groups):
    starting, writing, committing, later, audited = (
        groups[title] for title in ("starting", "writing", "committing", "after_replies", "auditing"))
    return f"""## One ticket

{starting['runs']} runs, compared with `git --version`.

{measured(starting)}

After {work.REPLIES} replies that the index does not contain; {later['runs']} runs, compared with `git --version`.

{measured(later)}

A reply written to disk and synced; {writing['runs']} runs, each for a different ticket, compared with `git --version`.

{measured(writing)}

A committed reply, after a rest of a second; {committing['runs']} runs, compared with `{work.COMMIT}` for a ticket that was
changed before, in the same repository.

{measured(committing)}

The audit of a whole history; {audited['runs']} runs, compared with git printing the same commits and files.

{measured(audited)}"""


def largest(results):
    """A section for each group of the desk of a million tickets, if it was measured."""
    for title, group in results["groups"].items():
        name, of, _ = title.partition(work.OF_A_MILLION)
        if of:
            size = results["sizes"]["million"]
            yield f"## A desk of {size:,} tickets: {name}\n\n{group['runs']} runs.\n\n{measured(group, size)}"


def beside_peers(results):
    groups, size = results["groups"], results["sizes"]["peers"]
    tables = [f"**{title[0].upper()}{title[1:]}**, {groups[title]['runs']} runs:\n\n{measured(groups[title], size)}"
              for title in (work.PEERS_LIST, *work.PEERS_SEARCH.values(), work.PEERS_ADD)]
    return f"""## Compared with other tools, at {size:,} tickets

Each tool has the tickets of the desk. taskwarrior has them twice, by `task import`: once with only the subjects, as it
is normally used, and once with the text of each entry as an annotation. fossil has them by `fossil reconstruct` from
ticket artifacts, with all texts as one comment; git-issue by writing its files and one commit, with subject and texts
as the description. Ratios refer to taskwarrior in the same table. The tools print different things: `task list` a table
as wide as a terminal, `fossil ticket show 0` all fields. casebook stores every entry with its author, time and
transition, and syncs what it writes.

""" + "\n\n".join(tables + results["notes"])


def the_end(old):
    others = [by_hand(name, old) for name in (SECTIONS[-1], *(name for name in old if name not in SECTIONS))]
    return "\n\n".join([f"## What is slow, and why\n\n{by_hand('why', old)}", *others, f"""## Repeating the measurements

```console
cargo build --release
{COMMAND}
```

This builds what is missing (including the other tools, by `apt-get` and `cargo install`; `--no-install` leaves them
out), and writes this page. `--million` adds a desk of 1,000,000 tickets, `--quick` tries the script in a few minutes
and writes to another folder, `--again` writes the page from the figures of the last run. Sections between `by hand`
marks are kept.
"""])


def written(results, old):
    """The whole page. `old` is what a person wrote on the one before."""
    sizes = results["sizes"]
    parts = [heading(results, old), promises(results, old), desks(results)]
    parts += [reading(results, size) for size in dict.fromkeys((sizes["large"], sizes["middle"], sizes["small"]))]
    parts += [one_ticket(results["groups"]), *largest(results), f"## How cost grows\n\n{grown(results)}"]
    return "\n\n".join([*parts, beside_peers(results), the_end(old)])
