//! The people of the table, and one desk with tickets in every relation to each of them.
//!
//! The program makes the tickets; those that are somebody's own are copies of them in that person's name, since there
//! are many. Must not know what is tried.

use std::collections::BTreeMap;

use crate::desk::desk;
use crate::sandbox::Sandbox;

/// Somebody of the table.
pub struct Person {
    /// The head of the column.
    pub head: &'static str,
    /// Who it is.
    pub address: &'static str,
    role: Option<&'static str>,
}

const fn person(head: &'static str, address: &'static str, role: Option<&'static str>) -> Person {
    Person { head, address, role }
}

/// Everybody, in the order of the columns.
pub const PEOPLE: &[Person] = &[
    person("agent", "kenji@desk.example", None),
    person("manager", "mia@desk.example", None),
    person("no role", "new@acme.example", None),
    person("editor", "editor@acme.example", Some("tech_support_editor")),
    person("viewer", "viewer@acme.example", Some("tech_support_viewer")),
    person("org admin", "boss@acme.example", Some("org_admin")),
    person("contact", "contact@acme.example", Some("technical_contact")),
    person("granted", "granted@acme.example", Some("technical_contact")),
    person("revoked", "revoked@acme.example", Some("technical_contact")),
    person("admin", "admin@acme.example", Some("admin")),
    person("developer", "developer@acme.example", Some("developer")),
    person("former", "former@acme.example", Some("tech_support_editor")),
    person("elsewhere", "ida@northwind.example", Some("tech_support_editor")),
    person("nowhere", "x@other.example", None),
];

/// How a person and a ticket belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are the requester.
    Own,
    /// They are in copy.
    Copy,
    /// It is of their organization.
    Organization,
    /// None of these.
    Other,
}

impl Relation {
    pub const ALL: [Self; 4] = [Self::Own, Self::Copy, Self::Organization, Self::Other];

    /// The heading of its table.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Own => "Their own ticket",
            Self::Copy => "A ticket they are only in copy of",
            Self::Organization => "A ticket of their organization",
            Self::Other => "A ticket of another customer",
        }
    }
}

impl Person {
    fn is_support(&self) -> bool {
        self.address.ends_with("@desk.example")
    }

    /// Whether a ticket can stand so to the person. An agent is one to every ticket, so two tables have them.
    pub fn can_be(&self, relation: Relation) -> bool {
        match relation {
            Relation::Own => !self.is_support(),
            Relation::Organization => !self.is_support() && !self.address.ends_with("@other.example"),
            Relation::Copy | Relation::Other => true,
        }
    }
}

/// Tickets of one customer, by the state they are in.
type Set = BTreeMap<&'static str, String>;

/// The desk.
pub struct Cast {
    pub sandbox: Sandbox,
    pub request: String,
    sets: BTreeMap<String, Set>,
}

const REQUESTERS: [(&str, &str); 2] = [("acme", "ana@acme.example"), ("northwind", "nils@northwind.example")];

const ISSUE: &str = r#"{"id":"web-1","title":"Tiles","status":"open","priority":1,"created_at":"2026-10-01T08:00:00Z","created_by":"eve@acme.example"}
"#;

const GREETING: &str =
    "\n[macros.greet]\nabout = \"A greeting\"\ntext = \"Hello.\"\nactions = [{ action = \"reply\" }]\n";

impl Cast {
    /// Makes the desk.
    pub fn new() -> Self {
        let sandbox = desk();
        let policy = sandbox.read("casebook.toml").replace("managers = []", "managers = [\"mia@desk.example\"]");
        // While what stands is made: those without a role could not have opened what is theirs.
        let policy = policy.replace("\nroles = true", "\nroles = false");
        sandbox.write("casebook.toml", &(policy.replace("\n[macros]\n", "\n") + GREETING));
        sandbox.write("../issues.jsonl", ISSUE);
        let mut cast = Self { sandbox, request: String::new(), sets: BTreeMap::new() };
        cast.people();
        for (organization, requester) in REQUESTERS {
            let set = cast.set(requester, &[]);
            cast.sets.insert(organization.to_owned(), set);
        }
        let copied: Vec<&str> = PEOPLE.iter().map(|person| person.address).collect();
        let set = cast.set(REQUESTERS[0].1, &copied);
        cast.sets.insert("copied".to_owned(), set);
        for (number, person) in PEOPLE.iter().enumerate().filter(|(_, person)| person.can_be(Relation::Own)) {
            let set = cast.own(person, number);
            cast.sets.insert(person.address.to_owned(), set);
        }
        let policy = cast.sandbox.read("casebook.toml").replace("\nroles = false", "\nroles = true");
        cast.sandbox.write("casebook.toml", &policy);
        cast.sandbox.git(&["add", "-A"]).ok();
        cast.sandbox.git(&["commit", "-qm", "The desk"]).ok();
        cast.sandbox.run(&["check"]).ok();
        cast.sandbox.wait("30d");
        cast
    }

