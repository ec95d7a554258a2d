//! Organisations as named values in their fixed order, and back, as strictly as tickets (FORMAT, organizations/acme.yaml).

use chrono::NaiveDate;

use super::encode::FieldWriter;
use super::error::DecodeError;
use super::map_reader::MapReader;
use crate::domain::people::organization::{Instance, Member, Organization, PlanPeriod};
use crate::domain::people::person::Person;
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::OrganizationRole;

type Result<T> = std::result::Result<T, DecodeError>;

/// An organisation as named values. Days are strings here; a file spells them without quotes.
pub fn organization_fields(organization: &Organization) -> Fields {
    let maps = |maps: Vec<Fields>| Value::List(maps.into_iter().map(Value::Map).collect());
    let mut writer = FieldWriter::default();
    writer.words("id", &organization.id);
    writer.word("name", organization.name.as_ref());
    writer.list("domains", &organization.domains);
    writer.word("language", organization.language.as_ref());
    writer.word("time_zone", organization.time_zone.as_ref());
    writer.value("plans", maps(organization.plans.iter().map(plan_fields).collect()));
    writer.value("instances", maps(organization.instances.iter().map(instance_fields).collect()));
    writer.value("people", maps(organization.people.iter().map(member_fields).collect()));
    writer.0
}

fn plan_fields(period: &PlanPeriod) -> Fields {
    let mut writer = FieldWriter::default();
    writer.words("plan", &period.plan);
    writer.word("from", period.from);
    writer.word("until", period.until);
    writer.0
}

fn instance_fields(instance: &Instance) -> Fields {
    let mut writer = FieldWriter::default();
    writer.words("id", &instance.id);
    writer.word("edition", instance.edition);
    writer.word("hosting", instance.hosting);
    writer.word("release", instance.release.as_ref());
    writer.word("project_number", instance.project_number.as_ref());
    writer.0
}

fn member_fields(member: &Member) -> Fields {
    let mut writer = FieldWriter::default();
    writer.words("email", member.email.as_str());
    writer.list("aliases", &member.aliases);
    writer.word("name", member.name.as_ref());
    writer.list("roles", &member.roles);
    writer.word("organization_access", member.organization_access);
    writer.0
}

/// Reads an organisation from its named values. `id` is the one its file is named after.
///
/// # Errors
/// The first flaw, with its path.
pub fn organization_from(value: Value, id: &str) -> Result<Organization> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let inside = reader.needed_words("id")?;
    if inside != id {
        return Err(reader.unfit("id", &format!("the id is not `{id}`, which the file is named after")));
    }
    let organization = Organization {
        id: inside,
        name: reader.words("name")?,
        domains: reader.words_list("domains", domain)?,
        language: reader.words("language")?,
        time_zone: zone(&mut reader)?,
        plans: plans(&mut reader)?,
        instances: instances(&mut reader)?,
        people: people(&mut reader)?,
    };
    reader.finish()?;
    Ok(organization)
}

/// Reads a whole domain: what stands behind the @ of an address.
fn domain(words: &str) -> std::result::Result<String, String> {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '*' | '/');
    match words.is_empty() || words.starts_with('.') || words.contains(is_odd) {
        true => Err(format!("`{words}` is no domain; `acme.example` is")),
        false => Ok(words.to_owned()),
    }
}

fn zone(reader: &mut MapReader) -> Result<Option<String>> {
    let Some(name) = reader.words("time_zone")? else { return Ok(None) };
    let unknown = |_| reader.unfit("time_zone", &format!("`{name}` is no time zone"));
    Zone::named(&name).map_err(unknown)?;
    Ok(Some(name))
}

fn plans(reader: &mut MapReader) -> Result<Vec<PlanPeriod>> {
    let mut plans: Vec<PlanPeriod> = Vec::new();
    for mut map in reader.maps("plans")? {
        let period = PlanPeriod {
            plan: map.needed_words("plan")?,
            from: day(&mut map, "from")?,
            until: day(&mut map, "until")?,
        };
        if period.from.zip(period.until).is_some_and(|(from, until)| from >= until) {
            return Err(map.unfit("until", &"a plan ends after the day it begins"));
        }
        if let Some(before) = plans.last()
            && before.until.zip(period.from).is_none_or(|(until, from)| until > from)
        {
            return Err(map.unfit("from", &"a plan begins on the day the one before it ends, or later"));
        }
        map.finish()?;
        plans.push(period);
    }
    Ok(plans)
}

fn day(reader: &mut MapReader, name: &'static str) -> Result<Option<NaiveDate>> {
    let Some(words) = reader.words(name)? else { return Ok(None) };
    let day = words.parse().ok().filter(|day: &NaiveDate| day.to_string() == words);
    day.map(Some).ok_or_else(|| reader.unfit(name, &format!("`{words}` is no day; 2026-08-01 is")))
}

fn instances(reader: &mut MapReader) -> Result<Vec<Instance>> {
    let mut instances: Vec<Instance> = Vec::new();
    for mut map in reader.maps("instances")? {
        let instance = Instance {
            id: map.needed_words("id")?,
            edition: map.word("edition")?,
            hosting: map.word("hosting")?,
            release: map.words("release")?,
            project_number: map.words("project_number")?,
        };
        if instances.iter().any(|known| known.id == instance.id) {
            return Err(map.unfit("id", &format!("there is an instance `{}` already", instance.id)));
        }
        if instance.project_number.as_ref().is_some_and(|number| !number.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(map.unfit("project_number", &"a project number is made of digits"));
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
                let words = map.needed_words("email")?;
                Person::from_address(&words).map_err(|error| map.unfit("email", &error))?
            },
            aliases: map.words_list("aliases", Person::from_address)?,
            name: map.words("name")?,
            roles: map.words_list("roles", str::parse::<OrganizationRole>)?,
            organization_access: map.word("organization_access")?,
        };
        let is_known = |address: &Person| people.iter().any(|known| known.has_address(address));
        if is_known(&member.email) {
            return Err(map.unfit("email", &format!("{} is listed already", member.email)));
        }
        for (place, alias) in member.aliases.iter().enumerate() {
            if is_known(alias) || alias.same_address(&member.email) || alias.is_in(&member.aliases[..place]) {
                return Err(map.unfit("aliases", &format!("{alias} is listed already")));
            }
        }
        if let Some((_, role)) =
            member.roles.iter().enumerate().find(|(place, role)| member.roles[..*place].contains(role))
        {
            return Err(map.unfit("roles", &format!("`{role}` stands here twice")));
        }
        map.finish()?;
        people.push(member);
    }
    Ok(people)
}
