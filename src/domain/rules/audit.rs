//! The rules for the history of git, CB400 to CB499, for `audit`.

crate::domain::rules::table! {
    HISTORY_REMOVED = "CB401" "history.removed" Error {
        title: "a commit removed an entry from a ticket's history",
        explanation: "Histories only grow: every version of a ticket contains the entries of the versions before it. A missing entry was removed by hand, or lost by a merge without casebook's merge driver.",
        example: "git show COMMIT -- tickets/…        (with a `-` before the lines of an entry)",
        repair: "Restore the entry at its place, in a new commit: `git show COMMIT^:FILE` prints its bytes. To correct an entry, use `casebook correct`; to hide its text, use `casebook redact`.",
    }
    HISTORY_EDITED = "CB402" "history.edited" Error {
        title: "a commit changed the bytes of an older entry",
        explanation: "An entry is written once. No command prints it again, not even to make it canonical, so different bytes mean that it was edited by hand. A comment between two entries belongs to the one before it; the message says so if only such a comment changed.",
        example: "-    Which release?\n+    Which browser?",
        repair: "Restore the old bytes in a new commit: `git show COMMIT^:FILE` prints them. To correct the entry, use `casebook correct TICKET ENTRY`.",
    }
    HISTORY_REORDERED = "CB403" "history.reordered" Error {
        title: "a commit changed the order of a ticket's entries",
        explanation: "The header results from the entries in their order, so another order is another ticket. Commands and merges keep the order.",
        example: "an entry that was before another one is now after it",
        repair: "Sort the entries by their ids, in a new commit.",
    }
    HISTORY_INSERTED = "CB404" "history.inserted" Warning {
        title: "a commit inserted an entry before older ones",
        explanation: "Commands add entries at the end. A rebased commit adds them in the order of their times, which may be between others. An entry that was made to look older than it is has the same effect.",
        example: "git rebase main        (while both sides wrote to the same ticket)",
        repair: "Ask the author of the commit. `casebook sync` and `git merge` keep the history of both sides as it was made.",
    }
    TICKET_DELETED = "CB405" "ticket.deleted" Error {
        title: "a commit deleted a ticket's file",
        explanation: "Tickets are solved, never deleted. A file that is still in git can be restored. If a whole desk was removed, the finding is on its casebook.toml.",
        example: "git rm tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml",
        repair: "Restore the file with `git checkout COMMIT^ -- FILE`, and commit it.",
    }
    TICKET_MOVED = "CB406" "ticket.moved" Error {
        title: "a commit moved a ticket's file",
        explanation: "The path follows from the id only, so no command finds the ticket at another place. If a whole desk was moved, the finding is on its casebook.toml; the history at its old place must be audited separately.",
        example: "git mv tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml archive/",
        repair: "Move the file back with `git mv`, and commit it.",
    }
    HISTORY_UNREADABLE = "CB407" "history.unreadable" Error {
        title: "a commit contains a ticket that cannot be read",
        explanation: "The committed file has conflict markers, was cut off, or was damaged by hand. Its history cannot be compared; the next valid version is compared with the last valid one.",
        example: "<<<<<<< HEAD        (committed)",
        repair: "If a later commit contains a valid file, nothing needs to be done. Otherwise repair the file: `casebook check` reports the line.",
    }
    AUDIT_RIGHTS = "CB408" "entry.rights" Error {
        title: "an entry was made by a person who may not make it",
        explanation: "casebook.toml and the organizations, as they were before the commit, decide who may do what: [team] lists the agents, and organizations/ lists the people who may do more than a requester. The person is not an agent and wrote an entry as one, did something to a ticket that their role does not permit, or opened a ticket against the rules of [eligibility].",
        example: "- by: ana@acme.example\n  role: agent        (but casebook.toml does not list her as an agent)",
        repair: "If the person should be an agent, an agent must first add them to [team], in a separate commit. Otherwise the entry was forged: it can be redacted, but not removed.",
    }
    AUDIT_IDENTITY = "CB409" "entry.identity" Error {
        title: "an entry names another person than its commit",
        explanation: "The person of an entry must be the author of the commit that added it, or be named in its trailer `On-behalf-of:`. Commands ensure this. Entries of imported tickets are exempt, and so are those of a sweep (role `system`), which name the agent who ran it; both are counted. The guard exempts neither.",
        example: "by: lea@desk.example        (in a commit by ana@acme.example without a trailer)",
        repair: "Ask the author of the commit. A commit for another person must name them: `git commit --trailer \"On-behalf-of: PERSON\"`, or `casebook --as PERSON`.",
    }
    AUDIT_TIME = "CB410" "entry.time" Error {
        title: "the time of an entry does not fit its place",
        explanation: "An entry must not be older than the previous one, must have the time of its id, and must not be younger than its commit. `--tolerance` is the difference between clocks that is accepted.",
        example: "at: 2026-11-19T08:00:00Z        (after an entry of 2026-11-21)",
        repair: "A small difference means that a clock was wrong; synchronize it with NTP. A larger one means that the entry was written by hand.",
    }
    AUDIT_COUNTERPART = "CB411" "entry.alone" Warning {
        title: "an entry about two tickets is on one of them only",
        explanation: "A merge, an unmerge, and a reply to a merged ticket each add an entry to both tickets in one commit. The entry on the other ticket is missing from this commit: it was committed separately, or this entry was written by hand.",
        example: "- action: merged\n  source: 01M7ZH3CA08R6T2M4N0P5S7W1X        (which has no entry `merge`)",
        repair: "Run `casebook check`, which reports if the two tickets still disagree.",
    }
    COMMIT_UNSIGNED = "CB412" "commit.unsigned" Error {
        title: "a commit is not signed",
        explanation: "With `--signed`, every commit must be signed with a key that casebook.toml listed under [signing] before the commit.",
        example: "git commit        (without `commit.gpgSign`)",
        repair: "Sign future commits with `git config commit.gpgSign true`. An existing commit can only be signed by rewriting it.",
    }
    COMMIT_SIGNER = "CB413" "commit.signer" Error {
        title: "a commit is signed with a key that casebook.toml does not list",
        explanation: "[signing] in casebook.toml lists the keys of each person. This signature was made with another key, does not match the commit, or cannot be verified on this machine.",
        example: "git log -1 --format=\"%G? %GF\" COMMIT",
        repair: "If the key belongs to a person of the desk, add it under [signing]. Otherwise ask the author. OpenPGP keys must also be in the keyring of gpg.",
    }
    HISTORY_REWRITTEN = "CB414" "history.rewritten" Error {
        title: "verified commits are no longer in the history",
        explanation: "The commits up to which an earlier audit was successful are not in this history. It was rewritten, for example by a rebase, a filter or a force push, or another branch is checked out. Redacted text can only be removed by a rewrite, which also causes this finding. Checking out an older commit of the same history is not a violation, as long as a branch or tag still contains the verified commits.",
        example: "git push --force",
        repair: "Ask who rewrote the history, and why; `git reflog` may still list the commits. This audit included all commits of HEAD: if nothing else was found, they count as verified, and this finding does not recur. The same is true after a full `casebook audit` without findings.",
    }
    POLICY_UNREADABLE = "CB415" "policy.unreadable" Error {
        title: "a commit contains a casebook.toml that cannot be read",
        explanation: "After this commit, the permissions are not known. The following commits are audited with the last casebook.toml that can be read.",
        example: "agents = [\"kenji@desk.example\"        (without the closing bracket)",
        repair: "If a later commit contains a valid file, nothing needs to be done. Otherwise repair casebook.toml.",
    }
    HISTORY_SHALLOW = "CB416" "history.shallow" Warning {
        title: "the history is incomplete",
        explanation: "A shallow clone does not contain the oldest commits, so what was before them cannot be audited. Grafts and replace refs show another history than the one that was made, and are ignored.",
        example: "git clone --depth 1 URL",
        repair: "`git fetch --unshallow` fetches the complete history; in CI, configure the checkout to do so (`fetch-depth: 0`).",
    }
    ATTACHMENT_DELETED = "CB417" "attachment.deleted" Error {
        title: "a commit deleted an attachment",
        explanation: "The attachments of entries are never deleted. An attachment that was moved cannot be found, because its path follows from its bytes only.",
        example: "git rm attachments/ab/abcdef…",
        repair: "Restore the file with `git checkout COMMIT^ -- FILE`, and commit it.",
    }
    ATTACHMENT_CHANGED = "CB418" "attachment.changed" Error {
        title: "a commit changed the bytes of an attachment",
        explanation: "An attachment is named after its bytes, so other bytes are another attachment, at another path.",
        example: "echo more >> attachments/ab/abcdef…        (committed)",
        repair: "Restore the bytes with `git checkout COMMIT^ -- FILE`, and commit them. Add new attachments with `casebook attach`.",
    }
}
