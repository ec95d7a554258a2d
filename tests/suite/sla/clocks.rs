//! Clocks: the plan in force, every place where clocks are printed, queries about them, and invalid policies.

use serde_json::Value;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const POLICY: &str = "format = 1\ntime_zone = \"UTC\"\n[team]\nagents = [\"kenji@desk.example\"]\n\
    [plans.short]\nfirst_response = { S1 = \"1h\", S3 = \"4h\" }\nnext_response = { S3 = \"8h\" }\nresolution = { S3 = \"24h\" }\n\
    calendar = \"always\"\n[plans.long]\nfirst_response = { S3 = \"48h\" }\ncalendar = \"always\"\n[desk]\nplan = \"long\"\n";

/// A desk on which Acme, in Tokyo, has one plan until December and then another.
fn promising() -> Sandbox {
    let sandbox = desk();
    sandbox.write("casebook.toml", POLICY);
    sandbox.write(
        "organizations/acme.yaml",
        "id: acme\ntime_zone: Asia/Tokyo\nplans:\n- plan: short\n  until: 2026-12-01\n- plan: long\n  from: 2026-12-01\n\
         people:\n- email: ana@acme.example\n  roles:\n  - tech_support_editor\n",
    );
    sandbox.shell("git add -A && git commit -qm policy").ok();
    sandbox
}

impl Sandbox {
    fn at(&self, now: &str, arguments: &[&str]) -> crate::fixtures::sandbox::Outcome {
        self.run_under(&[("CASEBOOK_NOW", now)], arguments)
    }

    /// Opens a ticket of Ana's, or, without flags, of a person of no organization.
    fn opened_at(&self, now: &str, flags: &[&str]) -> String {
        let requester = if flags.is_empty() { "bo@x.example" } else { "ana@acme.example" };
        let words = ["open", "-q", "-s", "Tiles", "--requester", requester, "-m", "Help!"];
        self.at(now, &[&words[..], flags].concat()).ok().stdout.trim().to_owned()
    }

    fn clocks(&self, now: &str, id: &str) -> Value {
        self.at(now, &["show", id, "--json=sla"]).ok().json()["sla"].clone()
    }
}

#[test]
fn the_plan_is_the_one_in_force_on_the_customers_day_of_opening() {
    let sandbox = promising();
    let target = |now: &str, flags: &[&str]| {
        let id = sandbox.opened_at(now, flags);
        sandbox.clocks("2026-12-02T00:00:00Z", &id)[0]["target_seconds"].as_i64().unwrap() / 3600
    };
    assert_eq!(target("2026-11-30T14:59:59Z", &["--org", "acme"]), 4, "still November in Tokyo");
    assert_eq!(target("2026-11-30T15:00:00Z", &["--org", "acme"]), 48, "December in Tokyo");
    assert_eq!(target("2026-11-30T15:00:00Z", &[]), 48, "the desk's own");
    sandbox.write("organizations/beta.yaml", "id: beta\nplans:\n- plan: short\n  until: 2026-11-01\n");
    let id = sandbox.opened_at("2026-11-20T15:00:00Z", &[]);
    sandbox.at("2026-11-20T15:00:00Z", &["set", &id, "organization=beta"]).ok();
    assert_eq!(sandbox.clocks("2026-11-20T16:00:00Z", &id)[0]["target_seconds"], 48 * 3600, "none in force");
    sandbox.at("2026-11-20T15:01:00Z", &["set", &id, "organization=nowhere"]).ok();
    assert_eq!(sandbox.clocks("2026-11-20T16:00:00Z", &id)[0]["target_seconds"], 48 * 3600, "no file");
    sandbox.write("organizations/beta.yaml", "id: beta\nplans:\n- plan: gold\n");
    sandbox.at("2026-11-20T15:02:00Z", &["set", &id, "organization=beta"]).ok();
    assert_eq!(sandbox.clocks("2026-11-20T16:00:00Z", &id), serde_json::json!([]), "an unknown plan");
    let found = sandbox.run(&["check", "--json"]).json();
    assert!(
        found.as_array().unwrap().iter().any(|finding| finding["code"] == "CB307" && finding["line"] == 3),
        "{found}"
    );
}

