"""What is measured: the groups of commands of which each run takes one after the other."""
import itertools
import shutil
import subprocess
import time

from desk import COMMON, JAPANESE, PHRASE, RARE
from series import Step

STATUS, VERSION, COMMIT = "git status", "git --version", "git add F && git commit"
LIST = "list status:open priority:S1"
LIST_COLD, LIST_ALL, BUILD, CHECK, REPORT = f"{LIST} --no-index", "list", "making the index", "check", "report"
SEARCHES = {word: (f"search '{word}'", f"rg -il '{word}'") for word in (RARE, COMMON, JAPANESE, PHRASE)}
SEARCH_MAKING = f"search {RARE}, making the file of texts"
FULL, PREFIX, SUFFIX = "show, full id", "show, beginning of the id", "show, last six characters"
SUFFIX_LATER, REPLIES = "show, last six characters, after replies", 100
AUDIT, AUDIT_REFERENCE = "casebook audit", "git log, git cat-file"
REPLY, REPLY_COMMIT = "reply --no-commit", "reply --commit"
PEERS_LIST, PEERS_ADD = "all tickets", "a new ticket"
PEERS_SEARCH = {word: f"tickets with `{word}`" for word in (RARE, COMMON)}
OPEN, OPEN_COMMIT = "casebook open --no-commit", "casebook open --commit"
TEXTS = ", texts as annotations"
# The largest desk has groups of its own, with fewer runs.
OF_A_MILLION = " of a million"


def knows(casebook, verb):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run([casebook, verb, "--help"], **quiet).returncode == 0


def reading(casebook, desks):
    """Everything that reads the whole desk, beside `git status` of the same tree."""
    steps = []
    for desk in desks:
        def row(name, *words, desk=desk, before=None):
            command = [casebook, *words]
            argv = (lambda: before() or command) if before else command
            return Step(name, argv, desk.folder, desk.size, STATUS)

        def forget(desk=desk):
            desk.index().unlink(missing_ok=True)

        query = LIST.split()
        steps += [Step(STATUS, ["git", "status"], desk.folder, desk.size),
                  row(BUILD, *query, before=forget),
                  row(LIST, *query), row(LIST_COLD, *query, "--no-index"), row(LIST_ALL, "list"), row(CHECK, "check")]
        if knows(casebook, REPORT):
            steps.append(row(REPORT, REPORT))
    return steps


def searching(casebook, desks):
    """Words in a few tickets, in half of them, in Japanese, and two words: beside `git status`, and beside `rg -il`."""
    steps = []
    for desk in desks:
        def forget(desk=desk):
            desk.texts().unlink(missing_ok=True)
            return [casebook, "search", RARE]

        steps += [Step(STATUS, ["git", "status"], desk.folder, desk.size),
                  Step(SEARCH_MAKING, forget, desk.folder, desk.size, STATUS)]
        for word, (ours, theirs) in SEARCHES.items():
            if shutil.which("rg"):
                steps.append(Step(theirs, ["rg", "-il", word, "tickets"], desk.folder, desk.size, STATUS))
            steps.append(Step(ours, [casebook, "search", word], desk.folder, desk.size, STATUS))
        names = [casebook, "search", "--jsonl=id", COMMON]
        steps.append(Step(f"search {COMMON} --jsonl=id", names, desk.folder, desk.size, STATUS))
    return steps


def starting(casebook, desks):
    """What a command costs that reads one ticket."""
    steps = [Step(VERSION, ["git", "--version"], desks[0].folder),
             Step("casebook --version", [casebook, "--version"], desks[0].folder, None, VERSION)]
    for desk in desks:
        ticket = desk.ordinary[0]
        for name, part in ((FULL, ticket.stem), (PREFIX, desk.prefix(ticket)), (SUFFIX, ticket.stem[-6:])):
            steps.append(Step(name, [casebook, "show", part], desk.folder, desk.size, VERSION))
    return steps


def after_replies(casebook, desks):
    """The same by the last characters, when many tickets have been answered since the index was written."""
    steps = [Step(VERSION, ["git", "--version"], desks[0].folder)]
    for desk in desks:
        for ticket in desk.ordinary[:REPLIES]:
            desk.run(casebook, "reply", ticket.stem, "--no-commit", "-m", "Thank you. Which release is it?")
        suffix = desk.ordinary[0].stem[-6:]
        steps.append(Step(SUFFIX_LATER, [casebook, "show", suffix], desk.folder, desk.size, VERSION))
    return steps


def auditing(casebook, desk):
    """`audit` of a long history, beside git reading the same commits and files."""
    script = ("git log --raw --no-renames --no-abbrev --format= HEAD | awk '$4 !~ /^0+$/ { print $4 }'"
              " | git cat-file --batch")
    # The last tickets of a made desk go on into the future.
    audit = [casebook, "audit", "--tolerance", "999d"]
    return [Step(AUDIT_REFERENCE, ["sh", "-c", script], desk.folder, desk.size),
            Step(AUDIT, audit, desk.folder, desk.size, AUDIT_REFERENCE)]


def writing(casebook, desks):
    """A reply that is on disk and not committed; each run answers another ticket."""
    steps = [Step(VERSION, ["git", "--version"], desks[0].folder)]
    for desk in desks:
        steps.append(Step(REPLY, answer(casebook, desk, "--no-commit"), desk.folder, desk.size, VERSION))
    return steps


