//! The rows of the table: every verb about tickets or people.
//!
//! `T` stands for the ticket, in the state that the row names, `TWIN` for another one of the same customer.

/// The kind of a row: an action, or a question whether something is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An action, which `-n` keeps from being written.
    Does,
    /// A question: whether the output contains this, `T` for the ticket's id.
    Shows(&'static str),
}

/// A row: its name in the table, its kind, the state of the ticket, and the command.
pub type Row = (&'static str, Way, &'static str, &'static str);

use Way::{Does, Shows};

/// Commands on one ticket: name, kind, state of the ticket, words.
pub const ON_A_TICKET: &[Row] = &[
    ("show", Does, "open", "show T"),
    ("list", Shows("T"), "open", "list --json=id"),
    ("search", Shows("T"), "open", "search tiles"),
    ("log", Shows("T"), "open", "log --json=ticket"),
    ("changes", Shows("T"), "open", "changes HEAD~1..HEAD --json=id"),
    ("sla", Shows("T"), "open", "sla --all --json"),
    ("sla --explain", Does, "open", "sla --explain T"),
    ("sweep", Shows("T"), "awaiting", "sweep --json=id"),
    ("sweep --apply", Shows("T"), "awaiting", "sweep --apply -n --json=id"),
    ("reply", Does, "open", "reply T -m Words -n"),
    ("attach", Does, "open", "attach T ../issues.jsonl -n"),
    ("note", Does, "open", "note T -m Words -n"),
    ("hold", Does, "open", "hold T --reason engineering -n"),
    ("resume", Does, "hold", "resume T -m Words -n"),
    ("remind", Does, "awaiting", "remind T --early -n"),
    ("solve", Does, "open", "solve T --agreed-by ana@acme.example -m Agreed -n"),
    (
        "solve --resolution bug_reported",
        Does,
        "open",
        "solve T --resolution bug_reported --bug B-1 --bug-priority P2 --eta +30d -m Words -n",
    ),
    ("reopen", Does, "solved", "reopen T -m Words -n"),
    ("reopen --unmerge", Does, "merged", "reopen T --unmerge -n"),
    ("merge", Does, "open", "merge T --into TWIN -n"),
    ("escalate", Does, "open", "escalate T --reason business_impact -m Words -n"),
    ("deescalate", Does, "escalated", "deescalate T -m Words -n"),
    ("prioritize", Does, "open", "prioritize T S2 -m Words -n"),
    ("assign", Does, "open", "assign T kenji@desk.example -n"),
    ("assign --next", Does, "open", "assign T --next -n"),
    ("cc", Does, "open", "cc T --add new@acme.example -n"),
    ("tag", Does, "open", "tag T --add outage -n"),
    ("set product=…", Does, "open", "set T product=looker -n"),
    ("set requester=…", Does, "open", "set T requester=new@acme.example -n"),
    ("correct", Does, "open", "correct T T --reason wrong -m Words -n"),
    ("redact", Does, "open", "redact T T --reason secret --subject Clean -n"),
    ("macro", Does, "open", "macro greet T -n"),
];

/// Commands without a ticket: name, kind, nothing, words. `REQUEST` is a request for access of Acme's contact.
pub const AT_LARGE: &[Row] = &[
    ("open", Does, "", "open -s Tiles -m Words -n"),
    ("open --requester, a colleague", Does, "", "open -s Tiles -m Words --requester colleague@acme.example -n"),
    ("open --assignee", Does, "", "open -s Tiles -m Words --assignee kenji@desk.example -n"),
    ("access request", Does, "", "access request -m Words -n"),
    ("access request --approved-by", Does, "", "access request --approved-by contact@acme.example -m Words -n"),
    ("access list", Shows("granted@acme.example"), "", "access list"),
    ("access list ORG", Does, "", "access list acme"),
    ("access grant", Does, "", "access grant REQUEST -n"),
    ("access decline", Does, "", "access decline REQUEST -m Words -n"),
    ("access revoke", Does, "", "access revoke acme granted@acme.example -m Words -n"),
    ("org list", Shows("acme"), "", "org list"),
    ("org show", Does, "", "org show acme"),
    ("org new", Does, "", "org new southwind -n"),
    ("org set", Does, "", "org set acme name=Acme -n"),
    ("org person add, a support role", Does, "", "org person add acme new@acme.example --role tech_support_viewer -n"),
    ("org person add, another role", Does, "", "org person add acme new@acme.example --role developer -n"),
    (
        "org person remove, a support role",
        Does,
        "",
        "org person remove acme viewer@acme.example --role tech_support_viewer -n",
    ),
    ("plan list", Does, "", "plan list"),
    ("plan compare", Does, "", "plan compare standard enhanced"),
    ("plan show", Does, "", "plan show acme"),
    ("macro, without a name", Shows("greet"), "", "macro"),
    ("config list", Does, "", "config list"),
    ("config get", Does, "", "config get git.commit"),
    ("config set", Does, "", "config set git.commit never -n"),
    ("config unset", Does, "", "config unset git.commit -n"),
    ("team list", Does, "", "team list"),
    ("team add", Does, "", "team add new@desk.example -n"),
    ("team remove", Does, "", "team remove ned@desk.example -n"),
    ("import", Does, "", "import beads ../issues.jsonl -n"),
];

/// Verbs about neither tickets nor people: the program itself, this clone, and opening hours.
pub const OF_THE_PROGRAM: &[&str] =
    &["calendar", "completions", "doctor", "git-setup", "help", "hooks", "man", "rule", "schema"];