#[test]
fn changing_a_plan_lists_the_affected_open_tickets() {
    let sandbox = promising();
    let now = "2026-11-20T16:00:00Z";
    let id = sandbox.opened_at("2026-11-20T08:00:00Z", &["--org", "acme"]);
    let solved = sandbox.opened_at("2026-11-20T08:00:00Z", &["--org", "acme"]);
    sandbox.at("2026-11-20T09:00:00Z", &["solve", &solved, "--agreed-by", "ana@acme.example"]).ok();
    let tail = &id[20..];
    let told = sandbox.at(now, &["org", "set", "acme", "plans=long", "-n"]).ok();
    let expected = format!(
        "note: 1 unsolved ticket has another plan now: {tail} (long, was short); `casebook plan show acme` shows their clocks\n"
    );
    assert!(told.stderr.contains(&expected), "{}", told.stderr);
    // Opened on the twentieth in Tokyo, before the upgrade.
    let upgrade = ["org", "set", "acme", "plans=short:..2026-11-21,long:2026-11-21.."];
    assert_eq!(sandbox.at(now, &upgrade).ok().stderr, "");
    assert_eq!(sandbox.at(now, &["org", "set", "acme", "name=Acme"]).ok().stderr, "");
    // The day of opening is a different one there.
    let told = sandbox.at(now, &["org", "set", "acme", "time_zone=Pacific/Kiritimati"]).ok();
    assert_eq!(told.stderr, "", "still the twentieth");
    let told = sandbox.at(now, &["org", "set", "acme", "plans=short:..2026-11-20,long:2026-11-20.."]).ok();
    assert!(told.stderr.contains(&expected), "{}", told.stderr);
    assert_eq!(sandbox.clocks(now, &id)[0]["target_seconds"], 48 * 3600);
}

#[test]
fn as_of_and_now_cannot_be_combined() {
    let sandbox = promising();
    let told = sandbox.run(&["sla", "as-of:2026-11-10", "--now", "2026-11-11"]).fails(2);
    assert!(told.stderr.contains("both give an instant"), "{}", told.stderr);
}

#[test]
fn clocks_are_the_same_wherever_they_are_printed() {
    let sandbox = promising();
    let id = sandbox.opened_at("2026-11-20T09:00:00Z", &["--org", "acme"]);
    sandbox.at("2026-11-20T10:00:00Z", &["reply", &id, "-m", "Which release?"]).ok();
    sandbox.at("2026-11-20T12:00:00Z", &["reply", &id, "-m", "26.18", "--as", "ana@acme.example"]).ok();
    let now = "2026-11-20T13:00:00Z";
    let shown = sandbox.clocks(now, &id);
    let metrics: Vec<&str> = shown.as_array().unwrap().iter().map(|clock| clock["metric"].as_str().unwrap()).collect();
    assert_eq!(metrics, ["first_response", "resolution", "next_response"]);
    assert_eq!((&shown[0]["state"], &shown[0]["stopped_at"]), (&"met".into(), &"2026-11-20T10:00:00Z".into()));
    assert_eq!((&shown[1]["elapsed_seconds"], &shown[1]["due_at"]), (&7200.into(), &"2026-11-21T11:00:00Z".into()));
    assert_eq!(
        (&shown[2]["started_at"], &shown[2]["remaining_seconds"]),
        (&"2026-11-20T12:00:00Z".into(), &(7 * 3600).into())
    );
    for no_index in [&[][..], &["--no-index"][..]] {
        let listed = sandbox.at(now, &[no_index, &["list", "--json=sla"]].concat()).ok().json();
        assert_eq!(listed[0]["sla"], shown);
    }
    let mut rows = sandbox.at(now, &["sla", "--all", "--json"]).ok().json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["id"] == id.as_str()));
    rows.as_array_mut().unwrap().iter_mut().for_each(|row| _ = row.as_object_mut().unwrap().remove("id"));
    for clock in shown.as_array().unwrap() {
        assert!(rows.as_array().unwrap().contains(clock), "{clock} is not in {rows}");
    }
    let owed = sandbox.at(now, &["sla", "--json=metric"]).ok().json();
    assert_eq!(owed, serde_json::json!([{"metric": "next_response"}, {"metric": "resolution"}]), "what burns first");
    // An earlier `--at` prints the earlier state.
    let then = sandbox.at(now, &["sla", "--now", "2026-11-20T09:30:00Z", "--json"]).ok().json();
    assert_eq!(then[0]["remaining_seconds"], 3 * 3600 + 1800);
    assert_eq!(then, sandbox.at(now, &["sla", "as-of:2026-11-20T09:30:00Z", "--json"]).ok().json());
    let explained = sandbox.at(now, &["sla", "--explain", &id, "--json"]).ok().json();
    assert_eq!(explained["plan"], "short");
    let waiting: Vec<&Value> = explained["sla"][1]["timeline"].as_array().unwrap().iter().collect();
    assert_eq!(
        waiting.iter().map(|span| span["reason"].as_str().unwrap()).collect::<Vec<_>>(),
        ["open", "waiting", "open", "open"]
    );
}