    /// The ticket in a state that stands so to a person.
    pub fn ticket(&self, person: &Person, relation: Relation, state: &str) -> &str {
        let is_northwinds = person.address.ends_with("@northwind.example");
        let set = match relation {
            Relation::Own => person.address,
            Relation::Copy => "copied",
            Relation::Organization if is_northwinds => "northwind",
            Relation::Other
                if !is_northwinds && !person.address.ends_with("@other.example") && !person.is_support() =>
            {
                "northwind"
            }
            Relation::Organization | Relation::Other => "acme",
        };
        &self.sets[set][state]
    }

    fn done(&self, words: &[&str]) -> String {
        self.sandbox.run(&[words, &["--no-commit"]].concat()).ok().stdout.trim().to_owned()
    }

    /// The organizations, who is what there, and who has access to all of their tickets.
    fn people(&mut self) {
        for organization in ["acme", "northwind"] {
            self.done(&["org", "new", organization, &format!("domains={organization}.example"), "plans=enhanced"]);
        }
        for person in PEOPLE {
            let Some(role) = person.role else { continue };
            let organization = if person.address.ends_with("@acme.example") { "acme" } else { "northwind" };
            self.done(&["org", "person", "add", organization, person.address, "--role", role]);
        }
        self.done(&["org", "person", "remove", "acme", "former@acme.example"]);
        self.done(&["org", "person", "add", "acme", "colleague@acme.example", "--role", "tech_support_editor"]);
        for who in ["granted@acme.example", "revoked@acme.example"] {
            let id = self.done(&["-q", "access", "request", "--requester", who, "-m", "Words."]);
            self.done(&["access", "grant", &id]);
        }
        self.done(&["access", "revoke", "acme", "revoked@acme.example", "-m", "Words."]);
        self.request = self.done(&["--as", "contact@acme.example", "-q", "access", "request", "-m", "Words."]);
    }

    /// A ticket in every state, opened by its requester, with people in copy.
    fn set(&self, requester: &str, copied: &[&str]) -> Set {
        let cc: Vec<&str> = copied.iter().flat_map(|who| ["--cc", who]).collect();
        let open = || {
            let words = ["--as", requester, "-q", "open", "-s", "Tiles time out", "-p", "S1", "-m", "All of them."];
            self.done(&[&words[..], &cc].concat())
        };
        let states = ["open", "twin", "awaiting", "hold", "solved", "merged", "escalated"];
        let set: Set = states.map(|state| (state, open())).into();
        self.done(&["reply", &set["awaiting"], "-m", "Which release?"]);
        self.done(&["hold", &set["hold"], "--reason", "engineering"]);
        self.done(&["--as", requester, "solve", &set["solved"], "-m", "It works."]);
        self.done(&["merge", &set["merged"], "--into", &set["twin"]]);
        self.done(&["--as", requester, "escalate", &set["escalated"], "--reason", "business_impact", "-m", "Now."]);
        set
    }

    /// The same tickets again, as this person's.
    fn own(&self, person: &Person, number: usize) -> Set {
        let of = if person.address.ends_with("@northwind.example") { "northwind" } else { "acme" };
        let (_, requester) = REQUESTERS.into_iter().find(|(organization, _)| *organization == of).unwrap();
        let again = |(state, id): (&&'static str, &String)| {
            let text = std::fs::read_to_string(self.sandbox.file_of(id)).unwrap();
            let mut text = with_other_ids(&text, number).replace(requester, person.address);
            if person.address.ends_with("@other.example") {
                text =
                    text.lines().filter(|line| line.trim() != "organization: acme").flat_map(|l| [l, "\n"]).collect();
            }
            let path = self.sandbox.file_of(id).to_string_lossy().into_owned();
            self.sandbox.write(with_other_ids(&path, number), &text);
            (*state, with_other_ids(id, number))
        };
        self.sets[of].iter().map(again).collect()
    }
}

/// A text whose ids differ from all others in two letters that nothing else is made of.
fn with_other_ids(text: &str, number: usize) -> String {
    let is_of_id = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    let mut told = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("01M") {
        let (before, from) = rest.split_at(start);
        let length = from.find(|c| !is_of_id(c)).unwrap_or(from.len());
        let (id, behind) = from.split_at(length);
        told.push_str(before);
        if length == 26 {
            told.push_str(&format!("{}{number:02}{}", &id[..18], &id[20..]));
        } else {
            told.push_str(id);
        }
        rest = behind;
    }
    told + rest
}
