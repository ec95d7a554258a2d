//! The words of each refusal: what was asked, why not, what is true now, and the command that would work.

use super::CliError;
use crate::cli::Exit;
use crate::domain::id::Id;
use crate::domain::people::eligibility::IneligibleReason;
use crate::domain::people::organization_access::AccessRefusal;
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::custom_field::InvalidFieldValue;
use crate::domain::time::duration::{format_duration, format_instant};
use crate::domain::vocabulary::{OrganizationRole, Status};
use crate::domain::workflow::{Refusal, TicketOwner};
use crate::store::layout::short_suffix;

/// A refusal as it is told.
pub(crate) fn refusal_error(ticket: Option<Id>, action: &str, refusal: Refusal) -> CliError {
    let name = ticket.map_or_else(|| "TICKET".to_owned(), short_suffix);
    let (message, hint) = words(&name, action, &refusal);
    let (exit, code) = match refusal {
        Refusal::NotVisible => (Exit::NotFound, "ticket.not_found"),
        Refusal::NotAllowed { .. }
        | Refusal::OnBehalf
        | Refusal::OtherOrganization { .. }
        | Refusal::SupportRolesOnly
        | Refusal::OwnPeopleOnly => (Exit::NotAllowed, "person.not_allowed"),
        Refusal::NotEligible(_) if action != "open" => (Exit::Refused, "transition.refused"),
        Refusal::NotEligible(hurdle) if hurdle.is_personal() => (Exit::NotAllowed, "person.not_eligible"),
        Refusal::Access(why) if why.is_personal() => (Exit::NotAllowed, "person.not_allowed"),
        Refusal::NotEligible(_) => (Exit::Refused, "open.not_eligible"),
        Refusal::TextMissing => (Exit::Usage, "text.missing"),
        Refusal::NoAttachment => (Exit::Usage, "usage"),
        Refusal::NoSuchEntry { .. } => (Exit::NotFound, "entry.not_found"),
        Refusal::InvalidField { .. }
        | Refusal::InvalidCustomField(_)
        | Refusal::RequiredField { .. }
        | Refusal::AmbiguousOrganization { .. }
        | Refusal::UnclearInstance { .. } => (Exit::Usage, "usage"),
        _ => (Exit::Refused, "transition.refused"),
    };
    let complaint = CliError::new(exit, code, message).hint(hint);
    match ticket {
        Some(ticket) => complaint.ticket(ticket),
        None => complaint,
    }
}

/// Whether a code says that a ticket may not be opened by what is on file, which others mend and a text has to outlive.
pub(crate) fn is_of_eligibility(code: &str) -> bool {
    matches!(code, "person.not_eligible" | "open.not_eligible")
}

