#!/usr/bin/env bash
# Writes the first inputs of the fuzz targets to fuzz/corpus/, which git ignores: tickets with all kinds of entries in
# all their versions, merges, and queries. Usage: fuzz/corpus.sh PROGRAM, with the path of casebook.
set -euo pipefail
program=$(realpath "$1")
corpus=$(realpath "$(dirname "$0")")/corpus
desk=$(mktemp -d)
trap 'rm -rf "$desk"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null CASEBOOK_ACTOR=kenji@desk.example
export CASEBOOK_NOW=2026-11-23T09:00:00Z CASEBOOK_SEED=1
count=0
# Runs a command a minute after the one before, with another seed.
desk() {
  count=$((count + 1))
  CASEBOOK_SEED=$count CASEBOOK_NOW=$(date -u -d "2026-11-23T09:00:00Z + $count minutes" +%FT%TZ) \
    "$program" -C "$desk" --quiet "$@" >/dev/null
}
open() { # opens a ticket with the given arguments and prints its id
  count=$((count + 1))
  CASEBOOK_SEED=$count CASEBOOK_NOW=$(date -u -d "2026-11-23T09:00:00Z + $count minutes" +%FT%TZ) \
    "$program" -C "$desk" --as ana@acme.example open --json "$@" | sed -n 's/.*"id": *"\([0-9A-Z]\{26\}\)".*/\1/p' | head -1
}

git -C "$desk" init -q -b main
git -C "$desk" config user.email kenji@desk.example
git -C "$desk" config user.name Kenji
desk init
head -c 300 /dev/urandom >"$desk/report.bin"
printf 'a: b\n' >"$desk/straße 1.txt"

plain=$(open -s 'Dashboards are slow' -m 'Since Monday.')
attached=$(open -s '“Quoted”: # no comment' -m $'Two lines\n\n  and one indented\n' --attach "$desk/report.bin" --attach "$desk/straße 1.txt")
other=$(open -s 'ダッシュボード' -m 'x')
urgent=$(open -s 'Down' --priority S1 -m "$(seq 1 40)")
followed=$(open -s 'Solved once' -m 'y' --key 'mail-1')
for ticket in "$plain" "$attached" "$other" "$urgent" "$followed"; do
  desk reply "$ticket" -m 'Which release?' --attach "$desk/report.bin"
  desk --as ana@acme.example reply "$ticket" -m '26.18'
done
desk hold "$plain" --reason engineering
desk note "$attached" -m $'A note:\n- with\n- a list' --key k
desk escalate "$urgent" --reason business_impact -m 'Now.'
desk cc "$urgent" --add bo@acme.example
desk merge "$other" --into "$attached"
desk solve "$followed" --resolution agreed --agreed-by ana@acme.example
desk reopen "$followed"

mkdir -p "$corpus"/{ticket,canonical_reader,merge_file,query}
for ticket in "$plain" "$attached" "$other" "$urgent" "$followed"; do
  file=$(find "$desk/tickets" -name "$ticket.yaml")
  for version in $(git -C "$desk" log --format=%H -- "${file#"$desk"/}"); do
    git -C "$desk" show "$version:${file#"$desk"/}" >"$corpus/ticket/$ticket-${version:0:8}.yaml"
  done
  cp "$corpus/ticket/$ticket"-* "$corpus/canonical_reader/"
  # The ticket with an entry added on one clone, and another one added on a second clone.
  cp "$file" "$desk/base"
  desk note "$ticket" -m 'Ours.' --attach "$desk/report.bin" --no-commit && cp "$file" "$desk/ours" && cp "$desk/base" "$file"
  desk tag "$ticket" --add outage --no-commit && cp "$file" "$desk/theirs" && cp "$desk/base" "$file"
  { cat "$desk/base"; printf '\0'; cat "$desk/ours"; printf '\0'; cat "$desk/theirs"; } >"$corpus/merge_file/$ticket"
  { cat "$desk/base"; printf '\0'; cat "$desk/base"; printf '\0'; cat "$desk/theirs"; } >"$corpus/merge_file/$ticket-one"
done
number=0
for query in 'is:open assignee:none' 'priority:S1,S2 -tag:outage "slow dashboards"' 'due:<2h is:overdue' \
  'created:2026-11-01..2026-11-21 or organization:acme' 'fields.region=emea (status:on_hold or is:solved)' \
  'text:"two words" requester:me updated:>1w sort:-priority' 'saved:triage' 'entries:>3 kind:problem'; do
  number=$((number + 1))
  printf '%s' "$query" >"$corpus/query/$number"
done
find "$corpus" -type f | wc -l
