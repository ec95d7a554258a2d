"""Runs a program on a terminal of its own: waits for what it says, and types what is answered.

Usage: terminal.py '[["says", "keys"], ...]' PROGRAM ARGUMENT...
Prints what the program printed, and ends with its exit code; 124 where it never said what was waited for.
"""

import json
import os
import pty
import select
import sys
import time

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
printed, unseen, deadline = b"", b"", time.monotonic() + 60
while True:
    ready, _, _ = select.select([terminal], [], [], 0.2)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            break
        printed += chunk
        unseen += chunk
    if answers and answers[0][0].encode() in unseen and not ready:
        says, keys = answers.pop(0)
        unseen = b""
        os.write(terminal, keys.encode())
    if time.monotonic() > deadline:
        sys.stderr.write(f"waited in vain for {answers[:1]} behind {printed!r}\n")
        os.kill(child, 9)
        sys.exit(124)
_, status = os.waitpid(child, 0)
sys.stdout.write(printed.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(status))