fn words(name: &str, action: &str, refusal: &Refusal) -> (String, String) {
    match refusal {
        Refusal::NotVisible => (format!("no ticket `{name}`"), "`casebook list` shows them".to_owned()),
        Refusal::NotAllowed { role } => not_allowed(name, action, *role),
        Refusal::OnBehalf => (
            "a customer opens tickets in their own name only".to_owned(),
            "leave --requester out, or ask an agent".to_owned(),
        ),
        Refusal::OtherOrganization { given } => (
            format!("a customer opens tickets of their own organization only, and `{given}` is not"),
            "leave --org out, or ask an agent".to_owned(),
        ),
        Refusal::AmbiguousOrganization { known } => (
            format!("the requester is of several organizations: {}", known.join(", ")),
            "say with --org which one the ticket is of".to_owned(),
        ),
        Refusal::NotEligible(hurdle) => ineligible(action, hurdle),
        Refusal::Access(why) => no_access(name, why),
        Refusal::UnclearInstance { given, organization, known } => {
            which_instance(action, given.as_deref(), organization, known)
        }
        Refusal::OwnPeopleOnly => (
            "an organization's administrator lists people of its own domains alone".to_owned(),
            "support may list others: `casebook org person add`".to_owned(),
        ),
        Refusal::SupportRolesOnly => (
            "an organization's administrator grants and takes tech_support_editor and tech_support_viewer, and no more"
                .to_owned(),
            "name one of these with --role, or ask an agent".to_owned(),
        ),
        Refusal::Status { status } => (
            format!("`{action}` is not for a ticket that is {}", list_in_words(*status)),
            instead(name, action, *status),
        ),
        Refusal::IsMerged { into } => (
            format!("`{action}` is not for a merged ticket"),
            format!(
                "the conversation goes on in {}; `casebook reopen {name} --unmerge` takes the merge back",
                short_suffix(*into)
            ),
        ),
        Refusal::NotMerged => {
            ("there is no merge to take back".to_owned(), format!("`casebook reopen {name}` opens a solved ticket"))
        }
        Refusal::SameHoldReason { reason } => (
            format!("the ticket is on hold for `{reason}` already"),
            format!("hold it for another reason, give another --until, or go on with `casebook resume {name}`"),
        ),
        Refusal::SamePriority { priority } => (
            format!("the priority is {priority} already"),
            "the priority states the current impact; choose another".to_owned(),
        ),
        Refusal::AlreadyEscalated { since } => (
            format!("the ticket has been escalated since {}", format_instant(*since)),
            format!("a manager ends it with `casebook deescalate {name}`"),
        ),
        Refusal::NotEscalated => (
            "the ticket is not escalated".to_owned(),
            format!("`casebook escalate {name} --reason REASON -m TEXT` escalates it"),
        ),
        Refusal::WindowClosed { solved_at, window } => (
            format!(
                "a customer reopens a ticket for {} after it was solved, which was at {}",
                format_duration(*window),
                format_instant(*solved_at)
            ),
            format!("`casebook reply {name}` opens a new ticket that follows it up"),
        ),
        Refusal::NoEscalations => (
            "the plan of the customer has no escalations".to_owned(),
            format!("an agent may escalate it; `casebook reply {name} -m TEXT` tells them why"),
        ),
        Refusal::NoAttachment => {
            ("there is no file to attach".to_owned(), format!("name files: `casebook attach {name} FILE…`"))
        }
        Refusal::TextMissing => {
            (format!("`{action}` needs words"), "give them with -m TEXT, -F FILE or -F -".to_owned())
        }
        Refusal::MergeIntoItself => {
            ("a ticket cannot be merged into itself".to_owned(), "name another target with --into".to_owned())
        }
        Refusal::TargetSolved => {
            ("the target is solved".to_owned(), "reopen it first, or merge the other way round".to_owned())
        }
        Refusal::TargetMerged { into } => (
            format!("the target is merged into {} itself", short_suffix(*into)),
            format!("merge into {} instead", short_suffix(*into)),
        ),
        Refusal::OtherCustomer { source, target } => (
            format!("the tickets are of different customers: {} and {}", customer(source), customer(target)),
            "only tickets of one organization, or of one requester where there is none, can be merged".to_owned(),
        ),
        Refusal::NoSuchEntry { entry } => {
            (format!("the ticket has no entry {entry}"), format!("`casebook show {name} --json=history` lists them"))
        }
        Refusal::RequiredField { name } => {
            (format!("every ticket has a {name}; it cannot be unset"), format!("give it another value: {name}=VALUE"))
        }
        Refusal::InvalidField { name } => {
            (format!("that is no value for {name}"), "one line that is not blank is".to_owned())
        }
        Refusal::InvalidCustomField(unfit) => (unfit.to_string(), unfit_hint(unfit)),
        Refusal::AlreadyOpened | Refusal::NotRequestable => {
            (format!("`{action}` cannot be asked for by itself"), "`casebook --help` lists what can".to_owned())
        }
        silence => silent(name, silence),
    }
}

/// Why silence cannot solve a ticket yet.
fn silent(name: &str, refusal: &Refusal) -> (String, String) {
    match refusal {
        Refusal::TooFewAlerts { given, needed } => (
            format!(
                "silence solves a ticket after {needed} reminder{}, and there were {given}",
                if *needed == 1 { "" } else { "s" }
            ),
            format!("`casebook remind {name}` sends one"),
        ),
        Refusal::TooEarly { ready_at, solve_after } => (
            format!(
                "silence solves a ticket {} after support's last reply, which is {}",
                format_duration(*solve_after),
                ready_at.map_or_else(
                    || "never: its calendar does not open again".to_owned(),
                    |at| format!("at {}", format_instant(at))
                )
            ),
            "wait until then; [follow_up] in casebook.toml says how long".to_owned(),
        ),
        Refusal::CustomerReplied => {
            ("the customer has replied since support did".to_owned(), format!("answer with `casebook reply {name}`"))
        }
        Refusal::MergedSince { source } => (
            format!(
                "{} was merged into it since support replied, and what was said there has no answer",
                short_suffix(*source)
            ),
            format!("answer with `casebook reply {name}`"),
        ),
        _ => ("no agent has asked the requester anything".to_owned(), format!("ask with `casebook reply {name}`")),
    }
}

