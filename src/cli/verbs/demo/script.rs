//! The steps of the example desk: a dozen tickets of two customers, with every status.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ticket::Hold;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{EscalationReason, HoldReason, Priority, ReopenReason};

pub(super) const KENJI: &str = "kenji@desk.example";
pub(super) const LEA: &str = "lea@desk.example";
pub(super) const MORI: &str = "mori@desk.example";
pub(super) const ANA: &str = "ana@acme.example";
pub(super) const BO: &str = "bo@acme.example";
pub(super) const IDA: &str = "ida@northwind.example";
/// The user who runs the demo.
const YOU: &str = "";

/// A command of the demo, with its actor and text.
pub(super) struct DemoStep {
    minutes_ago: i64,
    /// The address of the actor; empty for the user.
    pub actor: &'static str,
    pub action: DemoAction,
    pub text: &'static str,
}

/// An action of the demo. Tickets are referred to by the names under which they are opened.
pub(super) enum DemoAction {
    Open {
        name: &'static str,
        subject: &'static str,
        priority: Priority,
        group: &'static str,
        organization: Option<&'static str>,
    },
    On(&'static str, Action),
    Assign(&'static str),
    Merge {
        source: &'static str,
        into: &'static str,
    },
}

impl DemoStep {
    /// Returns its time, counted back from `now`.
    pub fn at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::minutes(self.minutes_ago)
    }
}

const fn days(days: i64, hours: i64, minutes: i64) -> i64 {
    (days * 24 + hours) * 60 + minutes
}

const fn reply() -> Action {
    Action::Reply { auto: false, via_ticket: None }
}

const fn hold(reason: HoldReason) -> Action {
    Action::Hold(Hold { reason, team: None, until: None })
}

const fn agreed() -> Action {
    Action::Solve(SolveEvidence::Agreed { by: None })
}

fn step(minutes_ago: i64, actor: &'static str, action: DemoAction, text: &'static str) -> DemoStep {
    DemoStep { minutes_ago, actor, action, text }
}

fn on(minutes_ago: i64, actor: &'static str, name: &'static str, action: Action, text: &'static str) -> DemoStep {
    step(minutes_ago, actor, DemoAction::On(name, action), text)
}

fn open(
    minutes_ago: i64,
    actor: &'static str,
    name: &'static str,
    priority: Priority,
    group: &'static str,
    subject: &'static str,
    text: &'static str,
) -> DemoStep {
    let organization = if actor == IDA { Some("northwind") } else { Some("acme") };
    step(minutes_ago, actor, DemoAction::Open { name, subject, priority, group, organization }, text)
}

/// Returns all steps, the oldest first.
pub(super) fn steps() -> Vec<DemoStep> {
    let mut steps: Vec<DemoStep> = [solved(), waiting(), held(), merged(), fresh()].into_iter().flatten().collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.minutes_ago));
    steps
}

/// Solved tickets: agreed, a reported bug, no response, and one that was opened again.
fn solved() -> Vec<DemoStep> {
    use Priority::{S2, S3, S4};
    vec![
        open(
            days(21, 3, 0),
            ANA,
            "export",
            S3,
            "schedule_export",
            "Scheduled export arrives twice",
            "Every Monday the finance export is mailed twice, one minute apart.",
        ),
        step(days(21, 2, 10), KENJI, DemoAction::Assign("export"), ""),
        on(
            days(21, 2, 5),
            KENJI,
            "export",
            reply(),
            "Thank you. Do both mails name the same schedule in their footer?",
        ),
        on(
            days(20, 22, 0),
            ANA,
            "export",
            reply(),
            "They do not: one is called \"finance\", the other \"finance (copy)\".",
        ),
        on(
            days(20, 20, 0),
            KENJI,
            "export",
            reply(),
            "Then the schedule was copied. Deleting the copy stops the second mail.",
        ),
        on(days(20, 1, 0), ANA, "export", agreed(), "That was it, thank you!"),
        open(
            days(16, 5, 0),
            IDA,
            "pdf",
            S3,
            "reports_dashboards",
            "PDF of a dashboard cuts the last column",
            "In landscape the last column of wide tables is missing.\nSteps:\n\n1. open any table with more than 12 columns\n2. download as PDF",
        ),
        on(days(16, 3, 0), LEA, "pdf", hold(HoldReason::Reproducing), ""),
        on(days(15, 4, 0), LEA, "pdf", Action::Resume, "Reproduced on the current release."),
        on(
            days(15, 3, 50),
            LEA,
            "pdf",
            Action::Solve(SolveEvidence::BugReported {
                bug: "RENDER-2041".to_owned(),
                priority: S3,
                eta: DateTime::UNIX_EPOCH + TimeDelta::days(20_850),
            }),
            "It is a bug in the renderer, and planned for the release after next, as agreed with you.",
        ),
        open(
            days(15, 0, 0),
            BO,
            "color",
            S4,
            "reports_dashboards",
            "How do I change the colors of a pie chart?",
            "I cannot find the palette.",
        ),
        on(days(14, 22, 0), LEA, "color", reply(), "Under Edit > Plot > Series. Did you find it?"),
        on(days(10, 20, 0), LEA, "color", Action::Remind { auto: false }, "Did this answer your question?"),
        on(
            days(7, 1, 0),
            LEA,
            "color",
            Action::Solve(SolveEvidence::NoResponse),
            "We take it that this is answered. Any reply opens the ticket again.",
        ),
        open(
            days(12, 6, 0),
            ANA,
            "login",
            S2,
            "instance_admin",
            "Single sign-on asks twice",
            "Since the certificate was renewed all users have to sign in twice.",
        ),
        on(
            days(12, 5, 30),
            KENJI,
            "login",
            reply(),
            "Please clear the old certificate under Admin > Authentication, and keep only the new one.",
        ),
        on(days(12, 4, 0), ANA, "login", agreed(), ""),
        on(
            days(2, 4, 0),
            ANA,
            "login",
            Action::Reopen { reason: ReopenReason::NotSolved, unmerge: false },
            "It is back since this morning.",
        ),
    ]
}

