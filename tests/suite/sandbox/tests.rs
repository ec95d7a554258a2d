//! The sandbox keeps its promises.

use std::path::Path;

use casebook::domain::clock;

use super::Sandbox;

#[test]
fn the_program_runs() {
    let sandbox = Sandbox::new();
    sandbox.run(&["--version"]).ok();
    sandbox.run_with(&["--version"], "ignored").ok();
    sandbox.spawn(&["--version"]).finish().ok();
    let found = sandbox.shell("command -v casebook").ok();
    assert_eq!(Path::new(found.stdout.trim_end()), Path::new(env!("CARGO_BIN_EXE_casebook")));
}

#[test]
fn many_may_run_at_once() {
    let sandbox = Sandbox::new();
    let mut running: Vec<_> = (0..4).map(|_| sandbox.spawn(&["--version"])).collect();
    let _may_have_ended = running[0].child.kill();
    running.into_iter().skip(1).for_each(|running| drop(running.finish().ok()));
    std::thread::scope(|scope| {
        let each = || sandbox.shell("echo $CASEBOOK_SEED").ok().stdout;
        let (one, other) = (scope.spawn(each), scope.spawn(each));
        assert_ne!(one.join().expect("an outcome"), other.join().expect("an outcome"));
    });
}

#[test]
fn each_command_comes_a_minute_later_with_another_seed() {
    let mut sandbox = Sandbox::new();
    let told = |sandbox: &Sandbox| sandbox.shell("echo $CASEBOOK_NOW $CASEBOOK_SEED $CASEBOOK_ACTOR").ok().stdout;
    assert_eq!(told(&sandbox), "2026-11-21T09:00:00Z 1\n");
    sandbox.wait("3d");
    sandbox.act_as(Some("ana@acme.example"));
    assert_eq!(told(&sandbox), "2026-11-24T09:01:00Z 2 ana@acme.example\n");
    assert_eq!(clock::spell(sandbox.now()), "2026-11-24T09:02:00Z");
}

#[test]
fn git_knows_nothing_but_the_sandbox() {
    let mut sandbox = Sandbox::new();
    sandbox.git(&["rev-parse"]).fails(128);
    sandbox.enter("desk");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.write("a/b.txt", "text\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "first"]).ok();
    let told = sandbox.git(&["log", "--format=%D %an <%ae> %cI"]).ok();
    assert_eq!(told.stdout, "HEAD -> main Kenji <kenji@desk.example> 2026-11-21T09:03:00Z\n");
    assert_eq!((sandbox.read("a/b.txt"), sandbox.path("a").is_dir()), ("text\n".to_owned(), true));
    assert_eq!(sandbox.git(&["nonsense"]).fails(1).stdout, "");
}
