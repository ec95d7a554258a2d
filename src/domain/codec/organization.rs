//! Organizations as named values in their fixed order, and back, as strictly as tickets
//! (docs/format.md#organizationsacmeyaml).

use chrono::NaiveDate;

use super::encode::FieldWriter;
use super::error::Result;
use super::map_reader::MapReader;
use crate::domain::people::organization::{Instance, Member, Organization, PlanPeriod};
use crate::domain::people::person::Person;
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::OrganizationRole;

/// Encodes an organization as named values. Dates are strings here; a file has them without quotes.
pub fn organization_fields(organization: &Organization) -> Fields {
    let maps = |maps: Vec<Fields>| Value::List(maps.into_iter().map(Value::Map).collect());
    let mut writer = FieldWriter::default();
    writer.text("id", &organization.id);
    writer.display("name", organization.name.as_ref());
    writer.list("domains", &organization.domains);
    writer.display("language", organization.language.as_ref());
    writer.display("time_zone", organization.time_zone.as_ref());
    writer.value("plans", maps(organization.plans.iter().map(plan_fields).collect()));
    writer.value("instances", maps(organization.instances.iter().map(instance_fields).collect()));
    writer.value("people", maps(organization.people.iter().map(member_fields).collect()));
    writer.0
}

fn plan_fields(period: &PlanPeriod) -> Fields {
    let mut writer = FieldWriter::default();
    writer.text("plan", &period.plan);
    writer.display("from", period.from);
    writer.display("until", period.until);
    writer.0
}

fn instance_fields(instance: &Instance) -> Fields {
    let mut writer = FieldWriter::default();
    writer.text("id", &instance.id);
    writer.display("edition", instance.edition);
    writer.display("hosting", instance.hosting);
    writer.display("release", instance.release.as_ref());
    writer.display("project_number", instance.project_number.as_ref());
    writer.0
}

fn member_fields(member: &Member) -> Fields {
    let mut writer = FieldWriter::default();
    writer.text("email", member.email.as_str());
    writer.list("aliases", &member.aliases);
    writer.display("name", member.name.as_ref());
    writer.list("roles", &member.roles);
    writer.display("organization_access", member.organization_access);
    writer.0
}

/// Decodes an organization from its named values. `id` is the id in the name of its file.
///
/// # Errors
/// The first invalid value, with its path.
pub fn organization_from(value: Value, id: &str) -> Result<Organization> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let inside = reader.required_line("id")?;
    if inside != id {
        return Err(reader.invalid("id", &format!("id `{inside}` does not match the file name: expected `{id}`")));
    }
    let organization = Organization {
        id: inside,
        name: reader.line("name")?,
        domains: reader.parsed_list("domains", domain)?,
        language: reader.line("language")?,
        time_zone: zone(&mut reader)?,
        plans: plans(&mut reader)?,
        instances: instances(&mut reader)?,
        people: people(&mut reader)?,
    };
    reader.finish()?;
    Ok(organization)
}

/// Parses a whole domain: the part of an address after the @.
fn domain(text: &str) -> std::result::Result<String, String> {
    let is_forbidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '*' | '/');
    match text.is_empty() || text.starts_with('.') || text.contains(is_forbidden) {
        true => Err(format!("invalid domain `{text}`: expected a form such as `acme.example`")),
        false => Ok(text.to_owned()),
    }
}

fn zone(reader: &mut MapReader) -> Result<Option<String>> {
    let Some(name) = reader.line("time_zone")? else { return Ok(None) };
    let unknown = |_| reader.invalid("time_zone", &format!("unknown time zone `{name}`"));
    Zone::named(&name).map_err(unknown)?;
    Ok(Some(name))
}

fn plans(reader: &mut MapReader) -> Result<Vec<PlanPeriod>> {
    let mut plans: Vec<PlanPeriod> = Vec::new();
    for mut map in reader.maps("plans")? {
        let period = PlanPeriod {
            plan: map.required_line("plan")?,
            from: day(&mut map, "from")?,
            until: day(&mut map, "until")?,
        };
        if period.from.zip(period.until).is_some_and(|(from, until)| from >= until) {
            return Err(map.invalid("until", &"a plan must end after the day it begins"));
        }
        if let Some(before) = plans.last()
            && before.until.zip(period.from).is_none_or(|(until, from)| until > from)
        {
            return Err(map.invalid("from", &"a plan must begin on the day the plan before it ends, or later"));
        }
        map.finish()?;
        plans.push(period);
    }
    Ok(plans)
}

fn day(reader: &mut MapReader, name: &'static str) -> Result<Option<NaiveDate>> {
    let Some(text) = reader.line(name)? else { return Ok(None) };
    let day = text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text);
    let invalid = || format!("invalid date `{text}`: expected a form such as 2026-08-01");
    day.map(Some).ok_or_else(|| reader.invalid(name, &invalid()))
}

fn instances(reader: &mut MapReader) -> Result<Vec<Instance>> {
    let mut instances: Vec<Instance> = Vec::new();
    for mut map in reader.maps("instances")? {
        let instance = Instance {
            id: map.required_line("id")?,
            edition: map.parsed("edition")?,
            hosting: map.parsed("hosting")?,
            release: map.line("release")?,
            project_number: map.line("project_number")?,
        };
        if instances.iter().any(|other| other.id == instance.id) {
            return Err(map.invalid("id", &format!("duplicate instance `{}`", instance.id)));
        }
        if instance.project_number.as_ref().is_some_and(|number| !number.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(map.invalid("project_number", &"a project number must contain only digits"));
        }
        map.finish()?;
        instances.push(instance);
    }
    Ok(instances)
}

fn people(reader: &mut MapReader) -> Result<Vec<Member>> {
    let mut people: Vec<Member> = Vec::new();
    for mut map in reader.maps("people")? {
        let member = Member {
            email: {
                let text = map.required_line("email")?;
                Person::from_address(&text).map_err(|error| map.invalid("email", &error))?
            },
            aliases: map.parsed_list("aliases", Person::from_address)?,
            name: map.line("name")?,
            roles: map.parsed_list("roles", str::parse::<OrganizationRole>)?,
            organization_access: map.parsed("organization_access")?,
        };
        let is_listed = |address: &Person| people.iter().any(|other| other.has_address(address));
        if is_listed(&member.email) {
            return Err(map.invalid("email", &format!("duplicate address {}", member.email)));
        }
        for (place, alias) in member.aliases.iter().enumerate() {
            if is_listed(alias) || alias.same_address(&member.email) || alias.is_in(&member.aliases[..place]) {
                return Err(map.invalid("aliases", &format!("duplicate address {alias}")));
            }
        }
        if let Some((_, role)) =
            member.roles.iter().enumerate().find(|(place, role)| member.roles[..*place].contains(role))
        {
            return Err(map.invalid("roles", &format!("duplicate role `{role}`")));
        }
        map.finish()?;
        people.push(member);
    }
    Ok(people)
}