def committing(casebook, desks):
    """A committed reply, beside git's own way to commit a file that was changed before the clock began."""
    def rested(command):
        # git reads a file again that is as young as its index, which no person is quick enough to cause.
        return lambda: time.sleep(1) or command()

    steps = []
    for desk in desks:
        ours = answer(casebook, desk, "--commit")
        steps += [Step(COMMIT, rested(edited(desk)), desk.folder, desk.size),
                  Step(REPLY_COMMIT, rested(ours), desk.folder, desk.size, COMMIT)]
    return steps


def answer(casebook, desk, commit):
    tickets = itertools.cycle(desk.ordinary[:len(desk.ordinary) // 2])
    return lambda: [casebook, "reply", next(tickets).stem, commit, "-m", "Thank you. Which release is it?"]


def edited(desk):
    """Changes a ticket nobody else of the group touches, and gives the shell line that commits it."""
    tickets = itertools.cycle(desk.ordinary[len(desk.ordinary) // 2:])

    def command():
        ticket = next(tickets)
        with open(ticket, "a") as file:
            file.write("# x\n")
        return ["sh", "-c", f"git add '{ticket.relative_to(desk.folder)}' && git commit -q -m x"]
    return command


def fossil_search(word):
    return ["show", "0", f"title LIKE '%{word}%' OR comment LIKE '%{word}%'"]


def git_issue_search(word):
    return ["list", "--filter", f"description=*{word}*"]


def peers(casebook, desk, filled):
    """The same work on every peer: groups that stand beside taskwarrior."""
    def ours(name, *words, of):
        return Step(name, [casebook, *words], desk.folder, desk.size, of)

    def task(name, kind, *words, of=None):
        return [Step(name, filled[kind].command(*words), desk.folder, desk.size, of)] if kind in filled else []

    def fossil(name, *words, of):
        return [Step(name, filled["fossil"].command(*words), desk.folder, desk.size, of)] if "fossil" in filled else []

    def git_issue(name, *words, of):
        folder = filled["git-issue"].folder if "git-issue" in filled else None
        return [Step(name, ["git-issue", *words], folder, desk.size, of)] if folder else []

    def search(word):
        theirs = f"task {word} list{TEXTS}"
        return [*task(theirs, "task with texts", word, "list"),
                ours(f"casebook search {word}", "search", word, of=theirs),
                *fossil(f"fossil ticket show 0, LIKE '%{word}%'", *fossil_search(word), of=theirs),
                *git_issue(f"git-issue list --filter description=*{word}*", *git_issue_search(word), of=theirs)]

    new = "The export of a dashboard is blank"
    return {
        PEERS_LIST: [*task("task list", "task", "list"),
                     *task(f"task list{TEXTS}", "task with texts", "list", of="task list"),
                     ours("casebook list", "list", of="task list"),
                     *fossil("fossil ticket show", "show", "All Tickets", of="task list"),
                     *git_issue("git-issue list", "list", of="task list")],
        **{title: search(word) for word, title in PEERS_SEARCH.items()},
        PEERS_ADD: [*task("task add", "task", "add", new, "priority:H"),
                    *task(f"task add{TEXTS}", "task with texts", "add", new, "priority:H", of="task add"),
                    ours(OPEN, "open", "-s", new, "-p", "S1", "-m", new, "--no-commit", of="task add"),
                    ours(OPEN_COMMIT, "open", "-s", new, "-p", "S1", "-m", new, "--commit", of="task add"),
                    *fossil("fossil ticket add", "add", "title", new, "status", "Open", of="task add"),
                    *git_issue("git-issue new (commits)", "new", new, of="task add")],
    }


def peers_answers(casebook, desk, filled, environment):
    """Whether the peers find as many tickets with a word as casebook does, before any is added."""
    def lines(*command, folder=desk.folder):
        done = subprocess.run(command, cwd=folder, env=environment, check=True, text=True, stdout=subprocess.PIPE)
        return done.stdout.splitlines()

    seen = []
    for word in PEERS_SEARCH:
        found = {}
        if "task with texts" in filled:
            found["taskwarrior"] = int(lines(*filled["task with texts"].command(word, "count"))[0])
        if "fossil" in filled:
            found["fossil"] = len(lines(*filled["fossil"].command(*fossil_search(word)))) - 1
        if "git-issue" in filled:
            issues = filled["git-issue"].folder
            found["git-issue"] = len(lines("git-issue", *git_issue_search(word), folder=issues)) - 2
        ours = len(set(lines(casebook, "search", "--format", "{{ id }}", word)))
        for name, count in found.items():
            sentence = f"{name} finds {count:,} tickets with `{word}`, as casebook does ({desk.size:,} tickets)"
            seen.append([sentence, count == ours])
    return seen


def answers(casebook, desk):
    """Whether the answers that are compared are the same: a sentence for each comparison, and whether it holds."""
    seen = []
    if shutil.which("rg"):
        for word in SEARCHES:
            files = desk.run("rg", "-il", word, "tickets").split()
            theirs = {file.rpartition("/")[2].removesuffix(".yaml") for file in files}
            ours = set(desk.run(casebook, "search", "--format", "{{ id }}", word).split())
            seen.append((f"`search '{word}'` and `rg -il '{word}'` name the same {len(theirs):,} tickets", ours == theirs))
    for query in (LIST.split(), ["list"]):
        with_index, without = (desk.run(casebook, *query, *more) for more in ([], ["--no-index"]))
        lines = len(with_index.splitlines())
        seen.append((f"`{' '.join(query)}` prints the same with and without the index, {lines:,} lines",
                     with_index == without and lines > 0))
    return [[f"{sentence} ({desk.size:,} tickets)", holds] for sentence, holds in seen]