#[test]
fn queries_find_what_is_due() {
    let sandbox = promising();
    let early = sandbox.opened_at("2026-11-20T09:00:00Z", &["--org", "acme"]);
    let late = sandbox.opened_at("2026-11-20T09:00:01Z", &[]);
    let solved = sandbox.opened_at("2026-11-20T09:00:00Z", &[]);
    sandbox.at("2026-11-23T09:00:00Z", &["solve", &solved, "--agreed-by", "ana@acme.example"]).ok();
    let now = "2026-11-20T12:00:00Z";
    let list = |now: &str, words: &[&str]| -> Vec<String> {
        let with = sandbox.at(now, &[&["list", "--json=id"], words].concat()).ok().json();
        let without = sandbox.at(now, &[&["--no-index", "list", "--json=id"], words].concat()).ok().json();
        assert_eq!(with, without);
        with.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(list(now, &["due:<2h"]), [early.as_str()]);
    assert_eq!(list(now, &["--due", "2h"]), [early.as_str()]);
    assert_eq!(list(now, &["-due:<2h", "is:unsolved"]), [late.as_str()]);
    assert_eq!(list(now, &["due:2026-11-22"]), [late.as_str()]);
    assert_eq!(list(now, &["due:2026-11-21"]), [early.as_str()], "the resolution");
    assert_eq!(list(now, &["is:overdue"]), [] as [&str; 0]);
    assert_eq!(list("2026-11-20T13:00:01Z", &["is:overdue"]), [early.as_str()]);
    assert_eq!(list("2026-11-20T13:00:00Z", &["is:overdue"]), [] as [&str; 0], "at the instant it is not late yet");
    assert_eq!(list("2026-11-24T13:00:00Z", &["is:overdue"]), [early.as_str(), late.as_str()]);
    assert_eq!(list("2026-11-24T13:00:00Z", &["is:overdue", "as-of:2026-11-20T14:00:00Z"]), [early.as_str()]);
    assert_eq!(list("2026-11-24T13:00:00Z", &["Help", "is:overdue"]).len(), 2, "with words of the text");
    // Only the clocks that match, of tickets that match.
    let rows = sandbox.at(now, &["sla", "due:<2h", "--json=metric"]).ok().json();
    assert_eq!(rows, serde_json::json!([{"metric": "first_response"}]));
    sandbox.at(now, &["sla", "--fail-on", "breached"]).ok();
    sandbox.at(now, &["sla", "--fail-on", "due:1h"]).fails(1);
    sandbox.at(now, &["sla", "--fail-on", "due:30m"]).ok();
    sandbox.at(now, &["sla", "--fail-on", "late"]).fails(2);
    sandbox.at(now, &["sla", "--explain", &early, "--csv"]).fails(2);
}

#[test]
fn a_job_summary_is_appended_and_annotations_are_escaped() {
    let sandbox = promising();
    let words = ["open", "-q", "-s", "a | ::error::b <c>", "--requester", "bo@x.example", "-m", "Help!"];
    sandbox.at("2026-11-20T09:00:00Z", &words).ok();
    sandbox.write("summary.md", "before\n");
    let reports = ["--report", "github=-", "--report", "summary=summary.md", "--report", "gitlab=quality.json", "-q"];
    let run = sandbox.at("2026-11-23T09:00:00Z", &[&["sla", "--fail-on", "breached"], &reports[..]].concat()).fails(1);
    let commands = run.stdout.lines().filter(|line| line.starts_with("::")).count();
    assert_eq!(commands, 1, "{}", run.stdout);
    let summary = sandbox.read("summary.md");
    assert!(summary.starts_with("before\n### 1 target to check\n") && summary.contains("a \\| "), "{summary}");
    let quality: Value = serde_json::from_str(&sandbox.read("quality.json")).unwrap();
    assert_eq!(quality[0]["check_name"], "CB601 target.breached");
}

#[test]
fn with_an_invalid_policy_everything_but_clocks_is_printed() {
    let sandbox = promising();
    let id = sandbox.opened_at("2026-11-20T09:00:00Z", &[]);
    sandbox.write(
        "casebook.toml",
        &POLICY.replace("calendar = \"always\"\n[plans.long]", "calendar = \"alway\"\n[plans.long]"),
    );
    let shown = sandbox.run(&["show", &id, "--json"]).fails(7);
    assert_eq!(shown.json()["sla"], serde_json::json!([]));
    assert!(shown.stderr.contains("alway"), "{}", shown.stderr);
    sandbox.run(&["show", &id, "--json=status"]).ok();
    sandbox.run(&["list"]).ok();
    assert_eq!(sandbox.run(&["list", "--json=id,sla"]).fails(7).json()[0]["id"], id.as_str());
    sandbox.run(&["sla"]).fails(7);
    sandbox.run(&["list", "is:overdue"]).fails(7);
    // An entry that was written stays.
    assert_eq!(sandbox.run(&["note", &id, "-m", "Seen.", "--json"]).ok().json()["sla"], serde_json::json!([]));
    let found = sandbox.run(&["check", "--json"]).fails(1).json();
    assert_eq!(
        (&found[0]["code"], &found[0]["file"], &found[0]["line"]),
        (&"CB301".into(), &"casebook.toml".into(), &9.into())
    );
    let staged = sandbox.shell("git add casebook.toml && casebook check --staged --format concise");
    assert!(staged.stdout.starts_with("casebook.toml:9:"), "{}", staged.stdout);
}

#[test]
fn a_desk_without_targets_prints_no_clocks() {
    let sandbox = desk();
    sandbox.write("casebook.toml", "format = 1\n[team]\nagents = [\"kenji@desk.example\"]\n");
    let id = sandbox.opened("Tiles", &[]);
    assert_eq!(sandbox.shown(&id)["sla"], serde_json::json!([]));
    assert_eq!(sandbox.run(&["sla"]).ok().stdout, "");
    assert!(!sandbox.run(&[]).ok().stdout.contains("due"));
    assert!(sandbox.run(&["sla", "--explain", &id]).ok().stdout.contains("no plan"));
    assert_eq!(sandbox.run(&["plan", "list", "--json"]).ok().json(), serde_json::json!([]));
    sandbox.run(&["plan", "compare", "a", "b"]).fails(2);
    sandbox.run(&["plan", "show", "nowhere"]).fails(3);
}

#[test]
fn plan_compare_shows_the_effect_of_a_change() {
    let sandbox = promising();
    let id = sandbox.opened_at("2026-11-20T09:00:00Z", &["--org", "acme"]);
    sandbox.opened_at("2026-11-20T09:00:00Z", &[]);
    let now = "2026-11-20T12:00:00Z";
    let told = sandbox.at(now, &["plan", "compare", "short", "long", "--org", "acme", "--json"]).ok().json();
    assert_eq!(told["tickets"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(
        (&told["tickets"][0]["id"], &told["tickets"][0]["metric"]),
        (&id.as_str().into(), &"first_response".into())
    );
    assert_eq!(told["tickets"][0]["a"]["due_at"], "2026-11-20T13:00:00Z");
    assert_eq!(told["tickets"][0]["b"]["due_at"], "2026-11-22T09:00:00Z");
    assert_eq!(told["tickets"][1]["b"], Value::Null, "the long plan promises no end");
    assert_eq!(told["a"]["targets"]["first_response"]["S1"], 3600);
    let words = sandbox.at(now, &["plan", "compare", "short", "long", "--org", "acme"]).ok().stdout;
    assert!(words.contains("1 due later, 1 removed"), "{words}");
    let shown = sandbox.at(now, &["plan", "show", "acme", "--json"]).ok().json();
    assert_eq!((&shown["periods"][0]["in_force"], &shown["tickets"][0]["plan"]), (&true.into(), &"short".into()));
    // A change of plan does not affect a ticket that was opened before.
    let before = sandbox.clocks("2026-12-05T00:00:00Z", &id);
    assert_eq!(before[0]["target_seconds"], 4 * 3600);
}

#[test]
fn a_ticket_without_a_language_uses_its_organizations() {
    let sandbox = promising();
    let more = "[calendars.tokyo]\ntime_zone = \"Asia/Tokyo\"\nopen = [\"Mon-Fri 09:00 - 17:00\"]\n\
                [plans.twofold]\nfirst_response = { S3 = \"1h\" }\n[[plans.twofold.calendars]]\nlanguage = \"ja\"\ncalendar = \"tokyo\"\n\
                [[plans.twofold.calendars]]\ncalendar = \"always\"\n[macros.ask]\ntext = { en = \"Which release?\", ja = \"Douzo\" }\n";
    sandbox.write("casebook.toml", &format!("{POLICY}{more}"));
    sandbox.write(
        "organizations/acme.yaml",
        "id: acme\nlanguage: ja\nplans:\n- plan: twofold\npeople:\n- email: ana@acme.example\n  roles:\n  - tech_support_editor\n",
    );
    sandbox.shell("git add -A && git commit -qm policy").ok();
    let now = "2026-11-20T15:00:00Z";
    let id = sandbox.opened_at(now, &["--org", "acme"]);
    assert!(sandbox.shown(&id)["language"].is_null(), "a default is not recorded");
    let calendar = |id: &str| sandbox.clocks(now, id)[0]["calendar"].clone();
    assert_eq!(calendar(&id), "tokyo");
    let english = sandbox.opened_at(now, &["--org", "acme", "--lang-of-ticket", "en"]);
    assert_eq!(calendar(&english), "always");
    sandbox.at(now, &["macro", "ask", &id]).ok();
    sandbox.at("2026-12-20T15:00:00Z", &["sweep", "--apply"]).ok();
    let history = sandbox.shown(&id)["history"].clone();
    let text = |place: usize| history[place]["text"].as_str().unwrap().to_owned();
    assert_eq!(text(1).trim(), "Douzo");
    assert!(!text(2).is_ascii(), "{}", text(2));
    // Without one, the desk's language counts.
    let text = sandbox.read("organizations/acme.yaml").replacen("language: ja\n", "", 1);
    sandbox.write("organizations/acme.yaml", &text);
    assert_eq!(calendar(&id), "always");
    let text =
        sandbox.read("casebook.toml").replacen("time_zone = \"UTC\"", "time_zone = \"UTC\"\nlanguage = \"ja\"", 1);
    sandbox.write("casebook.toml", &text);
    assert_eq!(calendar(&id), "tokyo");
}
