//! The story of the example desk: its team, customers and commands, read from `demo.toml`.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde::Deserialize;

use crate::cli::error::CliError;
use crate::cli::verbs::org::key_values;
use crate::desk::{ActionRequest, AttachmentData, OrganizationCommand, TicketRef};
use crate::domain::codec::requested_action_from;
use crate::domain::id::Id;
use crate::domain::people::organization::Member;
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::Action;
use crate::domain::time::duration::{format_instant, parse_duration};
use crate::domain::value::Value;
use crate::domain::vocabulary::MergeReason;
use crate::error::Error;

/// The days from now until the old plan of a customer ends.
const RENEWAL: Days = Days::new(45);

/// The story of the example desk.
#[derive(Deserialize)]
pub(super) struct DemoStory {
    /// The agents beside the user.
    pub agents: Vec<String>,
    pub managers: Vec<String>,
    organizations: Vec<DemoOrganization>,
    /// The commands, the oldest first.
    pub steps: Vec<DemoStep>,
}

/// A customer of the demo.
#[derive(Deserialize)]
struct DemoOrganization {
    id: String,
    /// The fields, as for `org set`.
    fields: Vec<String>,
    /// The people, by address.
    people: BTreeMap<String, DemoMember>,
}

/// A person of a customer.
#[derive(Deserialize)]
struct DemoMember {
    name: String,
    roles: Vec<String>,
}

/// A command of the demo.
#[derive(Deserialize)]
pub(super) struct DemoStep {
    /// The time that has passed since, such as `2d3h`.
    ago: String,
    /// The address of the actor. None is the user.
    pub by: Option<String>,
    /// The name of the ticket in the story.
    pub ticket: String,
    /// The second clone in which the step is made.
    pub clone: Option<String>,
    #[serde(default)]
    text: String,
    /// The name of an attachment.
    attach: Option<String>,
    /// The contents of the attachment.
    #[serde(default)]
    file: String,
    /// The action and its fields, with the names of an entry.
    #[serde(flatten)]
    fields: BTreeMap<String, String>,
}

impl DemoStory {
    /// Reads the story.
    pub fn read() -> Self {
        toml::from_str(include_str!("demo.toml")).expect("demo.toml is a story, as tests show")
    }

    /// Returns the commands that create the customers, with the renewal counted from `now`.
    ///
    /// # Errors
    /// A field, an address or a role is invalid.
    pub fn organizations(&self, now: DateTime<Utc>) -> Result<Vec<OrganizationCommand>, CliError> {
        let renewal = now.date_naive().checked_add_days(RENEWAL).unwrap_or_default().to_string();
        let mut commands = Vec::new();
        for DemoOrganization { id, fields, people } in &self.organizations {
            let fields: Vec<String> = fields.iter().map(|field| field.replace("RENEWAL", &renewal)).collect();
            let mut changes = key_values::parse(&fields)?;
            for (address, DemoMember { name, roles }) in people {
                let mut member = Member::new(person(address)?);
                member.name = Some(name.clone());
                member.roles = roles.iter().map(|role| role.parse()).collect::<Result<_, _>>().map_err(invalid)?;
                changes.push(OrganizationChange::AddPerson(member));
            }
            commands.push(OrganizationCommand { id: id.clone(), is_new: true, changes });
        }
        Ok(commands)
    }
}

impl DemoStep {
    /// Returns its time, counted back from `now`.
    pub fn at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        before(now, &self.ago)
    }

    /// Returns the files of the step.
    pub fn attachments(&self) -> Vec<AttachmentData> {
        let file = |name: &String| AttachmentData::of(name.clone(), self.file.clone().into_bytes());
        self.attach.iter().map(file).collect()
    }

    /// Returns the request of the step by an actor, with the ids of the tickets that earlier steps opened.
    ///
    /// # Errors
    /// A field is missing or invalid.
    pub fn request(
        &self,
        tickets: &HashMap<String, Id>,
        actor: &Person,
        now: DateTime<Utc>,
    ) -> Result<ActionRequest, CliError> {
        let field = |name: &str| self.fields.get(name).cloned().unwrap_or_default();
        let ticket =
            |name: String| tickets.get(&name).copied().ok_or_else(|| CliError::from(Error::NotFound { word: name }));
        let text = Text::clean(&self.text);
        let action = match field("action").as_str() {
            "open" => {
                let mut opening =
                    OpenFields::new(field("subject"), field("priority").parse().map_err(invalid)?, actor.clone());
                opening.product_group = Some(field("product_group"));
                opening.organization = Some(field("organization"));
                opening.channel = Some("portal".to_owned());
                opening.language = self.fields.get("language").cloned();
                let action = Action::Open(Box::new(opening));
                let id = Id::at(self.at(DateTime::UNIX_EPOCH), 0);
                return Ok(ActionRequest { target: TicketRef::New, ..ActionRequest::on(id, action, text) });
            }
            "merge" => Action::Merge { into: ticket(field("into"))?, reason: MergeReason::SameIssue },
            "assign" => Action::Assign { assignee: Some(actor.clone()) },
            _ => {
                let value = |name: &str, value: &str| match name {
                    "until" => Value::from(format_instant(before(now, value)).as_str()),
                    _ => Value::from(value),
                };
                let fields = self.fields.iter().map(|(name, text)| (name.clone(), value(name, text)));
                requested_action_from(Value::Map(fields.collect())).map_err(invalid)?
            }
        };
        Ok(ActionRequest::on(ticket(self.ticket.clone())?, action, text))
    }
}

/// Returns the time that was a span before `now`.
fn before(now: DateTime<Utc>, span: &str) -> DateTime<Utc> {
    now - parse_duration(span).unwrap_or(TimeDelta::zero())
}

/// Parses an address of the story.
pub(super) fn person(address: &str) -> Result<Person, CliError> {
    Person::from_address(address).map_err(invalid)
}

/// Returns the error of an invalid value of the story.
fn invalid(error: impl std::error::Error) -> CliError {
    Error::Usage { message: error.to_string(), hint: None }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_in_order_and_every_step_can_be_requested() {
        let story = DemoStory::read();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut tickets = HashMap::new();
        for steps in story.steps.windows(2) {
            assert!(steps[0].at(now) <= steps[1].at(now), "{}", steps[1].ago);
        }
        for step in &story.steps {
            assert!(parse_duration(&step.ago).is_some(), "{}", step.ago);
            let actor = person(step.by.as_deref().unwrap_or("you@desk.example")).expect("an address");
            let request =
                step.request(&tickets, &actor, now).unwrap_or_else(|error| panic!("{}: {error:?}", step.ticket));
            tickets.entry(step.ticket.clone()).or_insert_with(|| Id::at(step.at(now), 0));
            assert_eq!(request.target == TicketRef::New, step.fields["action"] == "open");
        }
        assert_eq!(story.organizations(now).expect("organizations").len(), 2);
    }
}
