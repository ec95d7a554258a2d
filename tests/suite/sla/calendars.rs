//! `calendar`: opening hours, holidays, warnings, and the import of lists.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const CHRISTMAS: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

impl Sandbox {
    fn policy(&self, text: &str) {
        self.write("casebook.toml", &format!("format = 1\n[team]\nagents = [\"kenji@desk.example\"]\n{text}"));
    }
}

#[test]
fn a_desk_by_the_template_has_the_calendars_of_the_seeds() {
    let sandbox = Sandbox::new();
    sandbox.run(&["init", "--template", "looker"]).ok();
    let shown = sandbox.run(&["calendar", "show", "--json"]).ok().json();
    assert_eq!(shown[0]["name"], "english_24x5");
    assert_eq!(shown[0]["time_zone"], "America/Los_Angeles");
    assert_eq!(shown[0]["week"]["sun"], serde_json::json!(["17:00 - 24:00"]));
    assert_eq!(shown[0]["week"]["sat"], serde_json::json!([]));
    assert_eq!(shown[0]["holidays"][1]["name"], "gb");
    assert_eq!(shown[1]["name"], "japan_business");
    assert_eq!(shown[1]["plans"], serde_json::json!(["enhanced", "looker", "premium", "standard"]));
    assert_eq!(sandbox.shell("git status --porcelain").ok().stdout, "", "the lists are part of the first commit");
    let names = sandbox.shell("git ls-files calendars").ok().stdout;
    assert_eq!(names, "calendars/gb.toml\ncalendars/jp.toml\ncalendars/us.toml\n");
}

#[test]
fn init_keeps_an_existing_list_of_holidays() {
    let sandbox = Sandbox::new();
    sandbox.shell("mkdir calendars").ok();
    let own = "title = \"Ours\"\nsource = \"us\"\nfrom = 2026-01-01\nuntil = 2026-12-31\n";
    sandbox.write("calendars/us.toml", own);
    sandbox.run(&["init", "--template", "looker"]).ok();
    assert_eq!(sandbox.read("calendars/us.toml"), own);
    let found = sandbox.run(&["calendar", "check", "--json"]).fails(1).json();
    assert_eq!(found[0]["list"], "us");
    assert!(found[0]["hint"].as_str().unwrap().contains("calendar import us --replace"), "{found}");
    sandbox.run(&["calendar", "import", "us"]).fails(4);
    sandbox.run(&["calendar", "import", "us", "--replace"]).ok();
    sandbox.run(&["calendar", "check"]).ok();
}

#[test]
fn calendar_check_reports_unusable_calendars_and_plans() {
    let sandbox = desk();
    sandbox.policy(
        "[calendars.never]\ntime_zone = \"UTC\"\nopen = []\n\
         [plans.half]\nfirst_response = { S1 = \"1h\" }\ncalendars = [{ language = \"ja\", calendar = \"always\" }]\n\
         [plans.none]\ncalendar = \"always\"\n",
    );
    let found = sandbox.run(&["calendar", "check", "--json"]).fails(1).json();
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    assert_eq!(found[0]["calendar"], "never");
    assert_eq!(found[1]["plan"], "half");
    sandbox.policy("");
    sandbox.run(&["calendar", "check"]).ok();
    sandbox.run(&["calendar", "check", "--ahead", "soon"]).fails(2);
}

