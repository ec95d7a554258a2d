"""A whole run: builds the desks, runs every group, and collects the results."""
import os
import pathlib
import statistics

import desk
import peers
import work
from series import alternate
from stopwatch import Stopwatch

FULL = {"small": 1_000, "middle": 10_000, "large": 100_000, "peers": 10_000}
QUICK = {"small": 1_000, "middle": 1_000, "large": 10_000, "peers": 1_000}
MILLION = 1_000_000
# How often each group is run: commands that take milliseconds more often than those that take seconds.
RUNS = {"reading": 11, "searching": 11, "starting": 51, "writing": 51, "committing": 5, "after_replies": 51,
        "auditing": 5, "peers": 11, "million": 5}
# The commits of the desk whose history is audited.
COMMITS = 10_000
QUICK_RUNS = {name: 3 for name in RUNS}


CARGO = ["cargo", "bench", "--quiet", "--manifest-path", str(pathlib.Path(__file__).parents[2] / "Cargo.toml"),
         "--bench", "desk", "--"]
GROUPS = ("reading", "searching", "starting", "writing", "committing", "after_replies")


def environment(folder):
    """What measured commands see: nobody's own settings, and no upkeep that git begins behind one's back."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    (home / "gitconfig").write_text(f"[user]\n\tname = Agent One\n\temail = {desk.ACTOR}\n"
                                    "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n")
    return {"PATH": os.environ["PATH"], "HOME": str(home), "USER": "agent1", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "GIT_CONFIG_GLOBAL": str(home / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1", "CASEBOOK_ACTOR": desk.ACTOR}


class Campaign:
    """The desks and what has been measured on them so far."""

    def __init__(self, options, folder):
        self.folder, self.casebook = folder, str(options.casebook.resolve())
        self.environment = environment(folder)
        self.builder = options.builder.split() if options.builder else CARGO
        # cargo wants its own home, but who commits has to be known.
        settings = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "CASEBOOK_ACTOR")
        self.building = {**os.environ, **{name: self.environment[name] for name in settings}}
        self.stopwatch = Stopwatch(self.environment, str(folder / "said"))
        self.groups, self.answers = {}, []

    def desk(self, size, commits=0):
        return desk.ready(self.folder, size, self.builder, self.casebook, self.building, commits=commits)

    def group(self, title, steps, runs):
        self.groups[title] = alternate(self.stopwatch, title, steps, runs)

    def on(self, desks, runs, of=""):
        """Every group on these desks. Reading comes first; what writing changes is put back."""
        for name in GROUPS:
            self.group(f"{name}{of}", getattr(work, name)(self.casebook, desks), runs["million" if of else name])
            if name in ("writing", "committing", "after_replies"):
                for one in desks:
                    one.put_back()
        self.answers += [answer for one in desks for answer in work.answers(self.casebook, one)]

    def beside_peers(self, one, filled, runs):
        self.answers += work.peers_answers(self.casebook, one, filled, self.environment)
        for title, steps in work.peers(self.casebook, one, filled).items():
            self.group(title, steps, runs)
        one.put_back()


def run(options, folder, notes):
    """Measures everything that the options ask for, and gives the results as they are kept."""
    sizes, runs = (QUICK, QUICK_RUNS) if options.quick else (FULL, RUNS)
    if options.runs:
        runs = dict.fromkeys(runs, options.runs)
    campaign = Campaign(options, folder)
    desks = {size: campaign.desk(size) for size in sorted(set(sizes.values()))}
    among_peers = desks[sizes["peers"]]
    filled = peers.fill(folder, among_peers, campaign.environment, notes)
    campaign.on(list(desks.values()), runs)
    audited = campaign.desk(sizes["middle"], sizes["middle"] if options.quick else COMMITS)
    campaign.group("auditing", work.auditing(campaign.casebook, audited), runs["auditing"])
    campaign.beside_peers(among_peers, filled, runs["peers"])
    if options.million:
        sizes = {**sizes, "million": MILLION}
        desks[MILLION] = campaign.desk(MILLION)
        campaign.on([desks[MILLION]], runs, work.OF_A_MILLION)
    return {"sizes": sizes, "groups": campaign.groups, "answers": campaign.answers, "notes": notes,
            "floor": campaign.stopwatch.floor, "desks": [figures(one) for one in desks.values()],
            "quick": options.quick}


def figures(one):
    """What a desk holds, for the page; entries are counted in a sample of some thousands."""
    paths = sorted(one.folder.glob("tickets/**/*.yaml"))
    sizes = [path.stat().st_size for path in paths]
    entries = [path.read_text().count("\n- id: ") for path in paths[::max(1, len(paths) // 5000)]]
    return {"tickets": one.size, "bytes": sum(sizes), "median": int(statistics.median(sizes)),
            "entries": statistics.median(entries), "most": max(entries)}
