//! Organizations as JSON, always with all fields in one order, and as a list.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Audience;
use super::table::{Cell, Table, tab_separated};
use crate::domain::people::organization::{Instance, Member, Organization, PlanPeriod};
use crate::domain::people::person::Person;
use crate::domain::vocabulary::OrganizationRole;

/// Returns an organization as JSON.
pub fn to_json(organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "name": organization.name,
        "domains": organization.domains,
        "language": organization.language,
        "time_zone": organization.time_zone,
        "plans": organization.plans.iter().map(plan).collect::<Vec<_>>(),
        "instances": organization.instances.iter().map(instance).collect::<Vec<_>>(),
        "people": organization.people.iter().map(member).collect::<Vec<_>>(),
    })
}

fn plan(period: &PlanPeriod) -> Value {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    json!({ "plan": period.plan, "from": day(period.from), "until": day(period.until) })
}

fn instance(instance: &Instance) -> Value {
    json!({
        "id": instance.id,
        "edition": instance.edition.map(|edition| edition.as_str()),
        "hosting": instance.hosting.map(|hosting| hosting.as_str()),
        "release": instance.release,
        "project_number": instance.project_number,
    })
}

fn member(member: &Member) -> Value {
    json!({
        "email": member.email.as_str(),
        "aliases": member.aliases.iter().map(Person::as_str).collect::<Vec<_>>(),
        "name": member.name,
        "roles": member.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        "organization_access": member.organization_access.map(|ticket| ticket.to_string()),
    })
}

/// Returns the cells of a list: id, name, the plan in force on a day, number of people, administrators.
fn cells(organization: &Organization, day: NaiveDate) -> [String; 5] {
    let admins: Vec<&str> = organization.people_with(OrganizationRole::OrgAdmin).map(Person::as_str).collect();
    [
        organization.id.clone(),
        organization.name.clone().unwrap_or_default(),
        organization.plan_on(day).unwrap_or_default().to_owned(),
        organization.people.len().to_string(),
        admins.join(","),
    ]
}

/// Renders a line of tab-separated values for each organization.
pub fn render_tsv(organizations: &[Organization], day: NaiveDate) -> String {
    let line = |organization| tab_separated(cells(organization, day).iter().map(String::as_str));
    organizations.iter().map(line).collect()
}

/// Renders organizations as a table.
pub fn render_table(organizations: &[Organization], day: NaiveDate, audience: &Audience<'_>) -> String {
    let mut table = Table::with_header(&["id", "name", "plan", "people", "administered by"]);
    for organization in organizations {
        table.push(cells(organization, day).iter().map(|cell| Cell::plain(cell)).collect());
    }
    audience.render(&table)
}
