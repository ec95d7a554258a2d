"""What the figures were made on, without names of places."""
import os
import pathlib
import platform
import re
import time

import peers


def described(work, casebook):
    """Lines for the page: processor, memory, system, versions."""
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = int(re.search(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) / 1024 / 1024
    versions = {"casebook": peers.version(str(casebook), "--version"), "git": peers.version("git", "--version"),
                "ripgrep": peers.version("rg", "--version"), "taskwarrior": peers.version("task", "--version"),
                "fossil": peers.version("fossil", "version"), "git-issue": peers.version("git-issue", "--version")}
    return {"processor": f"{os.cpu_count()} processors, {cpu.group(1) if cpu else platform.machine()}",
            "memory": f"{memory:.0f} GiB of memory", "files": filesystem(work),
            "system": f"{platform.system()} {platform.release().split('-')[0]}",
            "binary": f"{os.path.getsize(casebook):,} bytes",
            "versions": [f"{name} {said}" for name, said in versions.items() if said]}


def filesystem(folder):
    """The kind of file system that a folder is on."""
    folder, best = str(folder.resolve()), ("", "unknown")
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, place, kind = line.split()[:3]
        if (folder + "/").startswith(place.rstrip("/") + "/") and len(place) > len(best[0]):
            best = place, kind
    return best[1]


def now():
    """The clock of the run, and how busy the machine was just then."""
    return {"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "load": round(os.getloadavg()[0], 1)}
