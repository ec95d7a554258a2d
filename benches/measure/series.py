"""Series of measurements: commands in turn, and the arithmetic on what they took.

A row is a dictionary, because it is kept as JSON: name, size (tickets of the desk, or None), of (the name of the row it
is compared with, of the same group and size), ms, cpu (lists, one value a run) and mib (the highest seen).
"""
import dataclasses
import statistics
import typing


@dataclasses.dataclass
class Step:
    """A command that is measured. `argv` may be a function that prepares something unmeasured and gives the command."""

    name: str
    argv: typing.Any
    folder: typing.Any
    size: int | None = None
    of: str | None = None


def alternate(stopwatch, title, steps, runs, say=print):
    """A group: each of the steps in turn, `runs` times after two rounds that do not count."""
    rows = [{"name": step.name, "size": step.size, "of": step.of, "ms": [], "cpu": [], "mib": 0} for step in steps]
    say(f"{title} ({runs} runs)")
    for turn in range(runs + 2):
        for step, row in zip(steps, rows):
            seen = stopwatch.run(step.argv() if callable(step.argv) else step.argv, step.folder)
            if turn >= 2:
                row["ms"].append(seen["ms"])
                row["cpu"].append(seen["cpu"])
                row["mib"] = max(row["mib"], seen["mib"])
    group = {"title": title, "runs": runs, "rows": rows}
    for row in rows:
        times = ratio(group, row)
        size = "" if row["size"] is None else f"{row['size']:>9,}"
        say(f"  {size:9}  {row['name']:44} {median(row):9.2f} ms  {'' if times is None else f'x {times:.2f}'}")
    return group


def median(row, what="ms"):
    """
    >>> median({"ms": [3.0, 1.0, 100.0]})
    3.0
    """
    return statistics.median(row[what])


def find(group, name, size):
    """
    >>> group = {"rows": [{"name": "a", "size": 1}, {"name": "a", "size": 2}, {"name": "b", "size": None}]}
    >>> find(group, "a", 2), find(group, "b", 2), find(group, "c", 1)
    ({'name': 'a', 'size': 2}, {'name': 'b', 'size': None}, None)
    """
    return next((row for row in group["rows"] if row["name"] == name and row["size"] in (size, None)), None)


def ratio(group, row):
    """The median beside that of the row it is compared with; None if it stands alone.

    >>> group = {"rows": [{"name": "git", "size": None, "of": None, "ms": [2.0]},
    ...                   {"name": "ours", "size": 5, "of": "git", "ms": [3.0]}]}
    >>> ratio(group, group["rows"][1]), ratio(group, group["rows"][0])
    (1.5, None)
    """
    reference = row["of"] and find(group, row["of"], row["size"])
    return median(row) / median(reference) if reference else None


def above(group, row):
    """Milliseconds above the row it is compared with.

    >>> group = {"rows": [{"name": "git", "size": None, "of": None, "ms": [2.0]},
    ...                   {"name": "ours", "size": 5, "of": "git", "ms": [3.5]}]}
    >>> above(group, group["rows"][1])
    1.5
    """
    reference = row["of"] and find(group, row["of"], row["size"])
    return median(row) - median(reference) if reference else None


def growth(group, name, small, large):
    """How often the median at `small` goes into that at `large`.

    >>> group = {"rows": [{"name": "a", "size": 10, "ms": [2.0]}, {"name": "a", "size": 100, "ms": [22.0]}]}
    >>> growth(group, "a", 10, 100)
    11.0
    """
    rows = find(group, name, small), find(group, name, large)
    return median(rows[1]) / median(rows[0]) if all(rows) else None
