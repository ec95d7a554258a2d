//! The desk as a viewer sees it: everything that it gives, for a customer and for an agent.

use casebook::desk::Desk;
use casebook::domain::id::Id;
use casebook::domain::people::person::Person;

use crate::fixtures::desk::desk;
use crate::fixtures::environment::environment;
use crate::fixtures::sandbox::Sandbox;

fn opened(sandbox: &Sandbox) -> Desk {
    let now = "2026-11-21T17:00:00Z".parse().unwrap();
    Desk::open(&sandbox.path("."), environment(now)).unwrap()
}

#[test]
fn a_view_contains_nothing_that_its_viewer_does_not_see() {
    let sandbox = desk();
    let own: Id = sandbox.opened("Tiles", &[]).parse().unwrap();
    let words = ["open", "-q", "-s", "Export", "--requester", "bo@beta.example", "-m", "It fails."];
    let other: Id = sandbox.run(&words).ok().stdout.trim().parse().unwrap();
    sandbox.run(&["note", &own.to_string(), "-m", "They pay late."]).ok();
    sandbox.run(&["org", "new", "beta", "domains=beta.example"]).ok();
    let (casebook, ana) = (opened(&sandbox), Person::from_address("ana@acme.example").unwrap());

    let view = casebook.as_seen_by(Some(&ana)).unwrap();
    assert!(!view.sees_everything());
    assert_eq!(view.ids().unwrap(), [own]);
    assert_eq!(view.summaries().unwrap().rows.ids().collect::<Vec<_>>(), [own]);
    assert_eq!(view.ticket(own).unwrap().history.len(), 1);
    assert_eq!(view.ticket(other).unwrap_err().to_string(), format!("no ticket `{other}`"));
    assert!(view.find(&other.to_string()).is_err() && view.find(&own.to_string()).is_ok());
    assert_eq!(view.file_text(own).unwrap(), None);
    assert!(view.organization("beta").is_err() && view.organizations().unwrap().0.is_empty());
    assert!(view.organization_ids().unwrap().is_empty() && view.team().is_empty());

    for viewer in [None, Some(Person::from_address("kenji@desk.example").unwrap())] {
        let view = casebook.as_seen_by(viewer.as_ref()).unwrap();
        assert!(view.sees_everything());
        assert_eq!(view.ids().unwrap(), [own, other]);
        assert_eq!((view.ticket(own).unwrap().history.len(), view.ticket(other).unwrap().history.len()), (2, 1));
        assert!(view.file_text(own).unwrap().unwrap().contains("They pay late."));
        assert!(view.organization("beta").is_ok() && !view.team().is_empty());
        assert_eq!(view.organization_ids().unwrap(), ["beta"]);
    }
}
