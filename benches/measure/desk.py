"""The desks that are measured: built once, put back after each group that writes."""
import pathlib
import re
import shutil
import subprocess
import sys

ACTOR = "agent1@desk.example"
# A word that five tickets hold, and one that half of them hold.
RARE, COMMON = "quokka", "dashboard"
# A word in another script, and two words.
JAPANESE, PHRASE = "タイル", "connection pool"
HISTORY = pathlib.Path(__file__).resolve().parents[1] / "history.py"
# Holds the revision that a desk is put back to. A desk without it is not ready.
READY = ".git/measured"


class Desk:
    """A desk of the bench: where it is, and which of its tickets are measured."""

    def __init__(self, folder, casebook, environment):
        self.folder, self.casebook, self.environment = folder, casebook, environment

    def run(self, *command):
        return subprocess.run(command, cwd=self.folder, env=self.environment, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def make_ready(self):
        """Packs what the builder committed, as a clone would have it, and plants the rare word."""
        self.run("git", "gc", "--quiet")
        self.choose()
        for ticket in self.ordinary[-5:]:
            self.run(self.casebook, "reply", ticket.stem, "--commit", "-m", f"The {RARE} is back.")
        (self.folder / READY).write_text(self.run("git", "rev-parse", "HEAD"))

    def put_back(self):
        self.run("git", "reset", "--quiet", "--hard", (self.folder / READY).read_text().strip())
        self.run("git", "clean", "-fdq")

    def choose(self):
        """Unsolved tickets of about median size, so that a write is an ordinary write: a desk has tickets of two
        entries and of two hundred."""
        paths = sorted(self.folder.glob("tickets/**/*.yaml"))
        self.size = len(paths)
        self.suffixes = {}
        for path in paths:
            self.suffixes.setdefault(path.stem[-6:], []).append(path)
        by_size = sorted(paths, key=lambda path: (path.stat().st_size, path))
        middle, around = len(by_size) // 2, min(len(by_size) // 4, 500)
        self.ordinary = [path for path in by_size[middle - around:middle + around] if self.is_ordinary(path)]

    def is_ordinary(self, path):
        return len(self.suffixes[path.stem[-6:]]) == 1 and "\nstatus: solved\n" not in path.read_text()

    def prefix(self, ticket):
        """The shortest beginning of an id that no other ticket of its month shares, four characters at least."""
        return shortest([path.stem for path in ticket.parent.parent.parent.glob("*/*/*.yaml")], ticket.stem)

    def index(self):
        return self.folder / ".git" / "casebook" / "index"

    def texts(self):
        return self.folder / ".git" / "casebook" / "texts"


def shortest(names, name):
    """The shortest beginning of `name` that no other of the names has, four characters at least.

    >>> shortest(["ABCDEFG", "ABCDEXX", "ABQ"], "ABCDEFG"), shortest(["ABCDEFG"], "ABCDEFG")
    ('ABCDEF', 'ABCD')
    """
    others = set(names) - {name}
    length = 4
    while any(other.startswith(name[:length]) for other in others):
        length += 1
    return name[:length]


def ready(work, count, builder, casebook, environment, say=print, commits=0):
    """The desk of so many tickets in the working folder, built if it is not there; with so many commits more."""
    folder = work / (f"desk-{count}-{commits}" if commits else f"desk-{count}")
    desk = Desk(folder, casebook, environment)
    if not folder.exists():
        say(f"building a desk of {count:,} tickets")
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run([*builder, str(part), str(count)], env=environment, check=True)
        if commits:
            subprocess.run([sys.executable, str(HISTORY), str(part), str(commits)], env=environment, check=True)
        part.rename(folder)
    if not (folder / READY).exists():
        desk.make_ready()
    desk.put_back()
    desk.choose()
    return desk


def read(text):
    """The facts of a ticket as the builder wrote it, for filling peers: the header, and the texts of its entries.

    >>> header = "id: A\\nsubject: a b\\n"
    >>> read(header + "\\nhistory:\\n- id: A\\n  text: |\\n    one\\n    two\\n\\n- id: B\\n  action: assign\\n")
    ({'id': 'A', 'subject': 'a b'}, ['one\\ntwo'])
    """
    header, _, history = text.partition("\nhistory:\n")
    facts = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
    texts = re.findall(r"^  text: \|\n((?:    .*\n|\n(?=    ))+)", history, re.MULTILINE)
    return facts, ["\n".join(line[4:] for line in block.splitlines()) for block in texts]


def tickets(desk):
    """Every ticket of a desk, read."""
    for path in sorted(desk.folder.glob("tickets/**/*.yaml")):
        yield read(path.read_text())
