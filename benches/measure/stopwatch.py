"""Runs commands and measures them, from a small process of its own.

A child's peak memory is never less than that of the process that started it, so the one that starts the measured
commands has to be small. Run as a program, this file reads commands as lines of JSON and answers with lines of JSON;
`Stopwatch` is the other end.
"""
import json
import os
import sys
import time


class Stopwatch:
    """The small process. `run` gives milliseconds, CPU milliseconds and peak MiB of one whole command."""

    def __init__(self, environment, said):
        import subprocess  # not at the top: the small process has no use for it
        self.said = said
        command = [sys.executable, "-I", "-S", __file__, said]
        self.process = subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, text=True)
        self.floor = self.run(["/bin/true"], "/")["mib"]

    def run(self, argv, folder, codes=(0,)):
        self.process.stdin.write(json.dumps([argv, str(folder)]) + "\n")
        self.process.stdin.flush()
        seen = json.loads(self.process.stdout.readline())
        if seen["code"] not in codes:
            with open(self.said, errors="replace") as text:
                raise SystemExit(f"{' '.join(argv)}\n  ended with {seen['code']}: {text.read().strip()}")
        return seen


def measured(argv, folder, said):
    """One command from start to end; what it prints goes nowhere, its errors to the file `said`."""
    os.chdir(folder)
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
               (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
               (os.POSIX_SPAWN_OPEN, 2, said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    began = time.perf_counter()
    child = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    spent = time.perf_counter() - began
    return {"ms": spent * 1000, "cpu": (usage.ru_utime + usage.ru_stime) * 1000, "mib": usage.ru_maxrss / 1024,
            "code": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(measured(*json.loads(line), sys.argv[1])), flush=True)