fn not_allowed(name: &str, action: &str, standing: TicketRole) -> (String, String) {
    let team = "[team] in casebook.toml says who is what".to_owned();
    match (standing, action) {
        (TicketRole::Agent, _) => (format!("only a manager may `{action}` here"), team),
        (TicketRole::Reader, _) => (
            format!("you may read this ticket, and not `{action}` it"),
            "the organization's administrator grants tech_support_editor: `casebook org person add`".to_owned(),
        ),
        (TicketRole::Editor, "set") => (
            "whose ticket it is, and how it came in, only an agent may `set`".to_owned(),
            "subject, product, product_group, instance, language and fields.NAME are yours to set".to_owned(),
        ),
        (TicketRole::Customer, "cc") => (
            "whoever is in copy may leave; to add and remove others is the requester's and a tech_support_editor's"
                .to_owned(),
            format!("`casebook cc {name} --remove YOU` leaves; ask the requester for the rest"),
        ),
        (TicketRole::Editor | TicketRole::Customer, "solve") => (
            "a customer solves a ticket by agreeing; other resolutions are support's".to_owned(),
            format!("`casebook solve {name}` agrees that it is solved"),
        ),
        (_, "open") => (
            "who takes care of a ticket, and whether a rule is overridden, is support's to say".to_owned(),
            "leave --assignee and --override out, or ask an agent".to_owned(),
        ),
        (_, "correct" | "redact") => (format!("only who wrote the entry, or an agent, may `{action}` it"), team),
        _ => (format!("only an agent may `{action}` here"), team),
    }
}

/// Why somebody may not open a ticket: the rule, what is on file, who can change that.
fn ineligible(action: &str, hurdle: &IneligibleReason) -> (String, String) {
    let agent = "an agent may open it all the same: `casebook open --override REASON`";
    match hurdle {
        IneligibleReason::UnknownPerson { requester } => (
            format!(
                "{requester} is of no organization this desk knows, and `[eligibility] unknown_people` is \"refuse\""
            ),
            format!("an agent adds them: `casebook org person add ORG {requester}`; {agent}"),
        ),
        IneligibleReason::UnknownOrganization { requester, given, organizations: theirs } => {
            let all_the_same = if action == "open" { format!("; {agent}") } else { String::new() };
            (
                format!("organization `{given}` has no file here, and {requester} is of {}", theirs.join(", ")),
                format!("name that one, or make the file: `casebook org new {given}`{all_the_same}"),
            )
        }
        IneligibleReason::Role { requester, organization, plan, needed, has, administrators } => {
            let words = |roles: &[OrganizationRole], none: &str, join: &str| match roles {
                [] => none.to_owned(),
                roles => roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(join),
            };
            let who = match administrators.as_slice() {
                [] => "an agent".to_owned(),
                people => people.iter().map(Person::as_str).collect::<Vec<_>>().join(" or "),
            };
            // Support roles are the administrator's to grant, all others the desk's.
            let grants = if needed.iter().any(|role| role.is_support()) { who } else { "an agent".to_owned() };
            let role = needed.first().map_or("ROLE", |role| role.as_str());
            (
                format!(
                    "the plan `{plan}` of organization {organization} lets {} open tickets, and {requester} is {} there",
                    words(needed, "nobody", " or "),
                    words(has, "nothing", ", "),
                ),
                format!(
                    "{grants} grants it: `casebook org person add {organization} {requester} --role {role}`; {agent}"
                ),
            )
        }
        IneligibleReason::Release { organization, instance, release, since, supported } => (
            format!(
                "the instance `{instance}` of organization {organization} runs release {release}, which {}; supported: {}",
                since
                    .map_or_else(|| "is not supported".to_owned(), |day| format!("has not been supported since {day}")),
                supported.join(", "),
            ),
            format!(
                "update the instance; then an agent notes it: `casebook org set {organization} instances.{instance}.release=RELEASE`; {agent}"
            ),
        ),
        IneligibleReason::ProjectNumber { organization, instance } => (
            format!(
                "the instance `{instance}` of organization {organization} has no project number on file, which leads to its plan"
            ),
            format!(
                "its administrator finds it in the general settings; an agent notes it: `casebook org set {organization} instances.{instance}.project_number=NUMBER`; {agent}"
            ),
        ),
    }
}

