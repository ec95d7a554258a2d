//! The rules for one ticket, CB100 to CB199: its header, its history, and the workflow.

crate::domain::rules::table! {
    HEADER_DIFFERS = "CB101" "header.differs" Error (fixable) {
        title: "the header differs from the history",
        explanation: "The header is the result of the history, and is in the file for people, `grep` and diffs. A line that was changed by hand does not match any entry, and nothing can be written to the ticket until it is repaired.",
        example: "status: solved          (but no entry solves the ticket)",
        repair: "`casebook check --fix` rewrites the header from the history. Then make the intended change with a command, such as `casebook solve` or `casebook set`.",
    }
    ENTRY_ORDER = "CB102" "entry.order" Error {
        title: "an entry is not after the previous one in the order of ids",
        explanation: "The ids in a history strictly increase. Entries in another order were moved or written by hand, and their replay results in another ticket.",
        example: "- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6\n…\n- id: 01M7ZH3CA08R6T2M4N0P5S7W1X",
        repair: "Sort the entries by their ids: `git diff` and `git log -p FILE` show the former order.",
    }
    ENTRY_CONCURRENT = "CB103" "entry.concurrent" Warning {
        title: "an entry was written while another one was written on another clone",
        explanation: "The entry recorded another status, priority or field than the history before it results in. Two clones wrote at the same time, and a merge united their entries. Nothing is lost: the history contains both entries, and the header results from them in the order of their ids. A solve whose author did not know of a merge into the ticket is not visible in the file: the merge driver, `resolve` and `sync` report it when the two sides meet.",
        example: "one clone solves the ticket (`from: open`), the other one puts it on hold (`from: open`)",
        repair: "Read both entries with `casebook log TICKET`, and use a command to bring the ticket into the intended state.",
    }
    ENTRY_ILLEGAL = "CB104" "entry.illegal" Error {
        title: "an entry does what the ticket did not allow",
        explanation: "Every command checks that the workflow allows its action. This entry recorded the actual state of the ticket, but no command could have written it: it was made or changed by hand. The entries of imported tickets are exempt, because they come from another system.",
        example: "- action: resume\n  from: open\n  to: open",
        repair: "Remove the entry if it was never pushed, and use a command for the intended action; `git log -p FILE` shows the author. `docs/workflow.md` lists the allowed actions.",
    }
    ENTRY_ROLE = "CB105" "entry.role" Error {
        title: "an entry does what its role does not permit",
        explanation: "An entry records the role of its person: agent, customer or system. Customers cannot write notes, hold, remind, merge, assign or de-escalate; the system can only remind, and solve for no response.",
        example: "- by: ana@acme.example\n  role: customer\n  action: note",
        repair: "Remove the entry if it was never pushed; `git log -p FILE` shows the author.",
    }
    ENTRY_NO_TEXT = "CB106" "entry.no_text" Error {
        title: "an entry has no text although its action requires one",
        explanation: "Replies, notes, escalations, changes of priority, corrections and redactions require a text, and so does a hold with the reason `other`.",
        example: "- action: reply\n  from: open\n  to: awaiting_reply",
        repair: "Restore the text: `git log -p FILE` shows when it was removed.",
    }
    ENTRY_STATUS = "CB107" "entry.status" Error {
        title: "an entry leads to another status than its action",
        explanation: "The effect of an action on the status is fixed: a hold leads to `on_hold`, a solve to `solved`, and a reply of an agent to `awaiting_reply` or no other status. `to` is present only if the status changed.",
        example: "- action: note\n  from: open\n  to: solved",
        repair: "Restore the value that the command wrote: `git log -p FILE` shows it.",
    }
    ENTRY_FROM = "CB108" "entry.from" Error {
        title: "the opening of a ticket has a `from`",
        explanation: "`from` is the status before an entry. Before the opening there is none, so the first entry has no `from`; every other entry has one (a missing one is CB009).",
        example: "- action: open\n  from: open\n  to: open",
        repair: "Remove the line if the entry was never pushed; `git log -p FILE` shows the author.",
    }
    ENTRY_REFERS = "CB109" "entry.refers" Error {
        title: "an entry refers to an entry that does not exist",
        explanation: "Corrections and redactions name an earlier entry of the same ticket. Without that entry, they have no effect.",
        example: "- action: redact\n  entry: 01M7ZH3CA08R6T2M4N0P5S7W1X      (an entry of another ticket)",
        repair: "Correct the id if the entry was never pushed. Otherwise redact again with the correct id: `casebook redact TICKET ENTRY`.",
    }
    ENTRY_KEY = "CB110" "entry.key" Warning {
        title: "two entries have the same key",
        explanation: "A key makes a retry return the first result, so it is unique within its ticket, and the key of an opening is unique within the desk. A customer may use the key of an internal note, because they cannot see it. Two entries with one key mean that an action was done twice: by hand, or on two clones.",
        example: "key: mail-20261121-17",
        repair: "Read both entries with `casebook log TICKET`; undo the duplicate action with a command, or hide its text with `casebook redact`.",
    }
    SOLVE_EVIDENCE = "CB111" "solve.evidence" Error {
        title: "a ticket was solved without the required evidence",
        explanation: "`agreed` requires the person who agreed. `no_response` requires an agent's reply, at least one reminder after it, and no reply of the customer since. `bug_reported` requires the bug, the agreed priority and the estimated time of the fix.",
        example: "- action: solve\n  from: awaiting_reply\n  to: solved\n  resolution: no_response      (but there was no reminder)",
        repair: "Reopen the ticket with `casebook reopen`, and solve it again when there is evidence.",
    }
    SOLVE_EARLY = "CB112" "solve.early" Warning {
        title: "a ticket was solved for no response earlier than the policy allows",
        explanation: "The policy lists the number of reminders for each priority, and the time without a response after which the ticket may be solved. The ticket is checked against casebook.toml as it is now; the policy at the time of the solving is in git.",
        example: "- action: solve\n  resolution: no_response      (after one reminder; [follow_up.S3] lists two)",
        repair: "Nothing needs to be done if the policy has changed since. Otherwise reopen the ticket with `casebook reopen`.",
    }
    REPLY_STRANDED = "CB113" "reply.stranded" Warning {
        title: "a reply was written to a merged ticket",
        explanation: "A command records a reply to a merged ticket on its target. If two clones work at the same time, a reply can still remain on the merged ticket, where it may not be read.",
        example: "one clone merges the ticket into another, while the customer replies to it on the other clone",
        repair: "`casebook resolve` records it on the target; until then, `casebook show TICKET` prints it.",
    }
    ENTRY_SHARED = "CB114" "entry.shared" Error {
        title: "an entry is in two tickets",
        explanation: "The id of an entry is unique within the desk. The second entry was copied by hand. `check` reports it, the guard refuses it, and `audit` names the commit that added it; an audit of a range compares only the entries of that range.",
        example: "cp tickets/2026/11/01M7….yaml tickets/2026/11/01M8….yaml",
        repair: "Remove the copy; `git log -p FILE` shows which one is younger.",
    }
}
