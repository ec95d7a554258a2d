//! The sentences of refusals: what failed, why, and the command that works instead.

use super::CliError;
use super::eligibility::{ineligible, no_access, which_instance};
use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::custom_field::InvalidFieldValue;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::time::duration::{format_duration, format_instant};
use crate::domain::vocabulary::Status;
use crate::domain::workflow::{Refusal, TicketOwner};
use crate::store::short_id::short_suffix;

/// Converts a refusal of an action. The ticket is None if the action opens one.
pub(crate) fn refusal_error(ticket: Option<Id>, action: &str, refusal: Refusal) -> CliError {
    let name = ticket.map_or_else(|| "TICKET".to_owned(), short_suffix);
    let (message, hint) = message_and_hint(&name, action, &refusal);
    let code = match refusal {
        Refusal::NotVisible => "ticket.not_found",
        Refusal::NotAllowed { .. }
        | Refusal::OnBehalf
        | Refusal::OtherOrganization { .. }
        | Refusal::SupportRolesOnly
        | Refusal::OwnPeopleOnly => "person.not_allowed",
        Refusal::NotEligible(_) if action != "open" => "transition.refused",
        Refusal::NotEligible(reason) if reason.is_personal() => "person.not_eligible",
        Refusal::Access(refusal) if refusal.is_personal() => "person.not_allowed",
        Refusal::NotEligible(_) => "open.not_eligible",
        Refusal::TextMissing | Refusal::SubjectMissing => "text.missing",
        Refusal::NoAttachment | Refusal::NoSubjectInEntry => "usage",
        Refusal::NoSuchEntry { .. } => "entry.not_found",
        Refusal::InvalidField { .. }
        | Refusal::ReservedValue { .. }
        | Refusal::InvalidCustomField(_)
        | Refusal::RequiredField { .. }
        | Refusal::AmbiguousOrganization { .. }
        | Refusal::UnclearInstance { .. } => "usage",
        _ => "transition.refused",
    };
    CliError { ticket, ..CliError::new(code, message).hint(hint) }
}

/// Returns whether an error code means that the requester or the instance is not eligible. Other people must correct
/// that, so the text of the command is kept until then.
pub(crate) fn is_of_eligibility(code: &str) -> bool {
    matches!(code, "person.not_eligible" | "open.not_eligible")
}

/// Returns the action as the words after "cannot".
fn attempt(action: &str) -> &str {
    match action {
        "open" => "open the ticket",
        "cc" => "change the people in copy",
        "set" => "set the fields",
        "tag" => "change the tags",
        "attach" => "attach files",
        "prioritize" => "change the priority",
        "access request" => "request access",
        "access grant" => "grant access",
        "access decline" => "decline access",
        "access revoke" => "revoke access",
        "access" => "change access",
        "org new" => "make the organization",
        "org set" => "change the organization",
        "org person add" => "add the person",
        "org person remove" => "remove the person",
        action => action,
    }
}

