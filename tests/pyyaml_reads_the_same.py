"""Whether PyYAML, a YAML 1.1 reader, reads the ticket files of a folder as casebook means them.

Beside each NAME.yaml lies NAME.json with the values; times are {"time": RFC 3339} there, since PyYAML turns
plain timestamps into datetimes. Prints what differs and ends with 1, or prints how many files are the same.
"""

import datetime
import json
import pathlib
import sys

import yaml


def same(theirs, ours):
    if isinstance(ours, dict) and set(ours) == {"time"}:
        if not isinstance(theirs, datetime.datetime):
            return False
        if theirs.tzinfo is None:
            theirs = theirs.replace(tzinfo=datetime.timezone.utc)
        return theirs == datetime.datetime.fromisoformat(ours["time"].replace("Z", "+00:00"))
    if type(theirs) is not type(ours):
        return False
    if isinstance(ours, dict):
        return list(theirs) == list(ours) and all(same(theirs[name], ours[name]) for name in ours)
    if isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(same, theirs, ours))
    return theirs == ours


def differences(theirs, ours, path="ticket"):
    if isinstance(theirs, dict) and isinstance(ours, dict) and list(theirs) == list(ours):
        for name in ours:
            yield from differences(theirs[name], ours[name], f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for place, (one, other) in enumerate(zip(theirs, ours)):
            yield from differences(one, other, f"{path}[{place}]")
    elif not same(theirs, ours):
        yield f"{path}: PyYAML reads {theirs!r}, casebook means {ours!r}"


def main(folder):
    files = sorted(pathlib.Path(folder).glob("*.yaml"))
    different = 0
    for file in files:
        ours = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        try:
            theirs = yaml.safe_load(file.read_text(encoding="utf-8"))
            found = [] if same(theirs, ours) else list(differences(theirs, ours)) or ["it differs"]
        except yaml.YAMLError as error:
            found = [str(error)]
        different += bool(found)
        for line in found:
            print(f"{file}: {line}")
    print(f"{len(files) - different} of {len(files)} files are the same")
    return 1 if different or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
