//! Languages: text for people follows `--lang` and the locale, and nothing else does.
//!
//! `UPDATE_DOCS=1` writes `docs/languages.md`.

use casebook::domain::vocabulary::Status;
use casebook::view::Viewer;
use casebook::view::labels::Language;

use crate::fixtures::desk::desk;
use crate::fixtures::generated_page;
use crate::fixtures::sandbox::{Outcome, Running, Sandbox};
use crate::fixtures::terminal::on_a_terminal;

/// Labels in a table of the page; the sentences of the history would only make it long.
const ON_THE_PAGE: [&str; 15] = [
    "statuses",
    "next_steps",
    "priorities",
    "impacts",
    "kinds",
    "product_groups",
    "hold_reasons",
    "resolutions",
    "merge_reasons",
    "reopen_reasons",
    "escalation_reasons",
    "roles",
    "organization_roles",
    "columns",
    "fields",
];

#[test]
fn the_page_has_every_label() {
    let mut page = include_str!("../fixtures/languages.head.md").to_owned();
    let english = Language::English.catalog(Viewer::Support).all();
    let others: Vec<_> = Language::ALL.iter().map(|language| language.catalog(Viewer::Customer).all()).collect();
    for (place, (group, labels)) in english.iter().enumerate().filter(|(_, (group, _))| ON_THE_PAGE.contains(group)) {
        let heading = group.replace('_', " ");
        page.push_str(&format!("\n## {heading}\n\n| | en, agents | en | fr | ja | pt |\n|---|---|---|---|---|---|\n"));
        for (row, (key, agents)) in labels.iter().enumerate() {
            let others: Vec<&str> = others.iter().map(|catalog| catalog[place].1[row].1).collect();
            page.push_str(&format!("| `{key}` | {agents} | {} |\n", others.join(" | ")));
        }
    }
    page.push_str("\nNext steps are shown as customers see them. For `awaiting_reply` agents see:");
    for language in Language::ALL {
        let next = language.catalog(Viewer::Support).next_steps.of(Status::AwaitingReply);
        page.push_str(&format!(" *{next}* ({}){}", language.code(), if language.code() == "pt" { ".\n" } else { "," }));
    }
    generated_page::assert_is("docs/languages.md", &page);
}

/// A desk with a ticket of every status and most kinds of entries, and the id of one of them.
fn busy_desk() -> (Sandbox, String) {
    let sandbox = desk();
    let held = sandbox.opened("Tiles", &["-p", "S1", "--group", "schedule_export", "--cc", "bo@acme.example"]);
    sandbox.run(&["escalate", &held, "--reason", "business_impact", "-m", "Please."]).ok();
    sandbox.run(&["assign", &held, "kenji@desk.example"]).ok();
    sandbox.run(&["hold", &held, "--reason", "engineering", "--until", "+3d", "-m", "Wait."]).ok();
    let waiting = sandbox.opened("Charts", &[]);
    sandbox.run(&["reply", &waiting, "-m", "Which?"]).ok();
    sandbox.run(&["remind", &waiting, "--early"]).ok();
    let solved = sandbox.opened("Export", &[]);
    sandbox.run(&["solve", &solved, "--agreed-by", "ana@acme.example", "-m", "Done."]).ok();
    sandbox.run(&["merge", &sandbox.opened("Tiles, again", &[]), "--into", &waiting]).ok();
    sandbox.opened("Login", &[]);
    (sandbox, held)
}

/// Runs the program at a fixed time, with some environment variables.
fn at_noon(sandbox: &Sandbox, variables: &[(&str, &str)], words: &[&str]) -> Outcome {
    let mut command = sandbox.program(words);
    command.env_remove("LC_ALL").envs([("CASEBOOK_NOW", "2026-11-23T12:00:00Z"), ("CASEBOOK_SEED", "7")]);
    command.envs(variables.iter().copied());
    Running::start(command).finish()
}

