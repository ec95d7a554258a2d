//! The file of an organization: printing and reading are inverse, and damaged files are refused with their place.

use casebook::domain::id::Id;
use casebook::domain::people::organization::{Instance, Member, Organization, PlanPeriod};
use casebook::domain::people::person::Person;
use casebook::domain::vocabulary::{Edition, Hosting, OrganizationRole};
use casebook::store::yaml::{print_organization, read_organization};
use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::fixtures::arbitrary;

fn words() -> impl Strategy<Value = String> {
    arbitrary::words().prop_filter("words say something on one line", |words| !words.trim().is_empty())
}

fn some<T: std::fmt::Debug + Clone>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(strategy)
}

/// Consecutive periods, open at either end or not.
fn plans() -> impl Strategy<Value = Vec<PlanPeriod>> {
    let days = prop::collection::btree_set(0u64..4000, 0..6);
    (days, any::<bool>(), any::<bool>(), prop::collection::vec(words(), 6)).prop_map(|(days, begins, ends, names)| {
        let day = |number: &u64| NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(*number);
        let days: Vec<NaiveDate> = days.iter().map(day).collect();
        let mut periods: Vec<(Option<NaiveDate>, Option<NaiveDate>)> =
            days.windows(2).map(|pair| (Some(pair[0]), Some(pair[1]))).collect();
        match (days.first(), days.last()) {
            (Some(first), Some(last)) => {
                if !begins {
                    periods.insert(0, (None, Some(*first)));
                }
                if !ends {
                    periods.push((Some(*last), None));
                }
            }
            _ if begins => periods.push((None, None)),
            _ => {}
        }
        periods.into_iter().zip(names).map(|((from, until), plan)| PlanPeriod { plan, from, until }).collect()
    })
}

prop_compose! {
    fn instance(number: usize)(
        id in words(),
        edition in some(select(Edition::ALL)),
        hosting in some(select(Hosting::ALL)),
        release in some(words()),
        project_number in some("[0-9]{1,14}"),
    ) -> Instance {
        Instance { id: format!("{id}{number}"), edition, hosting, release, project_number }
    }
}

prop_compose! {
    fn member(number: usize)(
        local in "[a-zA-Z0-9.'#&!-]{1,8}",
        aliases in 0usize..3,
        name in some(words()),
        roles in subsequence(OrganizationRole::ALL.to_vec(), 0..4),
        organization_access in some(arbitrary::id()),
    ) -> Member {
        let address = |place: usize| Person::from_address(&format!("{local}{number}{place}@acme.example")).unwrap();
        let access: Option<Id> = organization_access;
        Member { email: address(9), aliases: (0..aliases).map(address).collect(), name, roles, organization_access: access }
    }
}

prop_compose! {
    fn organization()(
        name in some(words()),
        domains in prop::collection::vec("[a-z]{1,5}\\.[a-z]{2,4}", 0..3),
        language in some(words()),
        time_zone in some(select(vec!["Asia/Tokyo".to_owned(), "UTC".to_owned()])),
        plans in plans(),
        instances in (instance(0), instance(1), 0usize..3),
        people in (member(0), member(1), member(2), 0usize..4),
    ) -> Organization {
        let (first, second, count) = instances;
        let instances = [first, second].into_iter().take(count).collect();
        let (one, two, three, count) = people;
        let people = [one, two, three].into_iter().take(count).collect();
        Organization { id: "acme".to_owned(), name, domains, language, time_zone, plans, instances, people }
    }
}

proptest! {
    #![proptest_config(arbitrary::config(400))]

    #[test]
    fn reading_gives_back_what_was_printed(organization in organization()) {
        let printed = print_organization(&organization);
        let back = read_organization(printed.as_bytes(), "acme").unwrap_or_else(|damage| panic!("{damage}\n{printed}"));
        prop_assert_eq!(&back, &organization, "{}", printed);
        prop_assert_eq!(print_organization(&back), printed);
    }

    #[test]
    fn an_independent_reader_reads_the_same_values(organization in organization()) {
        let printed = print_organization(&organization);
        let theirs: serde_json::Value = serde_saphyr::from_str(&printed).unwrap_or_else(|error| panic!("{error}\n{printed}"));
        let ours: serde_json::Value = serde_yaml::from_str(&printed).unwrap();
        prop_assert_eq!(theirs, ours, "{}", printed);
    }
}

#[test]
fn the_example_of_the_format_page_is_an_organization_as_it_is_printed() {
    let page = include_str!("../../../docs/format.md");
    let section = page.split("## organizations/").nth(1).expect("a section");
    let example = section.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let acme = read_organization(example.as_bytes(), "acme").unwrap_or_else(|damage| panic!("{damage}"));
    assert_eq!(print_organization(&acme), example);
}

#[test]
fn errors_are_reported_with_their_place() {
    for (text, wanted) in [
        ("name: Acme\n", "1:1: `id` is missing"),
        ("id: acme-corp\n", "1:5: id: id `acme-corp` does not match the file name: expected `acme`"),
        ("id: acme\nnmae: Acme\n", "2:1: nmae: unknown name `nmae`; did you mean `name`?"),
        ("id: acme\ndomains: []\n", "2:10: domains: empty value; leave the name out"),
        (
            "id: acme\ndomains:\n- \"@acme.example\"\n",
            "3:3: domains[0]: invalid domain `@acme.example`: expected a form such as `acme.example`",
        ),
        ("id: acme\ntime_zone: Asia/Tokio\n", "2:12: time_zone: unknown time zone `Asia/Tokio`"),
        (
            "id: acme\nplans:\n- plan: a\n  until: 2026-8-1\n",
            "4:10: plans[0].until: invalid date `2026-8-1`: expected a form such as 2026-08-01",
        ),
        (
            "id: acme\nplans:\n- plan: a\n  until: 2026-08-01\n- plan: b\n  from: 2026-07-01\n",
            "6:9: plans[1].from: a plan must begin on the day the plan before it ends, or later",
        ),
        (
            "id: acme\nplans:\n- plan: a\n  from: 2026-08-01\n  until: 2026-08-01\n",
            "5:10: plans[0].until: a plan must end after the day it begins",
        ),
        ("id: acme\ninstances:\n- id: main\n- id: main\n", "4:7: instances[1].id: duplicate instance `main`"),
        (
            "id: acme\ninstances:\n- id: main\n  project_number: \"12a\"\n",
            "4:19: instances[0].project_number: a project number must contain only digits",
        ),
        ("id: acme\npeople:\n- email: ana\n", "3:10: people[0].email: `ana` is not an address"),
        (
            "id: acme\npeople:\n- email: ana@acme.example\n  roles:\n  - editor\n",
            "5:5: people[0].roles[0]: unknown role `editor`; expected one of tech_support_editor",
        ),
        (
            "id: acme\npeople:\n- email: ana@acme.example\n- email: bo@acme.example\n  aliases:\n  - Ana@acme.example\n",
            "6:5: people[1].aliases: duplicate address Ana@acme.example",
        ),
        ("id: acme\nid: acme\n", "2:1: `id` occurs twice"),
        ("id: &a acme\n", "1:5: anchors"),
        ("- acme\n", "1:1: expected a map, found a list"),
    ] {
        let told = read_organization(text.as_bytes(), "acme").expect_err(text).to_string();
        assert!(told.starts_with(wanted), "{told}\n{wanted}\n{text}");
    }
}
