//! CB100 to CB199: the header and history of one ticket, and what the workflow allows.

crate::domain::rules::table! {
    HEADER_DIFFERS = "CB101" "header.differs" Error (fixable) {
        title: "the header says something else than the history",
        explanation: "The header is what the history leads to, and stands there for people, `grep` and diffs. A line that was changed by hand says what never happened, and nothing can be written to the ticket until it is set right.",
        example: "status: solved          (and no entry solves it)",
        repair: "`casebook check --fix` writes the header anew from the history. What was meant is then done by a command: `casebook solve`, `casebook set`, …",
    }
    ENTRY_ORDER = "CB102" "entry.order" Error {
        title: "an entry does not come after the one before it",
        explanation: "Ids inside a history strictly increase. Entries out of order were moved or written by hand, and every reader would replay another ticket than the one that was.",
        example: "- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6\n…\n- id: 01M7ZH3CA08R6T2M4N0P5S7W1X",
        repair: "Put the entries back in the order of their ids: `git diff` and `git log -p FILE` show how they were.",
    }
    ENTRY_CONCURRENT = "CB103" "entry.concurrent" Warning {
        title: "an entry was written at the same time as another one elsewhere",
        explanation: "The entry saw another status, priority or fact than the history before it has. Two clones worked at the same time, and a merge brought both together. Nothing is lost: both entries are there, and the header follows from them in the order of their ids. A solve that had not seen that another ticket was merged into this one says so nowhere; what git keeps of the merge of the clones tells it, and it is told until the ticket is opened again.",
        example: "one clone solves the ticket (`from: open`), the other one puts it on hold (`from: open`)",
        repair: "Look at both entries with `casebook log TICKET`, and bring the ticket with a command to where it should be. A ticket that was solved while another came to go on in it is opened again by `casebook resolve`.",
    }
    ENTRY_ILLEGAL = "CB104" "entry.illegal" Error {
        title: "an entry does what the ticket did not allow",
        explanation: "Every command looks whether the workflow allows it. This entry saw the ticket as it was, and could still not have been written by a command: it was made or changed by hand. Entries of imported tickets are another system's and exempt.",
        example: "- action: resume\n  from: open\n  to: open",
        repair: "Take the entry out if it was never pushed, and do with a command what it meant; `git log -p FILE` tells who wrote it. `docs/workflow.md` lists what is allowed.",
    }
    ENTRY_ROLE = "CB105" "entry.role" Error {
        title: "an entry does what nobody in that role may do",
        explanation: "An entry records what the person was: agent, customer or the system. Customers never write notes, put on hold, remind, merge, assign or end an escalation; the system reminds, and solves what nobody answered.",
        example: "- by: ana@acme.example\n  role: customer\n  action: note",
        repair: "Take the entry out if it was never pushed; `git log -p FILE` tells who wrote it.",
    }
    ENTRY_NO_TEXT = "CB106" "entry.no_text" Error {
        title: "an entry has no text where its action needs one",
        explanation: "Replies, notes, escalations, changes of priority, corrections and redactions say something in words; so does a hold for the reason `other`.",
        example: "- action: reply\n  from: open\n  to: awaiting_reply",
        repair: "Bring the text back: `git log -p FILE` shows where it went.",
    }
    ENTRY_STATUS = "CB107" "entry.status" Error {
        title: "an entry leads to a status that its action does not lead to",
        explanation: "What an action does to the status is fixed: a hold leads to `on_hold`, a solve to `solved`, a reply of an agent to `awaiting_reply` or nowhere. `to` stands where the status changed, and nowhere else.",
        example: "- action: note\n  from: open\n  to: solved",
        repair: "Put back what the command wrote: `git log -p FILE` shows it.",
    }
    ENTRY_FROM = "CB108" "entry.from" Error {
        title: "the entry that opens the ticket says it saw a status",
        explanation: "`from` is the status an entry saw. There is none before the ticket is opened, so the first entry has no `from`; every other one has it (without, it is CB009).",
        example: "- action: open\n  from: open\n  to: open",
        repair: "Take the line out, if the entry was never pushed; `git log -p FILE` tells who wrote it.",
    }
    ENTRY_REFERS = "CB109" "entry.refers" Error {
        title: "an entry is about another one that is not there",
        explanation: "Corrections and redactions name an earlier entry of the same ticket. One that names no such entry corrects or hides nothing.",
        example: "- action: redact\n  entry: 01M7ZH3CA08R6T2M4N0P5S7W1X      (an entry of another ticket)",
        repair: "Correct the id if the entry was never pushed; else redact again with the right one: `casebook redact TICKET ENTRY`.",
    }
    ENTRY_KEY = "CB110" "entry.key" Warning {
        title: "two entries have the same key",
        explanation: "A key makes a retry return the first result, so it is unique in its ticket, and that of an opening in the store. A customer may use the key of an internal note, which they do not see. Used twice, the same thing was done twice: by hand, or by two clones that did not know of each other.",
        example: "key: mail-20261121-17",
        repair: "Look at both with `casebook log TICKET`; what was done twice is taken back by a command, or hidden with `casebook redact`.",
    }
    SOLVE_EVIDENCE = "CB111" "solve.evidence" Error {
        title: "a ticket was solved without what that needs",
        explanation: "`agreed` names who agreed. `no_response` needs an agent's reply, at least one reminder behind it, and no reply of the customer since. `bug_reported` names the bug, the agreed priority and the estimated time.",
        example: "- action: solve\n  from: awaiting_reply\n  to: solved\n  resolution: no_response      (and nobody was ever reminded)",
        repair: "Reopen the ticket with `casebook reopen`, and solve it again when there is evidence.",
    }
    SOLVE_EARLY = "CB112" "solve.early" Warning {
        title: "silence solved a ticket sooner than the policy of today allows",
        explanation: "The policy lists how many reminders a priority needs, and how long silence lasts before it solves. What held when the ticket was solved is in git; here it is held against casebook.toml as it is now.",
        example: "- action: solve\n  resolution: no_response      (after one reminder; [follow_up.S3] lists two)",
        repair: "Nothing, if the policy was changed since; else reopen the ticket with `casebook reopen`.",
    }
    REPLY_STRANDED = "CB113" "reply.stranded" Warning {
        title: "a reply was written to a ticket that was merged",
        explanation: "Replies to a merged ticket go on where the conversation lives. Two clones that worked at the same time can still leave one behind, where nobody looks.",
        example: "one clone merges the ticket into another, while the customer replies to it on the other clone",
        repair: "`casebook resolve` brings it to where the conversation goes on; until then, `casebook show TICKET` shows it.",
    }
    ENTRY_SHARED = "CB114" "entry.shared" Error {
        title: "an entry stands in two tickets",
        explanation: "The id of an entry is unique in the store. A second one was copied by hand. `check` finds it, the guard refuses it, and `audit` names the commit that did it; an audit of a range looks among the entries of that range alone.",
        example: "cp tickets/2026/11/01M7….yaml tickets/2026/11/01M8….yaml",
        repair: "Take the copy out; `git log -p FILE` tells which one is younger.",
    }
}