fn message_and_hint(name: &str, action: &str, refusal: &Refusal) -> (String, String) {
    let cannot = format!("cannot {}", attempt(action));
    match refusal {
        Refusal::NotVisible => (format!("no ticket `{name}`"), "`casebook list` shows them".to_owned()),
        Refusal::NotAllowed { role } => not_allowed(name, action, *role),
        Refusal::OnBehalf => (
            format!("{cannot}: a customer may name only themselves as the requester"),
            "leave --requester out, or ask an agent".to_owned(),
        ),
        Refusal::OtherOrganization { given } => (
            format!("{cannot}: a customer may name only their own organization, not `{given}`"),
            "leave --org out, or ask an agent".to_owned(),
        ),
        Refusal::AmbiguousOrganization { known } => (
            format!("{cannot}: the requester belongs to several organizations: {}", known.join(", ")),
            "name the organization of the ticket with --org".to_owned(),
        ),
        Refusal::NotEligible(reason) => ineligible(&cannot, action == "open", reason),
        Refusal::Access(refusal) => no_access(name, &cannot, refusal),
        Refusal::UnclearInstance { given, organization, known } => {
            which_instance(&cannot, action == "set", given.as_deref(), organization, known)
        }
        Refusal::OwnPeopleOnly => (
            "cannot add this person: an administrator may add only people of the organization's own domains".to_owned(),
            "an agent may add others: `casebook org person add ORG ADDRESS`".to_owned(),
        ),
        Refusal::SupportRolesOnly => (
            "cannot change these roles: an administrator may grant and revoke only tech_support_editor and \
             tech_support_viewer"
                .to_owned(),
            "name one of these with --role, or ask an agent".to_owned(),
        ),
        Refusal::Status { status } => wrong_status(name, action, *status),
        Refusal::IsMerged { into } => (
            format!("{cannot}: the ticket is merged into {}", short_suffix(*into)),
            format!(
                "the conversation continues in {}; `casebook reopen {name} --unmerge` takes the merge back",
                short_suffix(*into)
            ),
        ),
        Refusal::NotMerged => (
            "cannot unmerge: the ticket is not merged".to_owned(),
            format!("`casebook reopen {name}` opens a solved ticket"),
        ),
        Refusal::SameHoldReason { reason } => (
            format!("{cannot}: the ticket is already on hold for `{reason}`"),
            format!("hold it for another reason, give another --until, or end the hold with `casebook resume {name}`"),
        ),
        Refusal::SamePriority { priority } => (
            format!("{cannot}: it is already {priority}"),
            "the priority states the current impact; choose another".to_owned(),
        ),
        Refusal::AlreadyEscalated { since } => (
            format!("{cannot}: the ticket has been escalated since {}", format_instant(*since)),
            format!("a manager ends it with `casebook deescalate {name}`"),
        ),
        Refusal::NotEscalated => (
            format!("{cannot}: the ticket is not escalated"),
            format!("`casebook escalate {name} --reason REASON -m TEXT` escalates it"),
        ),
        Refusal::WindowClosed { solved_at, window } => (
            format!(
                "{cannot}: a customer may reopen a ticket for {} after it was solved, and it was solved at {}",
                format_duration(*window),
                format_instant(*solved_at)
            ),
            format!("`casebook reply {name}` opens a new ticket that follows it up"),
        ),
        Refusal::NoEscalations => (
            format!("{cannot}: the plan of the customer has no escalations"),
            format!("an agent may escalate it; `casebook reply {name} -m TEXT` explains the reason to support"),
        ),
        Refusal::NoAttachment => {
            (format!("{cannot}: no file was named"), format!("name files: `casebook attach {name} FILE`"))
        }
        Refusal::TextMissing => {
            (format!("{cannot}: a text is required"), "give it with -m TEXT, -F FILE or -F -".to_owned())
        }
        Refusal::ReminderEarly { due_at } => (
            format!("{cannot}: the policy has the next reminder due at {}", format_instant(*due_at)),
            format!("`casebook remind {name} --early` sends it now"),
        ),
        Refusal::AgreementMissing => (
            format!(
                "{cannot}: no customer has replied since support's last public text, so the person who agreed must be named"
            ),
            format!(
                "`casebook solve {name} --agreed-by WHO` names the person; `casebook solve --help` shows other resolutions"
            ),
        ),
        Refusal::MergeIntoItself => (
            "cannot merge: the ticket and the target are the same".to_owned(),
            "name another target with --into".to_owned(),
        ),
        Refusal::TargetSolved => (
            "cannot merge: the target is solved".to_owned(),
            "reopen it first with `casebook reopen`, or merge in the other direction".to_owned(),
        ),
        Refusal::TargetMerged { into } => (
            format!("cannot merge: the target is itself merged into {}", short_suffix(*into)),
            format!("merge into {} instead", short_suffix(*into)),
        ),
        Refusal::OtherCustomer { source, target } => (
            format!(
                "cannot merge: the tickets belong to different customers: {} and {}",
                customer(source),
                customer(target)
            ),
            "both tickets must belong to one organization, or to one requester if they have no organization".to_owned(),
        ),
        Refusal::NoSuchEntry { entry } => {
            (format!("the ticket has no entry {entry}"), format!("`casebook show {name} --json=history` lists them"))
        }
        Refusal::SubjectMissing => (
            format!("{cannot}: the ticket has its subject from this entry, so a new subject is required"),
            format!("`casebook redact {name} ENTRY --reason REASON --subject SUBJECT` replaces it"),
        ),
        Refusal::NoSubjectInEntry => (
            format!("{cannot}: the entry has no subject that could be replaced"),
            format!("leave --subject out; `casebook set {name} subject=SUBJECT` changes the subject"),
        ),
        Refusal::RequiredField { name } => (
            format!("cannot unset `{name}`: every ticket must have it"),
            format!("give it another value: {name}=VALUE"),
        ),
        Refusal::InvalidField { name } => {
            (format!("cannot set `{name}`: the value is invalid"), "give one line that is not blank".to_owned())
        }
        Refusal::ReservedValue { name } => (
            format!("{cannot}: `none` cannot be a value of `{name}`"),
            "queries find tickets without a value by `none`; give another value".to_owned(),
        ),
        Refusal::InvalidCustomField(error) => (error.to_string(), field_hint(error)),
        Refusal::AlreadyOpened | Refusal::NotRequestable => (
            format!("cannot {action}: casebook itself writes such entries, as a part of other actions"),
            "`casebook --help` lists the actions".to_owned(),
        ),
        other => not_silent(name, other),
    }
}