/// Every setting that could choose another language than English, and none.
const LOCALES: &[(&str, &str)] =
    &[("LC_ALL", "fr_FR.UTF-8"), ("LC_MESSAGES", "ja_JP.UTF-8"), ("LANG", "pt_BR.UTF-8"), ("LANG", "ja_JP")];

#[test]
fn output_for_programs_is_the_same_in_every_language() {
    let (sandbox, ticket) = busy_desk();
    let id = ticket.as_str();
    let asked: Vec<Vec<&str>> = vec![
        vec!["list"],
        vec!["list", "--json"],
        vec!["list", "--jsonl"],
        vec!["list", "--csv"],
        vec!["list", "--format", "{{ status }} {{ priority }} {{ last_activity_at|timeago }}"],
        vec!["list", "status:on_hold", "--count"],
        vec!["list", "status:Ouverte"],
        vec!["log"],
        vec!["log", "--json"],
        vec!["log", "--csv"],
        vec!["search", "work"],
        vec!["search", "work", "--json"],
        vec!["changes", "HEAD~3"],
        vec!["changes", "HEAD~3", "--json"],
        vec!["show", id, "--json"],
        vec!["show", id, "--raw"],
        vec!["show", id, "--format", "{{ status }} {{ hold.reason }} {{ created_at|timeago }}"],
        vec!["show", "ZZZZ9999"],
        vec!["show", "ZZZZ9999", "--json"],
        vec!["reply", id, "-m", "x", "-n"],
        vec!["reply", id],
        vec!["hold", id, "--reason", "engineering", "-m", "x", "-n", "--json=status,next_step"],
        vec!["resume", id, "--if-status", "open", "-m", "x"],
        vec!["hold", id, "--reason", "enginering"],
        vec!["check"],
        vec!["check", "--json"],
        vec!["audit"],
        vec!["org", "list"],
        vec!["calendar", "list"],
        vec!["schema", "ticket"],
        vec!["--help"],
        vec!["show", "--help"],
        vec!["--version"],
        vec!["lsit"],
    ];
    let mut failed = 0;
    for words in &asked {
        let english = at_noon(&sandbox, &[("LC_ALL", "C")], words);
        failed += usize::from(english.code != Some(0));
        let check = |told: Outcome, how: String| {
            assert_eq!(told.stdout, english.stdout, "{how} {words:?}");
            assert_eq!(told.stderr, english.stderr, "{how} {words:?}");
            assert_eq!(told.code, english.code, "{how} {words:?}");
        };
        for &(name, locale) in LOCALES {
            check(at_noon(&sandbox, &[(name, locale)], words), format!("{name}={locale}"));
        }
        let with_flag: Vec<&str> = ["--lang", "ja"].into_iter().chain(words.iter().copied()).collect();
        check(at_noon(&sandbox, &[], &with_flag), "--lang ja".to_owned());
    }
    assert!((5..20).contains(&failed), "errors are among them: {failed}");
}

#[test]
fn text_for_people_follows_their_locale() {
    let (sandbox, ticket) = busy_desk();
    let status = |variables: &[(&str, &str)], flags: &[&str]| {
        let words: Vec<&str> = flags.iter().copied().chain(["show", &ticket]).collect();
        let told = at_noon(&sandbox, variables, &words).ok().stdout;
        told.lines().nth(2).unwrap().to_owned()
    };
    let english = "status         on hold: support is waiting for an internal team";
    let french = "État                En attente : l'assistance attend une équipe interne";
    let japanese = "Status               On hold: サポートは社内チームの対応を待っています";
    let portuguese = "Status             Em espera: o suporte aguarda uma equipe interna";
    let all: [(&str, &str); 3] = [("LC_ALL", "fr_CA.UTF-8"), ("LC_MESSAGES", "ja_JP.UTF-8"), ("LANG", "pt_BR.UTF-8")];
    assert_eq!(status(&all, &[]), french);
    assert_eq!(status(&all[1..], &[]), japanese);
    assert_eq!(status(&all[2..], &[]), portuguese);
    assert_eq!(status(&[], &[]), english);
    assert_eq!(status(&all, &["--lang", "en"]), english);
    assert_eq!(status(&[("LC_ALL", "C"), ("LANG", "fr_FR")], &[]), english);
    assert_eq!(status(&[("LC_ALL", ""), ("LANG", "fr_FR")], &[]), french);
    assert_eq!(status(&[("LANG", "de_DE.UTF-8")], &["--lang", "pt"]), portuguese);
    let customer = [("LANG", "C"), ("CASEBOOK_ACTOR", "ana@acme.example")];
    assert_eq!(status(&customer, &[]), "Status         On hold: support is waiting for an internal team");
    at_noon(&sandbox, &[], &["--lang", "de", "list"]).fails(2);
}

