//! CB400 to CB499: the history of git, for `audit`.

crate::domain::rules::table! {
    HISTORY_REMOVED = "CB401" "history.removed" Error {
        title: "a commit took an entry out of a ticket's history",
        explanation: "Histories only grow: every version of a ticket holds the entries of the versions before it. An entry that is gone was taken out by hand, or lost by a merge without casebook's merge driver.",
        example: "git show COMMIT -- tickets/…        (a `-` before the lines of an entry)",
        repair: "Bring the entry back where it stood, in a new commit: `git show COMMIT^:FILE` has its bytes. What is wrong in an entry is corrected by `casebook correct`, and hidden by `casebook redact`.",
    }
    HISTORY_EDITED = "CB402" "history.edited" Error {
        title: "a commit changed the bytes of an older entry",
        explanation: "An entry is written once. No command prints it again, not even to spell the same in another way; so other bytes mean that somebody edited it. A comment that came between entries stands behind the older one and counts as its own; the message says that it is one.",
        example: "-    Which release?\n+    Which browser?",
        repair: "Put the old bytes back, in a new commit: `git show COMMIT^:FILE` has them. What was wrong is said by `casebook correct TICKET ENTRY`.",
    }
    HISTORY_REORDERED = "CB403" "history.reordered" Error {
        title: "a commit changed the order of a ticket's entries",
        explanation: "The header is what the entries lead to in their order, so another order is another ticket. Commands and merges keep it.",
        example: "an entry that stood before another one stands behind it",
        repair: "Put the entries back in the order of their ids, in a new commit.",
    }
    HISTORY_INSERTED = "CB404" "history.inserted" Warning {
        title: "a commit put an entry before older ones",
        explanation: "Commands add entries at the end. A commit that was rebased brings them where their time belongs, which is between others; so does somebody who wants an entry to look older than it is.",
        example: "git rebase main        (while both sides wrote to the same ticket)",
        repair: "Ask who made the commit. `casebook sync` and `git merge` leave both sides in the history as they were made.",
    }
    TICKET_DELETED = "CB405" "ticket.deleted" Error {
        title: "a commit deleted a ticket's file",
        explanation: "Tickets are solved, never deleted. What git still has can be brought back. Of a desk that was taken away its casebook.toml is named.",
        example: "git rm tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml",
        repair: "`git checkout COMMIT^ -- FILE` brings it back; commit that.",
    }
    TICKET_MOVED = "CB406" "ticket.moved" Error {
        title: "a commit moved a ticket's file",
        explanation: "The path is a function of the id alone. At another place the ticket is found by nobody. Of a desk that was moved its casebook.toml is named: what lay there before is another audit's.",
        example: "git mv tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml archive/",
        repair: "Move it back with `git mv`, and commit that.",
    }
    HISTORY_UNREADABLE = "CB407" "history.unreadable" Error {
        title: "a commit holds a ticket that cannot be read",
        explanation: "A file with conflict markers, cut off, or broken by hand was committed. Whether it keeps its history cannot be told from it; the next sound version is compared with the last sound one before.",
        example: "<<<<<<< HEAD        (committed)",
        repair: "Where a later commit has a sound file there is nothing to do but to know; else mend it: `casebook check` names the line.",
    }
    AUDIT_RIGHTS = "CB408" "entry.rights" Error {
        title: "an entry was made by somebody who may not make it",
        explanation: "Who may do what is decided by casebook.toml and the organisations as they were before the commit: [team] says who is an agent, organizations/ who may do more than a requester. Somebody who is no agent wrote an entry as one, or did to a ticket what is not theirs to do, or opened one that [eligibility] was against.",
        example: "- by: ana@acme.example\n  role: agent        (and no agent of that name in casebook.toml)",
        repair: "If the person should be an agent, an agent adds them to [team] first, in a commit of its own. Else the entry was forged: it can be redacted, not taken out.",
    }
    AUDIT_IDENTITY = "CB409" "entry.identity" Error {
        title: "an entry names somebody else than its commit does",
        explanation: "The person of an entry is the author of the commit that brought it, or named by its trailer `On-behalf-of:`. A command sees to that; by hand anything can be written. Entries of imported tickets are exempt, and so are a sweep's (role `system`), which bear the name of the agent who let it run; both are counted. The guard exempts neither.",
        example: "by: lea@desk.example        (in a commit of ana@acme.example without a trailer)",
        repair: "Ask the author of the commit. A commit made for somebody else says so: `git commit --trailer \"On-behalf-of: WHO\"`, or `casebook --as WHO`.",
    }
    AUDIT_TIME = "CB410" "entry.time" Error {
        title: "the time of an entry does not fit its place",
        explanation: "Times run forward: an entry is no older than the one before it, bears the time its id was made at, and is no younger than its commit; `--tolerance` says how far clocks may differ.",
        example: "at: 2026-11-19T08:00:00Z        (behind an entry of 2026-11-21)",
        repair: "Clocks that were wrong explain a little; set them by NTP. What no clock explains was written by hand.",
    }
    AUDIT_COUNTERPART = "CB411" "entry.alone" Warning {
        title: "an entry records one side of what happened to two tickets",
        explanation: "A merge, its end, and a reply to a merged ticket make an entry on both tickets, in one commit. Here the other ticket's is missing from it: it was committed apart, or somebody wrote this one alone.",
        example: "- action: merged\n  source: 01M7ZH3CA08R6T2M4N0P5S7W1X        (which has no entry `merge`)",
        repair: "`casebook check` tells whether both tickets agree now.",
    }
    COMMIT_UNSIGNED = "CB412" "commit.unsigned" Error {
        title: "a commit is not signed",
        explanation: "With `--signed` every commit is signed with a key that casebook.toml names under [signing], as it was before the commit.",
        example: "git commit        (without `commit.gpgSign`)",
        repair: "`git config commit.gpgSign true` signs from now on. What is not signed cannot be signed later without rewriting it.",
    }
    COMMIT_SIGNER = "CB413" "commit.signer" Error {
        title: "a commit is signed with a key that casebook.toml does not name",
        explanation: "[signing] in casebook.toml names the keys of each person. This signature is of none of them, does not fit the commit, or cannot be verified here.",
        example: "git log -1 --format=\"%G? %GF\" COMMIT",
        repair: "If the key is somebody's of the desk, add it under [signing]; else ask the author. OpenPGP keys have to be in gpg's keyring too.",
    }
    HISTORY_REWRITTEN = "CB414" "history.rewritten" Error {
        title: "commits that were verified are no longer there",
        explanation: "The commits up to which an earlier audit went have no place in this history: it was rewritten, as by a rebase, a filter or a force push, or another branch is checked out. A rewrite is also how redacted words leave it; then this is the place that says so. An older commit of the same history is no violation while a branch or a tag still leads to what was verified.",
        example: "git push --force",
        repair: "Ask who rewrote it, and why; `git reflog` may still have the commits. All that HEAD leads to was audited with this; where nothing else is wrong, it counts as verified from now on, and this is told once. So it does after a `casebook audit` of all of it that finds nothing.",
    }
    POLICY_UNREADABLE = "CB415" "policy.unreadable" Error {
        title: "a commit holds a casebook.toml that cannot be read",
        explanation: "Who may do what could not be told after this commit. What follows is judged by the last one that can be read.",
        example: "agents = [\"kenji@desk.example\"        (no closing bracket)",
        repair: "Where a later commit has a sound file there is nothing to do; else mend casebook.toml.",
    }
    HISTORY_SHALLOW = "CB416" "history.shallow" Warning {
        title: "the history is not all there",
        explanation: "A shallow clone ends somewhere, and what lies before that is taken as it is. Grafts and replace refs show another history than the one that was made; they are not followed here.",
        example: "git clone --depth 1 URL",
        repair: "`git fetch --unshallow` brings all of it; in CI, let the checkout fetch everything (`fetch-depth: 0`).",
    }
    ATTACHMENT_DELETED = "CB417" "attachment.deleted" Error {
        title: "a commit deleted an attachment",
        explanation: "What entries name is not deleted, as tickets are not. An attachment that was moved is found by nobody: its path follows from its bytes alone.",
        example: "git rm attachments/ab/abcdef…",
        repair: "`git checkout COMMIT^ -- FILE` brings it back; commit that.",
    }
    ATTACHMENT_CHANGED = "CB418" "attachment.changed" Error {
        title: "a commit changed the bytes of an attachment",
        explanation: "An attachment is named after its bytes, so other bytes are another attachment, at another place.",
        example: "echo more >> attachments/ab/abcdef…        (committed)",
        repair: "`git checkout COMMIT^ -- FILE` brings the bytes back; commit that. New ones come with `casebook attach`.",
    }
}