/// Why organization access is not asked for or granted.
fn no_access(name: &str, why: &AccessRefusal) -> (String, String) {
    let listed = |contacts: &[Person]| match contacts {
        [] => "nobody".to_owned(),
        people => people.iter().map(Person::as_str).collect::<Vec<_>>().join(", "),
    };
    match why {
        AccessRefusal::NoOrganization => (
            "organization access is for people of an organization this desk knows".to_owned(),
            "an agent adds somebody: `casebook org person add ORG WHO --role technical_contact`".to_owned(),
        ),
        AccessRefusal::RoleMissing { requester, organization, contacts } => (
            format!("{requester} is neither a technical contact nor an administrator of organization {organization}"),
            format!("its technical contacts may ask: {}", listed(contacts)),
        ),
        AccessRefusal::NotApproved { by, organization, contacts } => (
            by.as_ref().map_or_else(
                || "an administrator asks with the approval of a technical contact".to_owned(),
                |by| format!("{by} is no technical contact of organization {organization}"),
            ),
            format!("name who approved it with --approved-by; technical contacts: {}", listed(contacts)),
        ),
        AccessRefusal::HasAccess { ticket } => (
            format!("{} granted this access already", short_suffix(*ticket)),
            "`casebook access list` shows who has access".to_owned(),
        ),
        AccessRefusal::NotAnAccessRequest => (
            "the ticket asks for something else than organization access".to_owned(),
            format!("`casebook show {name}` tells what it is about; `casebook access list` shows requests"),
        ),
        AccessRefusal::NoAccess { person, organization } => (
            format!("{person} has no granted access to organization {organization}"),
            "`casebook access list` shows who has access".to_owned(),
        ),
    }
}

fn unfit_hint(unfit: &InvalidFieldValue) -> String {
    match unfit {
        InvalidFieldValue::UnknownField { .. } => "[fields] in casebook.toml defines them".to_owned(),
        InvalidFieldValue::Missing { name } => {
            format!("give it with --field {name}=VALUE; [fields] in casebook.toml asks for it")
        }
        _ => "[fields] in casebook.toml says what it may hold".to_owned(),
    }
}

fn which_instance(action: &str, given: Option<&str>, organization: &str, known: &[String]) -> (String, String) {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let message = given.map_or_else(
        || format!("organization {organization} has several instances: {known}"),
        |given| format!("organization {organization} has no instance `{given}`; on file: {known}"),
    );
    let flag = if action == "set" { "instance=INSTANCE" } else { "--instance" };
    (message, format!("say with {flag} which one the ticket is about"))
}

fn customer(customer: &TicketOwner) -> String {
    match customer {
        TicketOwner::Organization(organization) => format!("organization {organization}"),
        TicketOwner::Person(person) => person.to_string(),
    }
}

const fn list_in_words(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::AwaitingReply => "awaiting the requester's reply",
        Status::OnHold => "on hold",
        Status::Solved => "solved",
    }
}

/// The command that would work from a status.
fn instead(name: &str, action: &str, status: Status) -> String {
    match (action, status) {
        ("reopen", _) => format!("it is not solved; answer with `casebook reply {name}`"),
        ("resume", _) => format!("it is not on hold; `casebook hold {name} --reason REASON` holds it"),
        (_, Status::Solved) => format!("reopen it first: `casebook reopen {name}`"),
        ("remind" | "solve", _) => format!("support owes the next step; answer with `casebook reply {name}` first"),
        _ => format!("`casebook show {name}` tells how it stands"),
    }
}
