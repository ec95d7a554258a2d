//! Rules between files other than tickets, in git's index and in a range: the work tree plays no part.

use super::codes;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const POLICY: &str = "casebook.toml";
const LIST: &str = "calendars/us.toml";

/// A file, a text that it contains, and the text to put in its place.
type Edit = (&'static str, &'static str, &'static str);

/// A change that breaks one rule, with the code and the file of the finding.
const BREAKS: [(Edit, &str, &str); 9] = [
    ((LIST, "until = 20", "until = soon # 20"), "CB306", LIST),
    ((LIST, "", ""), "CB301", POLICY),
    ((POLICY, "holidays = [\"us\"", "holidays = [\"xx\""), "CB301", POLICY),
    ((POLICY, "[desk]\n", "[macros.a]\ntext = \"{{ requestr }}\"\n[desk]\n"), "CB301", POLICY),
    ((POLICY, "[desk]\n", "[macros.a]\ntext = \"{{ hold.taem }}\"\n[desk]\n"), "CB309", POLICY),
    (("organizations/acme.yaml", "plan: premium", "plan: gold"), "CB307", "organizations/acme.yaml"),
    (("organizations/acme.yaml", "acme.example", "beta.example"), "CB308", "organizations/beta.yaml"),
    (("organizations/beta.yaml", "beta.example", "acme.example"), "CB308", "organizations/beta.yaml"),
    (
        (
            "organizations/acme.yaml",
            "plans:",
            "people:\n- email: tina@acme.example\n  roles:\n  - technical_contact\n  organization_access: 01M7ZZZZZZZZZZZZZZZZZZZZZZ\nplans:",
        ),
        "CB311",
        "organizations/acme.yaml",
    ),
];

/// A desk with two organizations, without findings.
fn sound() -> Sandbox {
    let sandbox = desk();
    for id in ["acme", "beta"] {
        let file = format!("id: {id}\ndomains:\n- {id}.example\nplans:\n- plan: premium\n");
        sandbox.write(format!("organizations/{id}.yaml"), &file);
    }
    sandbox.shell("git add -A && git commit -qm organizations").ok();
    sandbox.run(&["check", "--strict"]).ok();
    sandbox
}

/// Breaks a file, or deletes it if no text replaces its own.
fn apply(sandbox: &Sandbox, (path, from, to): Edit) {
    if from.is_empty() {
        std::fs::remove_file(sandbox.path(path)).unwrap();
    } else {
        sandbox.edit(path, (from, to));
    }
}

/// Restores the valid file in the work tree only.
fn restore(sandbox: &Sandbox, path: &str) {
    let sound = sandbox.git(&["show", &format!("HEAD:{path}")]).ok().stdout;
    sandbox.write(path, &sound);
}

/// Returns the findings of a check as a program reads them.
fn told(sandbox: &Sandbox, flags: &[&str]) -> String {
    sandbox.run(&[&["check", "--format", "json"], flags].concat()).stdout
}

#[test]
fn each_rule_is_checked_in_the_git_index_and_in_a_range() {
    let sandbox = sound();
    for (edit, code, path) in BREAKS {
        apply(&sandbox, edit);
        assert_eq!(sandbox.found(&[]), [(code.to_owned(), path.to_owned())], "{edit:?}");
        let whole = told(&sandbox, &[]);
        assert_eq!(sandbox.found(&["--staged"]), [], "nothing is staged: {edit:?}");
        sandbox.git(&["add", "-A"]).ok();
        restore(&sandbox, edit.0);
        assert_eq!(sandbox.found(&[]), [], "{edit:?}");
        assert_eq!(told(&sandbox, &["--staged"]), whole, "{edit:?}");
        sandbox.git(&["commit", "-qm", "Broken"]).ok();
        assert_eq!(told(&sandbox, &["--range", "HEAD~1..HEAD"]), whole, "{edit:?}");
        sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    }
}

#[test]
fn a_hook_with_its_own_git_index_checks_that_one() {
    let sandbox = sound();
    sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\nexec casebook check --staged --strict\n");
    sandbox.shell("chmod +x .git/hooks/pre-commit").ok();
    for (edit, code, _) in BREAKS {
        apply(&sandbox, edit);
        let commit = sandbox.git(&["commit", "-qm", "x", "--", edit.0]).fails(1);
        assert!((commit.stderr + &commit.stdout).contains(&format!("[{code}]")), "{edit:?}");
        sandbox.write("README.md", &format!("{edit:?}\n"));
        sandbox.shell("git add README.md && git commit -qm other -- README.md").ok();
        sandbox.git(&["reset", "-q", "--hard"]).ok();
    }
}

#[test]
fn unchanged_files_are_not_reported() {
    let sandbox = sound();
    for (edit, ..) in BREAKS.into_iter().filter(|((path, ..), ..)| *path != POLICY) {
        apply(&sandbox, edit);
        sandbox.git(&["add", "-A"]).ok();
        sandbox.git(&["commit", "-qm", "Broken"]).ok();
        sandbox.edit("calendars/gb.toml", ("[days]\n", "[days]\n2026-07-05 = \"The day behind\"\n"));
        sandbox.write("organizations/other.yaml", "id: other\ndomains:\n- other.example\n");
        sandbox.git(&["add", "-A"]).ok();
        assert_ne!(sandbox.found(&[]), [], "{edit:?}");
        assert_eq!(sandbox.found(&["--staged"]), [], "{edit:?}");
        sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    }
    // A deleted plan is reported for every organization on it.
    sandbox.edit(POLICY, ("[plans.premium]", "[plans.premiums]"));
    sandbox.git(&["add", "-A"]).ok();
    assert_eq!(codes(&sandbox.found(&["--staged"])), codes(&sandbox.found(&[])));
    let missed = sandbox.found(&["--staged"]).into_iter().filter(|(code, _)| code == "CB307");
    assert_eq!(missed.count(), 2);
}