#[test]
fn tables_on_a_terminal_follow_the_language() {
    let (sandbox, _) = busy_desk();
    if sandbox.shell("command -v script").code != Some(0) {
        eprintln!("no `script` here: tables on a terminal are not tested");
        return;
    }
    for (words, lang, expected) in [
        ("list", "fr", "En attente du demandeur"),
        ("list", "ja", "リクエスト送信者"),
        ("list", "pt", "Aguardando o solicitante"),
        ("log", "fr", "a mis la demande en attente : communique avec une équipe d'ingénieurs"),
        ("log", "ja", "リクエストを作成しました"),
        ("search work", "fr", "21/11/2026"),
        ("changes HEAD~3", "pt", "mesclou"),
        ("changes HEAD~3 --markdown", "fr", "### 3 demandes, "),
        ("", "ja", "担当者なし"),
        ("", "fr", "ensuite : casebook assign"),
    ] {
        let command = format!("script -qec 'stty cols 250; casebook --no-pager --lang {lang} {words}' /dev/null");
        let told = sandbox.shell(&command).ok().stdout;
        assert!(told.contains(expected), "{lang} {words}: {told}");
    }
}

#[test]
fn assignment_prefers_an_agent_who_writes_the_tickets_language() {
    let sandbox = desk();
    let people = "\n[team.people.\"kenji@desk.example\"]\nlanguages = [\"ja\"]\n\n[team.people.\"lea@desk.example\"]\nlanguages = [\"fr\"]\n";
    let team = sandbox.read("casebook.toml").replacen("agents = [", "agents = [\"lea@desk.example\", ", 1);
    sandbox.write("casebook.toml", &(team + people));
    sandbox.write("organizations/nippon.yaml", "id: nippon\nname: Nippon\nlanguage: ja\n");
    for (options, expected) in [
        (&["--org", "nippon"][..], "kenji@desk.example"),
        (&["--org", "nippon"], "kenji@desk.example"),
        (&["--org", "nippon", "--lang-of-ticket", "fr"], "lea@desk.example"),
    ] {
        let ticket = sandbox.opened("Tiles", options);
        let assigned = sandbox.run(&["assign", &ticket, "--next", "--json=assignee"]).ok().json();
        assert_eq!(assigned["assignee"], expected, "{options:?}");
    }
}

#[test]
fn a_sweep_lists_under_headings_in_the_viewers_language() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["reply", &id, "-m", "Which release?"]).ok();
    sandbox.wait("9d");
    let program = env!("CARGO_BIN_EXE_casebook");
    for (language, heads) in [
        ("en", ["pri", "what", "due", "why", "remind"]),
        ("fr", ["Priorité", "Action", "Échéance", "Motif", "relancer"]),
        ("ja", ["優先度", "内容", "期限", "理由", "アラートを送信"]),
        ("pt", ["Prioridade", "Ação", "Vencimento", "Motivo", "enviar alerta"]),
    ] {
        let Some(told) = on_a_terminal(&sandbox, &[program, "--lang", language, "sweep"], &[]) else { return };
        let told = told.ok().stdout;
        for head in heads {
            assert!(told.contains(head), "{language} {head}: {told}");
        }
    }
    let plain = sandbox.run(&["--lang", "fr", "sweep"]).ok().stdout;
    assert!(plain.contains("\tremind\t"), "{plain}");
}
