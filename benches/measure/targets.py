"""What was promised, row by row, and what the results say of it."""
import work
from series import above, find, growth, ratio

# The groups and names of what reads the whole desk.
READS = [("reading", name) for name in (work.LIST, work.LIST_COLD, work.LIST_ALL, work.BUILD)]
READS += [("searching", ours) for ours, _ in work.SEARCHES.values()]
MET, STRETCH, MISSED, UNKNOWN = "met", "met, and the stretch", "**missed**", "not measured"


def verdict(value, target, stretch):
    """
    >>> verdict(0.3, 0.6, 0.4), verdict(0.5, 0.6, 0.4), verdict(0.7, 0.6, None), verdict(None, 1, None)
    ('met, and the stretch', 'met', '**missed**', 'not measured')
    """
    if value is None:
        return UNKNOWN
    if value > target:
        return MISSED
    return STRETCH if stretch is not None and value <= stretch else MET


def worst(values):
    """The highest of what is known.

    >>> worst([1, None, 3]), worst([None])
    (3, None)
    """
    return max((value for value in values if value is not None), default=None)


class Judge:
    """Answers from the results. A value that was not measured is None."""

    def __init__(self, results):
        self.groups, self.sizes = results["groups"], results["sizes"]
        self.small, self.middle = self.sizes["small"], self.sizes["middle"]
        self.large, self.peers = self.sizes["large"], self.sizes["peers"]

    def ask(self, how, group, name, size):
        group = self.groups.get(group)
        row = group and find(group, name, size)
        return row and how(group, row)

    def ratio(self, group, name, size=None):
        return self.ask(ratio, group, name, size or self.large)

    def growth(self, group, name):
        return self.groups.get(group) and growth(self.groups[group], name, self.middle, self.large)

    def memory(self, size):
        """The highest peak of every command that reads the whole desk."""
        def peak(_, row):
            return row["mib"]
        rows = [(group_at(self.groups, group, size), name) for group, name in [*READS, ("reading", work.REPORT)]]
        return worst(self.ask(peak, group, name, size) for group, name in rows)

    def rows(self):
        """Each promise: words, value, unit, target, stretch."""
        yield from self.reads()
        yield from self.writes()
        yield from self.memory_and_growth()
        yield from self.beside_taskwarrior()

    def reads(self):
        status = "x `git status`"
        yield f"`{work.LIST}`, index valid", self.ratio("reading", work.LIST), status, 0.5, 0.4
        yield "the same with `--no-index`", self.ratio("reading", work.LIST_COLD), status, 1.6, 1.3
        yield "the same, making the index", self.ratio("reading", work.BUILD), status, 4, 3
        for ours, _ in work.SEARCHES.values():
            yield f"`{ours}`, texts valid", self.ratio("searching", ours), status, 0.6, None
        yield "`check` of every byte", self.ratio("reading", work.CHECK), status, 4.5, 4
        audit = self.ratio("auditing", work.AUDIT, self.middle)
        yield f"`audit` of a history, at {self.middle:,}", audit, f"x `{work.AUDIT_REFERENCE}`", 1.25, None
        shows = worst([*(self.ratio("starting", name) for name in (work.FULL, work.PREFIX, work.SUFFIX)),
                       self.ratio("after_replies", work.SUFFIX_LATER)])
        words = f"`show`, the slowest of prefix, suffix and full id, and suffix after {work.REPLIES} replies"
        yield words, shows, "x `git --version`", 2, 1.5

    def writes(self):
        for size in (self.small, self.large):
            value = self.ask(above, "writing", work.REPLY, size)
            yield f"`reply --no-commit` at {size:,}", value, "ms more than `git --version`", 4, 2.5
        commit = "x `git add`, `git commit`"
        small = self.ratio("committing", work.REPLY_COMMIT, self.small)
        yield f"`reply --commit` at {self.small:,}", small, commit, 0.75, None
        yield "`reply --commit`", self.ratio("committing", work.REPLY_COMMIT), commit, 0.18, 0.15

    def memory_and_growth(self):
        report = self.ask(lambda _, row: row["mib"], "reading", work.REPORT, self.large)
        verbs = "`list`, `search`, `report`" if report else "`list`, `search` (there is no `report` yet)"
        yield f"peak memory of {verbs}", self.memory(self.large), "MiB", 64, None
        if "million" in self.sizes:
            yield f"the same at {self.sizes['million']:,}", self.memory(self.sizes["million"]), "MiB", 200, None
        grow = f"x from {self.middle:,} to {self.large:,}"
        most = worst(self.growth(*read) for read in [*READS, ("reading", work.CHECK)])
        yield "growth of reading, the highest of all", most, grow, 11, None
        yield "growth of `reply --no-commit`", self.growth("writing", work.REPLY), grow, 1.2, None

    def beside_taskwarrior(self):
        at, task = f" at {self.peers:,}", "x taskwarrior"
        rows = [(f"`list` beside `task list`{at}", work.PEERS_LIST, "casebook list", 0.1),
                *((f"`search {word}`{at}, both over all texts", group, f"casebook search {word}", 0.05)
                  for word, group in work.PEERS_SEARCH.items()),
                (f"`open --no-commit` beside `task add`{at}", work.PEERS_ADD, work.OPEN, 0.5)]
        for words, group, name, target in rows:
            yield words, self.ratio(group, name, self.peers), task, target, None


def group_at(groups, name, size):
    """The group of this name that has rows of this size; the largest desks have groups of their own.

    >>> group_at({"a": {"rows": [{"size": 1}]}, "a of 2": {"rows": [{"size": 2}]}}, "a", 2)
    'a of 2'
    """
    for title, group in groups.items():
        if title.startswith(name) and any(row["size"] == size for row in group["rows"]):
            return title
    return name
