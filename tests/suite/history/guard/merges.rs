//! `guard`: a merge by a customer keeps the latest version of every file that is not the customer's.

use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{ANA, KENJI, served};

/// A guarded desk whose main branch is ahead of Ana's own, `ana`: settings have changed, an organization and
/// an attachment are new. Ana has replied meanwhile; her branch is checked out.
fn parted() -> Scene {
    let scene = served("pre-receive");
    scene.sandbox.write("attachments/ab/abc", "x");
    scene.commit();
    scene.sandbox.git(&["branch", "ana"]).ok();
    let config = scene.sandbox.read("casebook.toml") + "# newer\n";
    scene.sandbox.write("casebook.toml", &config);
    scene.sandbox.write("attachments/ab/abd", "x");
    scene.sandbox.run(&["org", "new", "acme"]).ok();
    scene.commit();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["checkout", "-q", "ana"]).ok();
    scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
    scene
}

impl Scene {
    /// Merges a branch, with some files as they were.
    fn merged_but(&self, branch: &str, kept: &[&str]) {
        self.sandbox.git(&["merge", "-q", "--no-ff", "--no-commit", branch]).ok();
        for path in kept {
            self.sandbox.git(&["rm", "-rqf", path]).ok();
            // A file that was not there before is deleted.
            self.sandbox.git(&["checkout", "HEAD", "--", path]);
        }
        self.sandbox.git(&["commit", "-qm", "Merge"]).ok();
    }
}

#[test]
fn a_valid_merge_passes() {
    let scene = parted();
    scene.merged_but("main", &[]);
    scene.push(ANA, &["HEAD:new"]).ok();
    scene.push(ANA, &["HEAD:main"]).ok();
}

#[test]
fn a_merge_that_reverts_a_file_is_refused() {
    for path in ["casebook.toml", "organizations", "attachments/ab/abd", "attachments"] {
        let scene = parted();
        scene.merged_but("main", &[path]);
        scene.refused(ANA, &["HEAD:main"], "CB505");
        scene.refused(ANA, &["HEAD:new"], "CB505");
        // An agent may.
        scene.push(KENJI, &["HEAD:main"]).ok();
    }
}

#[test]
fn a_merge_of_merged_commits_that_reverts_a_file_is_refused() {
    let scene = parted();
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    let tree = "HEAD~1^{tree}";
    for parents in [["HEAD", "HEAD~1"], ["HEAD~1", "HEAD"]] {
        let words = ["commit-tree", "-m", "x", "-p", parents[0], "-p", parents[1], tree];
        let commit = scene.sandbox.git(&words).ok().stdout.trim().to_owned();
        scene.refused(ANA, &[&format!("{commit}:main")], "CB505");
        scene.refused(ANA, &[&format!("{commit}:refs/heads/new")], "CB505");
    }
}

#[test]
fn a_customer_does_not_push_changes_waiting_on_another_branch() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["checkout", "-qb", "draft"]).ok();
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"ana@acme.example\", "));
    scene.commit();
    scene.push(KENJI, &["draft"]).ok();
    scene.refused(ANA, &["draft:main"], "CB505");
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.merged_but("draft", &[]);
    scene.refused(ANA, &["main"], "CB505");
    scene.push(KENJI, &["main"]).ok();
}

#[test]
fn an_administrator_cannot_revert_a_plan_by_a_merge() {
    let scene = served("pre-receive");
    let boss = "boss@acme.example";
    scene.sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    scene.sandbox.run(&["org", "person", "add", "acme", boss, "--role", "org_admin"]).ok();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["checkout", "-qb", "boss"]).ok();
    let grant = ["--as", boss, "org", "person", "add", "acme", "new@acme.example", "--role", "tech_support_editor"];
    scene.sandbox.run(&grant).ok();
    let older = scene.sandbox.read("organizations/acme.yaml");
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.sandbox.run(&["org", "set", "acme", "plans=enhanced:2026-01-01.."]).ok();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["checkout", "-q", "boss"]).ok();
    scene.sandbox.git(&["merge", "-q", "--no-commit", "main"]);
    let both = scene.sandbox.read("organizations/acme.yaml");
    assert!(both.contains("enhanced") && both.contains("new@acme.example"), "{both}");
    scene.sandbox.write("organizations/acme.yaml", &older.replace("tech_support_editor", "tech_support_viewer"));
    scene.sandbox.git(&["commit", "-qam", "Merge"]).ok();
    scene.refused(boss, &["HEAD:main"], "CB505");
    scene.refused(boss, &["HEAD:new"], "CB505");
    scene.sandbox.write("organizations/acme.yaml", &both);
    scene.sandbox.git(&["commit", "-q", "-a", "--amend", "-m", "Merge"]).ok();
    scene.push(boss, &["HEAD:new"]).ok();
    scene.push(boss, &["HEAD:main"]).ok();
}