/// Returns the message and hint for an action that the status does not allow.
fn wrong_status(name: &str, action: &str, status: Status) -> (String, String) {
    let needed = match action {
        "remind" => ", not awaiting reply",
        "resume" => ", not on hold",
        "reopen" => ", not solved",
        _ => "",
    };
    let hint = match (action, status) {
        ("reopen", _) => format!("answer with `casebook reply {name}`"),
        ("resume", _) => format!("`casebook hold {name} --reason REASON` puts it on hold"),
        (_, Status::Solved) => format!("reopen it first: `casebook reopen {name}`"),
        ("remind" | "solve", _) => format!("support must answer first: `casebook reply {name}`"),
        _ => format!("`casebook show {name}` shows its history"),
    };
    (format!("cannot {}: the ticket is {}{needed}", attempt(action), status.as_str().replace('_', " ")), hint)
}

/// Returns the message and hint for a ticket that cannot be solved for no response yet.
fn not_silent(name: &str, refusal: &Refusal) -> (String, String) {
    let reason = match refusal {
        Refusal::TooFewAlerts { given, needed } => {
            let plural = if *needed == 1 { "" } else { "s" };
            format!("{needed} reminder{plural} must be sent first; {given} sent so far")
        }
        Refusal::TooEarly { ready_at: Some(ready_at), solve_after } => format!(
            "{} must pass after support's last reply, until {}",
            format_duration(*solve_after),
            format_instant(*ready_at)
        ),
        Refusal::TooEarly { ready_at: None, solve_after } => format!(
            "{} must pass after support's last reply, and the calendar has no more business hours",
            format_duration(*solve_after)
        ),
        Refusal::CustomerReplied => "the customer has replied since support's last reply".to_owned(),
        Refusal::MergedSince { source } => {
            format!(
                "{} was merged into it since support replied, and its messages have no answer",
                short_suffix(*source)
            )
        }
        _ => "no agent has replied yet".to_owned(),
    };
    let hint = match refusal {
        Refusal::TooFewAlerts { .. } => format!("`casebook remind {name}` sends one"),
        Refusal::TooEarly { .. } => "wait until then; [follow_up] in casebook.toml sets the time".to_owned(),
        Refusal::CustomerReplied | Refusal::MergedSince { .. } => format!("answer with `casebook reply {name}`"),
        _ => format!("ask the requester with `casebook reply {name}`"),
    };
    (format!("cannot solve for no response: {reason}"), hint)
}

fn not_allowed(name: &str, action: &str, role: TicketRole) -> (String, String) {
    let team = "[team] in casebook.toml lists agents and managers".to_owned();
    let cannot = format!("cannot {}", attempt(action));
    match (role, action) {
        (TicketRole::Agent, _) => (format!("{cannot}: only a manager may do this"), team),
        (TicketRole::Reader, _) => (
            format!("{cannot}: you may only read this ticket"),
            "the organization's administrator grants tech_support_editor: `casebook org person add ORG ADDRESS --role tech_support_editor`"
                .to_owned(),
        ),
        (TicketRole::Editor, "set") => (
            format!("{cannot}: only an agent may set requester, organization and channel"),
            format!("you may set {}", HeaderField::phrase(false)),
        ),
        (TicketRole::Customer, "cc") => (
            format!(
                "{cannot}: only the requester or a tech_support_editor may change others; you may only remove yourself"
            ),
            format!("`casebook cc {name} --remove ADDRESS` removes you; ask the requester for other changes"),
        ),
        (TicketRole::Editor | TicketRole::Customer, "solve") => (
            format!("{cannot}: a customer may only agree that it is solved, and the requester withdraw it; other resolutions are for agents"),
            format!("`casebook solve {name}` agrees that it is solved"),
        ),
        (_, "open") => (
            format!("{cannot}: only an agent may set the assignee or override a rule"),
            "leave --assignee and --override out, or ask an agent".to_owned(),
        ),
        (_, "correct" | "redact") => (format!("{cannot}: only the author of the entry or an agent may do this"), team),
        _ => (format!("{cannot}: only an agent may do this"), team),
    }
}

fn field_hint(error: &InvalidFieldValue) -> String {
    match error {
        InvalidFieldValue::UnknownField { .. } => "[fields] in casebook.toml defines them".to_owned(),
        InvalidFieldValue::Missing { name } => {
            format!("give it with --field {name}=VALUE; [fields] in casebook.toml requires it")
        }
        _ => "[fields] in casebook.toml defines its values".to_owned(),
    }
}

fn customer(customer: &TicketOwner) -> String {
    match customer {
        TicketOwner::Organization(organization) => format!("organization {organization}"),
        TicketOwner::Person(person) => person.to_string(),
    }
}