#[test]
fn invalid_calendars_and_lists_are_reported_with_their_place() {
    let sandbox = desk();
    sandbox.policy("[calendars.a]\ntime_zone = \"UTC\"\nopen = [\"Mon\"]\nholidays = [\"xx\"]\n");
    let place = |told: serde_json::Value| {
        let error = &told["error"];
        let file = error["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (error["code"].as_str().unwrap().to_owned(), file, error["line"].as_u64().unwrap())
    };
    let told = |sandbox: &Sandbox| {
        let run = sandbox.run(&["calendar", "show", "--json"]).fails(7);
        serde_json::from_str(&run.stderr).unwrap()
    };
    assert_eq!(place(told(&sandbox)), ("config.invalid".to_owned(), "casebook.toml".to_owned(), 7));
    sandbox.shell("mkdir -p calendars").ok();
    sandbox.write("calendars/xx.toml", "title = \"x\"\nsource = \"y\"\nfrom = 2026-01-01\nuntil = soon\n");
    assert_eq!(place(told(&sandbox)), ("config.invalid".to_owned(), "xx.toml".to_owned(), 4));
    sandbox.shell("rm calendars/xx.toml && ln -s /etc/hostname calendars/xx.toml").ok();
    assert_eq!(place(told(&sandbox)), ("config.invalid".to_owned(), "xx.toml".to_owned(), 1));
    sandbox.run(&["calendar", "show", "b"]).fails(7);
    sandbox.policy("");
    sandbox.run(&["calendar", "show", "b"]).fails(2);
    sandbox.run(&["calendar", "show", "always"]).ok();
}

#[test]
fn a_list_is_imported_in_one_commit_of_its_own() {
    let sandbox = desk();
    sandbox.write("xmas.ics", CHRISTMAS);
    sandbox.write("staged.txt", "mine\n");
    sandbox.shell("git add staged.txt").ok();
    sandbox.run(&["calendar", "import", "xmas.ics", "-n"]).ok();
    assert!(!sandbox.path("calendars/xmas.toml").exists(), "a dry run writes nothing");
    let told = sandbox.run(&["calendar", "import", "xmas.ics", "--json"]).ok().json();
    assert_eq!((told["path"].as_str(), told["days"].as_u64()), (Some("calendars/xmas.toml"), Some(1)));
    assert_eq!(told["until"], "2026-12-31");
    assert_eq!(sandbox.shell("git show --format= --name-only HEAD").ok().stdout, "calendars/xmas.toml\n");
    assert!(sandbox.shell("git log -1 --format=%b").ok().stdout.contains("Action: calendar-import"));
    assert_eq!(sandbox.shell("git diff --cached --name-only").ok().stdout, "staged.txt\n");
    let again = sandbox.run(&["calendar", "import", "xmas.ics", "--json"]).ok().json();
    assert_eq!(again["changed"], false);
    for verb in ["check", "audit"] {
        sandbox.run(&[verb]).ok();
    }
}

#[test]
fn an_invalid_list_of_holidays_is_refused() {
    let sandbox = desk();
    sandbox.write("xmas.ics", CHRISTMAS);
    sandbox.write("hourly.ics", &CHRISTMAS.replace("SUMMARY", "RRULE:FREQ=HOURLY\r\nSUMMARY"));
    sandbox.run(&["calendar", "import", "xmas.txt"]).fails(2);
    sandbox.run(&["calendar", "import", "xmas.ics", "--name", "../up"]).fails(2);
    sandbox.run(&["calendar", "import", "xmas.ics", "--until", "2026-12-24"]).fails(2);
    let told = sandbox.run(&["calendar", "import", "hourly.ics", "--json"]).fails(7);
    let error: serde_json::Value = serde_json::from_str(&told.stderr).unwrap();
    assert_eq!((error["error"]["code"].as_str(), error["error"]["line"].as_u64()), (Some("calendar.invalid"), Some(4)));
    sandbox.run(&["--as", "ana@acme.example", "calendar", "import", "xmas.ics"]).fails(5);
}

#[test]
fn a_calendar_that_never_closes_does_not_close_between_two_seconds() {
    let sandbox = desk();
    let toml = sandbox.read("casebook.toml") + "\n[calendars.x]\ntime_zone = \"UTC\"\nopen = [\"Mon-Sun\"]\n";
    sandbox.write("casebook.toml", &toml);
    for now in ["2026-11-21T09:00:00Z", "2026-11-21T09:00:00.5Z"] {
        let told = sandbox.run_under(&[("CASEBOOK_NOW", now)], &["calendar", "next", "x"]).ok().stdout;
        assert!(told.starts_with("x  open now; never closes\n"), "{now}: {told}");
        let told = sandbox.run_under(&[("CASEBOOK_NOW", now)], &["calendar", "next", "japan_business"]).ok().stdout;
        assert!(told.contains(", in 2d15h\n"), "{now}: {told}");
    }
}

#[test]
fn a_ticket_opened_without_a_holiday_list_says_that_it_is_open_and_has_no_clocks() {
    let sandbox = desk();
    std::fs::remove_file(sandbox.path("calendars/us.toml")).unwrap();
    let words = ["open", "-s", "Tiles", "-p", "S1", "--requester", "ana@acme.example", "-m", "x"];
    let told = sandbox.run(&words).ok().stderr;
    assert!(told.starts_with("warning: the ticket was opened, and its clocks are not shown: "), "{told}");
    assert!(told.contains("there is no calendars/us.toml") && !told.contains("try again"), "{told}");
    let told = sandbox.run(&[&words[..], &["--json"]].concat()).ok();
    assert!(told.stderr.starts_with("warning: the command is done, and its clocks"), "{}", told.stderr);
    assert_eq!(told.json()["sla"], serde_json::json!([]));
    sandbox.run(&["show", told.json()["id"].as_str().unwrap()]).fails(7);
}

#[test]
fn business_days_are_shown_as_written_and_days_of_a_calendar_that_closes_are_warned_about() {
    let sandbox = desk();
    let office = "\n[calendars.office]\ntime_zone = \"UTC\"\nopen = [\"Mon-Fri 09:00 - 18:00\"]\n";
    let plan =
        |target: &str| format!("\n[plans.office]\ncalendar = \"office\"\nresolution = {{ S2 = \"{target}\" }}\n");
    let toml = sandbox.read("casebook.toml").replace("plan = \"standard\"", "plan = \"office\"");
    sandbox.write("casebook.toml", &format!("{toml}{office}{}", plan("3bd")));
    let told = sandbox.run(&["plan", "list"]).ok();
    assert!(told.stdout.contains("3bd (27h)") && told.stderr.is_empty(), "{}{}", told.stdout, told.stderr);
    sandbox.opened("Tiles", &["-p", "S2"]);
    let rows = sandbox.run(&["sla", "--json=metric,target_seconds,due_at"]).ok().json();
    let row = rows.as_array().unwrap().iter().find(|row| row["metric"] == "resolution").unwrap().clone();
    assert_eq!((&row["target_seconds"], &row["due_at"]), (&(27 * 3600).into(), &"2026-11-25T18:00:00Z".into()));
    sandbox.write("casebook.toml", &format!("{toml}{office}{}", plan("3d")));
    let told = sandbox.run(&["plan", "list"]).ok();
    assert!(told.stdout.contains("3d (72h)"), "{}", told.stdout);
    assert!(told.stderr.contains("`3d` is 72h of open time in `office`"), "{}", told.stderr);
    assert!(sandbox.run(&["check"]).ok().stdout.contains("CB312"));
    sandbox.write("casebook.toml", &format!("{toml}{office}{}", plan("3bd").replace("office\"\n", "english_24x5\"\n")));
    assert!(sandbox.run(&["check"]).fails(1).stdout.contains("open days of one length"));
}