/// Tickets that wait for the requester.
fn waiting() -> Vec<DemoStep> {
    use Priority::{S2, S3};
    vec![
        open(
            days(9, 2, 0),
            IDA,
            "lookml",
            S3,
            "lookml_pdt_git",
            "Derived table rebuilds every hour",
            "The trigger says once a day.",
        ),
        step(days(9, 1, 40), LEA, DemoAction::Assign("lookml"), ""),
        on(
            days(9, 1, 30),
            LEA,
            "lookml",
            reply(),
            "Which value does the trigger's query return when you run it by hand?",
        ),
        on(
            days(5, 1, 0),
            LEA,
            "lookml",
            Action::Remind { auto: false },
            "Could you run the trigger's query once, and send us what it returns?",
        ),
        open(
            days(3, 7, 0),
            BO,
            "embed",
            S2,
            "api_embed_ext",
            "Embedded dashboard stays blank in one browser",
            "Only for users who block third-party cookies.",
        ),
        step(days(3, 6, 40), YOU, DemoAction::Assign("embed"), ""),
        on(
            days(3, 6, 30),
            YOU,
            "embed",
            reply(),
            "This browser refuses the session cookie. Can you serve the dashboard from a subdomain of your own site?",
        ),
    ]
}

/// Tickets on hold, and an escalated one.
fn held() -> Vec<DemoStep> {
    use Priority::{S1, S2, S3};
    let engineering =
        Action::Hold(Hold { reason: HoldReason::Engineering, team: Some("query engine".to_owned()), until: None });
    vec![
        open(
            days(6, 8, 0),
            ANA,
            "slow",
            S3,
            "instance_admin",
            "Explores take minutes in the afternoon",
            "Mornings are fine.",
        ),
        step(days(6, 7, 0), KENJI, DemoAction::Assign("slow"), ""),
        on(
            days(6, 6, 0),
            KENJI,
            "slow",
            Action::Prioritize { priority: S2, was: S3 },
            "All afternoon users are affected, not one team.",
        ),
        on(
            days(6, 5, 30),
            KENJI,
            "slow",
            Action::Note { auto: false, via_ticket: None },
            "The connection pool of their warehouse is at its limit from 14:00 on; see the graphs of last week.",
        ),
        on(days(6, 5, 0), KENJI, "slow", engineering, "The query engine opens more connections than it is told to."),
        open(
            days(1, 6, 0),
            IDA,
            "down",
            S1,
            "instance_admin",
            "Instance does not start after the update",
            "The update of this night ended with an error, and the instance does not come up.\n\n    ERROR: migration 1187 failed: relation \"user_facts\" exists",
        ),
        step(days(1, 5, 50), KENJI, DemoAction::Assign("down"), ""),
        on(days(1, 5, 45), KENJI, "down", reply(), "We are on it. Please keep the snapshot of before the update."),
        on(days(1, 4, 0), IDA, "down", reply(), "The snapshot is there. When can we work again?"),
        on(
            days(1, 3, 50),
            IDA,
            "down",
            Action::Escalate { reason: EscalationReason::BusinessImpact, manager: None },
            "Two hundred people cannot work, and the quarter closes tomorrow.",
        ),
        on(
            days(1, 3, 30),
            MORI,
            "down",
            Action::Note { auto: false, via_ticket: None },
            "I am in touch with their head of IT; a second engineer joins.",
        ),
    ]
}

/// Two tickets about one issue.
fn merged() -> Vec<DemoStep> {
    vec![
        open(
            days(4, 3, 0),
            ANA,
            "tiles",
            Priority::S2,
            "reports_dashboards",
            "Dashboard tiles time out",
            "Every tile with more than 500 rows times out.",
        ),
        open(
            days(4, 1, 0),
            BO,
            "tiles2",
            Priority::S3,
            "reports_dashboards",
            "Tiles of the sales dashboard spin forever",
            "It began on the same day as Ana's.",
        ),
        step(days(4, 0, 30), LEA, DemoAction::Merge { source: "tiles2", into: "tiles" }, "The same issue as Ana's."),
        step(days(4, 0, 28), LEA, DemoAction::Assign("tiles"), ""),
    ]
}

/// Tickets without a response.
fn fresh() -> Vec<DemoStep> {
    vec![
        open(
            days(0, 2, 20),
            ANA,
            "api",
            Priority::S3,
            "api_embed_ext",
            "API token expires after a day",
            "We set it to thirty days.",
        ),
        open(
            days(0, 0, 40),
            IDA,
            "folder",
            Priority::S4,
            "instance_admin",
            "Can folders be hidden from a group?",
            "We would like to keep drafts out of sight.",
        ),
    ]
}
