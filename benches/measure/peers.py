"""The peers: installed if they are missing, and filled with the tickets of a desk in the quickest way each one has.

Every peer is measured as it comes, with colours, questions and hooks off. What was done otherwise is said in `notes`.
"""
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess

import desk

DEBIAN = {"task": "taskwarrior", "fossil": "fossil", "rg": "ripgrep"}
# Installing a peer may take so many seconds.
PATIENCE = 900


def install(work, notes, may_install, say=print):
    """Adds the peers that are missing. Which ones there are is asked again of PATH, so a failure is no error."""
    folder = work / "peers"
    os.environ["PATH"] += f"{os.pathsep}{folder / 'bin'}"
    missing = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if missing and may_install and shutil.which("apt-get"):
        say(f"installing {', '.join(missing)}")
        attempt([*root, "apt-get", "update"])
        attempt([*root, "apt-get", "install", "-y", "--no-install-recommends", *missing])
    if not shutil.which("git-issue") and may_install and shutil.which("cargo"):
        say("installing git-issue")
        attempt(["cargo", "install", "--quiet", "--locked", "--root", str(folder), "git-issue"])
    for program, package in {**DEBIAN, "git-issue": "git-issue"}.items():
        if not shutil.which(program):
            notes.append(f"{package} was not there and could not be installed: its rows are missing.")


def attempt(command):
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=PATIENCE, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    except (OSError, subprocess.TimeoutExpired):
        pass


def version(program, *arguments):
    """The version of a program; None if it is not there."""
    if not shutil.which(program):
        return None
    said = subprocess.run([program, *arguments], text=True, stdout=subprocess.PIPE).stdout
    return number_in(said)


def number_in(said):
    """The first version number.

    >>> number_in("This is fossil version 2.21 [3c53b6364e] 2023"), number_in("git version 2.47.3"), number_in("none")
    ('2.21', '2.47.3', 'unknown')
    """
    found = re.search(r"\d+(\.\d+)+", said)
    return found.group() if found else "unknown"


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Taskwarrior:
    """Tasks with the subject as their description; with `texts`, an annotation for each entry's text."""

    def __init__(self, folder, tickets, texts, environment):
        fresh(folder)
        settings = {"data.location": folder, "confirmation": "no", "verbose": "nothing", "hooks": "0", "color": "off"}
        (folder / "taskrc").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self.rc = f"rc:{folder / 'taskrc'}"
        (folder / "in.json").write_text(json.dumps([task(facts, said if texts else []) for facts, said in tickets]))
        subprocess.run(["task", self.rc, "import", str(folder / "in.json")], env=environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def command(self, *words):
        return ["task", self.rc, *words]


def task(facts, texts):
    """A ticket as a task to import.

    >>> task({"subject": "S", "organization": "o", "priority": "S1"}, ["a\\nb"])["annotations"]
    [{'entry': '20250101T000000Z', 'description': 'a b'}]
    """
    begin = datetime.datetime(2025, 1, 1)
    said = [{"entry": f"{begin + datetime.timedelta(seconds=place):%Y%m%dT%H%M%SZ}",
             "description": text.replace("\n", " ")} for place, text in enumerate(texts)]
    return {"description": facts["subject"], "status": "pending", "entry": f"{begin:%Y%m%dT%H%M%SZ}",
            "project": facts["organization"], "priority": {"S1": "H", "S2": "M"}.get(facts["priority"], "L"),
            "annotations": said}


class Fossil:
    """A repository rebuilt from ticket artifacts: `fossil ticket add` ten thousand times would take minutes."""

    def __init__(self, folder, tickets, environment):
        fresh(folder)
        parts = fresh(folder / "artifacts" / "00")
        for facts, texts in tickets:
            fields = {"title": facts["subject"], "comment": "\n".join(texts), "status": "Open",
                      "priority": facts["priority"]}
            (parts / facts["id"]).write_text(artifact(fields, facts["id"]))
        self.folder = folder
        subprocess.run(["fossil", "reconstruct", str(folder / "desk.fossil"), str(folder / "artifacts")],
                       env=environment, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder / "artifacts")

    def command(self, *words):
        return ["fossil", "ticket", *words, "-R", str(self.folder / "desk.fossil")]


def artifact(fields, name):
    """A ticket change in fossil's own form.

    >>> print(artifact({"title": "a b"}, "x").split("K ")[0])
    D 2025-01-01T00:00:00.000
    J title a\\sb
    <BLANKLINE>
    """
    def spelled(text):
        for plain, written in {"\\": "\\\\", " ": "\\s", "\n": "\\n"}.items():
            text = text.replace(plain, written)
        return text

    body = "D 2025-01-01T00:00:00.000\n"
    body += "".join(f"J {key} {spelled(value)}\n" for key, value in sorted(fields.items()) if value)
    body += f"K {hashlib.sha1(name.encode()).hexdigest()}\nU agent1\n"
    return f"{body}Z {hashlib.md5(body.encode()).hexdigest()}\n"


class GitIssue:
    """A repository whose issue files were written here and committed at once: `new` makes a commit for each issue."""

    def __init__(self, folder, tickets, environment):
        self.folder = fresh(folder)
        for command in (["git", "init", "-q"], ["git", "commit", "-q", "--allow-empty", "-m", "begin"],
                        ["git-issue", "init"]):
            self.run(command, environment)
        for number, (facts, texts) in enumerate(tickets, 1):
            issue = folder / ".gitissues" / "issues" / f"{number:010}"
            (issue / "attachments").mkdir(parents=True)
            (issue / "attachments" / ".gitkeep").touch()
            (issue / "meta.yaml").write_text(meta(number, facts))
            (issue / "description.md").write_text("\n\n".join([facts["subject"], *texts]) + "\n")
        for command in (["git", "add", "-A"], ["git", "commit", "-q", "-m", "issues"], ["git", "gc", "--quiet"]):
            self.run(command, environment)

    def run(self, command, environment):
        subprocess.run(command, cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def meta(number, facts):
    moment = "2025-01-01T00:00:00Z"
    return (f"_version: 1\nid: {number}\ntitle: {facts['subject']}\nstate: new\ntype: ''\nlabels: []\nreporter: ''\n"
            f"assignee: ''\npriority: ''\ndue_date: ''\nrelationships: {{}}\ncreated: {moment}\nupdated: {moment}\n")


def fill(work, source, environment, notes, say=print):
    """Every peer that is there, filled with the tickets of a desk. One that cannot be filled is left out and told."""
    tickets = list(desk.tickets(source))
    ways = {
        "task": lambda: Taskwarrior(work / "taskwarrior", tickets, False, environment),
        "task with texts": lambda: Taskwarrior(work / "taskwarrior-texts", tickets, True, environment),
        "fossil": lambda: Fossil(work / "fossil", tickets, environment),
        "git-issue": lambda: GitIssue(work / "git-issue", tickets, environment),
    }
    filled = {}
    for name, way in ways.items():
        if not shutil.which(name.split()[0]):
            continue
        say(f"filling {name}")
        try:
            filled[name] = way()
        except (OSError, subprocess.CalledProcessError) as error:
            notes.append(f"{name} could not be filled ({type(error).__name__}): its rows are missing.")
    return filled
