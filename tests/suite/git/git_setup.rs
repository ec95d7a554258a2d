//! `git-setup`: settings and attributes are added if they are missing, never overwritten, and work.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::{Outcome, Running, Sandbox};

fn setting(sandbox: &Sandbox, name: &str) -> String {
    sandbox.git(&["config", "--get", name]).stdout.trim_end_matches('\n').to_owned()
}

const DRIVER: &str = "casebook merge-file %O %A %B %L %P";

#[test]
fn init_configures_git_and_git_setup_a_clone() {
    let mut sandbox = desk();
    assert_eq!(setting(&sandbox, "merge.casebook.driver"), DRIVER);
    sandbox.run(&["doctor"]).ok();
    sandbox.go_to("story");
    sandbox.git(&["clone", "-q", "desk", "clone"]).ok();
    sandbox.enter("clone");
    let ill = sandbox.run(&["doctor", "--json"]).fails(1).json();
    let wrong = ill.as_array().unwrap().iter().filter(|finding| finding["state"] == "wrong");
    assert!(wrong.clone().all(|finding| finding["check"] == "drivers" && finding["hint"] == "casebook git-setup"));
    assert_eq!(wrong.count(), 3);
    let planned = sandbox.run(&["git-setup", "-n"]).ok().stdout;
    assert!(planned.contains(DRIVER), "{planned}");
    assert_eq!(setting(&sandbox, "merge.casebook.driver"), "");
    assert_eq!(sandbox.run(&["git-setup"]).ok().stdout, planned);
    assert_eq!(setting(&sandbox, "merge.casebook.driver"), DRIVER);
    let again = sandbox.run(&["git-setup"]).ok().stdout;
    assert!(again.lines().all(|line| line.starts_with("there ")), "{again}");
    sandbox.run(&["doctor"]).ok();
}

#[test]
fn settings_of_the_user_stay_and_are_reported() {
    let sandbox = desk();
    sandbox.git(&["config", "merge.casebook.driver", "mine %A"]).ok();
    let error = sandbox.run(&["git-setup"]).fails(4);
    assert!(error.stdout.contains("left     merge.casebook.driver = mine %A"), "{}", error.stdout);
    assert!(error.stderr.contains("git config --unset-all merge.casebook.driver"), "{}", error.stderr);
    assert_eq!(setting(&sandbox, "merge.casebook.driver"), "mine %A");
    sandbox.run(&["doctor"]).fails(1);
    sandbox.git(&["config", "merge.casebook.driver", "/gone/casebook merge-file %O %A %B %L %P"]).ok();
    let renewed = sandbox.run(&["git-setup"]).ok().stdout;
    assert!(renewed.contains("renewed") && renewed.contains("/gone/casebook"), "{renewed}");
    assert_eq!(setting(&sandbox, "merge.casebook.driver"), DRIVER);
    // Other attributes are kept as well; missing ones are added.
    sandbox.write(".gitattributes", "tickets/** merge=union diff=casebook\n");
    let error = sandbox.run(&["git-setup"]).fails(4).stderr;
    assert!(error.contains(".gitattributes is set to another value"), "{error}");
    assert_eq!(sandbox.read(".gitattributes"), "tickets/** merge=union diff=casebook\n");
    std::fs::write(sandbox.path(".gitattributes"), b"caf\xe9 text").unwrap();
    sandbox.run(&["git-setup"]).ok();
    assert!(std::fs::read(sandbox.path(".gitattributes")).unwrap().starts_with(b"caf\xe9 text\ntickets/**"));
    sandbox.write(".gitattributes", "*.txt text");
    let added = sandbox.run(&["git-setup"]).ok().stdout;
    assert!(added.contains("Commit .gitattributes"), "{added}");
    assert!(sandbox.read(".gitattributes").starts_with("*.txt text\ntickets/**"));
    sandbox.run(&["doctor"]).ok();
}

/// Runs the program without its folder on PATH.
fn run_off_path(sandbox: &Sandbox, program: &Path, arguments: &[&str]) -> Outcome {
    let bin = sandbox.root().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    for name in ["git", "sh"] {
        let found = sandbox.shell(&format!("command -v {name}")).ok().stdout;
        let _ = std::os::unix::fs::symlink(found.trim(), bin.join(name));
    }
    let mut command = sandbox.command(program);
    command.args(arguments).env("PATH", &bin);
    Running::start(command).finish()
}

#[test]
fn a_program_that_is_not_on_path_is_configured_by_its_full_path() {
    let sandbox = desk();
    sandbox.git(&["config", "--remove-section", "merge.casebook"]).ok();
    let program = sandbox.root().join("a place/casebook");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_casebook"), &program).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = run_off_path(&sandbox, &program, &["git-setup"]).ok();
    assert!(told.stderr.contains("is not on PATH"), "{}", told.stderr);
    let driver = setting(&sandbox, "merge.casebook.driver");
    assert_eq!(driver, format!("'{}' merge-file %O %A %B %L %P", program.display()));
    let again = run_off_path(&sandbox, &program, &["git-setup"]).ok();
    assert!(!again.stdout.contains("renewed") && !again.stdout.contains("added"), "{}", again.stdout);
    // git can run it by this path.
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.git(&["checkout", "-qb", "other"]).ok();
    sandbox.run(&["note", &ticket, "-m", "one"]).ok();
    sandbox.git(&["checkout", "-q", "main"]).ok();
    sandbox.run(&["note", &ticket, "-m", "other"]).ok();
    sandbox.git(&["merge", "-q", "--no-edit", "other"]).ok();
    assert_eq!(crate::fixtures::clones::actions(&sandbox, &ticket), ["open", "note", "note"]);
    let told = sandbox.run(&["git-setup"]).ok().stdout;
    assert!(told.contains("there    merge.casebook.driver"), "{told}");
}

#[test]
fn hunk_headers_name_the_subject_and_textconv_is_opt_in() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok();
    let plain = sandbox.git(&["log", "-p", "-1"]).ok().stdout;
    // An entry in the header would be the one before the change.
    assert!(plain.contains("@@ subject: Tiles\n") && !plain.contains("@@ - id"), "{plain}");
    let path = sandbox.file_of(&ticket);
    sandbox.run(&["git-setup", "--textconv"]).ok();
    let thread = sandbox.git(&["log", "-p", "-1"]).ok().stdout;
    assert!(thread.contains("+│ Which release?") && !thread.contains(" ago)"), "{thread}");
    // The same file is printed the same at any time, and a file that is not a ticket is printed as it is.
    let shown = sandbox.run(&["textconv", path.to_str().unwrap()]).ok().stdout;
    sandbox.wait("3d");
    assert_eq!(sandbox.run(&["textconv", path.to_str().unwrap()]).ok().stdout, shown);
    sandbox.write("odd", "no ticket\u{1b}[31m\n");
    assert_eq!(sandbox.run(&["textconv", "odd"]).ok().stdout, "no ticket\u{241b}[31m\n");
    sandbox.run(&["textconv", "nowhere"]).fails(6);
}

#[test]
fn the_schema_hint_of_init_works() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("desk");
    let told = sandbox.run(&["init"]).ok().stdout;
    let line = told.lines().find(|line| line.contains("yaml-language-server")).unwrap().trim().to_owned();
    let command = told.split("For editors: ").nth(1).unwrap().split(", and").next().unwrap().to_owned();
    sandbox.shell(&command).ok();
    let ticket = sandbox.opened("Tiles", &[]);
    let file = sandbox.file_of(&ticket);
    // The path in the line is relative to the repository.
    let schema = file.parent().unwrap().join(line.split("$schema=").nth(1).unwrap());
    assert!(std::fs::read_to_string(schema).unwrap().contains("$schema"));
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{line}\n{text}")).unwrap();
    sandbox.run(&["check"]).ok();
    sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with(&format!("{line}\n")));
    assert_eq!(sandbox.run(&["-q", "init", "quiet"]).ok().stdout, "");
}

#[test]
fn the_doctor_reports_each_problem() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.run_under(&[("CASEBOOK_KILLED_AT", "filed")], &["reply", &ticket, "-m", "x"]).killed();
    assert!(sandbox.run(&["doctor"]).fails(1).stdout.contains("a command was interrupted"));
    sandbox.run(&["note", &ticket, "-m", "x"]).ok();
    sandbox.run(&["doctor"]).ok();
    let policy = sandbox.read("casebook.toml");
    sandbox.write("casebook.toml", "format = 1\nnonsense\n");
    let told = sandbox.run(&["doctor"]).fails(1).stdout;
    assert!(told.contains("casebook.toml:2:"), "{told}");
    sandbox.write("casebook.toml", &policy.replace("time_zone = \"UTC\"", "time_zone = \"Europe/Pariss\""));
    assert!(sandbox.run(&["doctor"]).fails(1).stdout.contains("Europe/Pariss"));
    sandbox.write("casebook.toml", &policy);
    sandbox.git(&["config", "--file", "../gitconfig", "--unset", "user.email"]);
    let unconfigured = sandbox.run_under(&[("GIT_CONFIG_GLOBAL", "/dev/null")], &["doctor"]).fails(1).stdout;
    assert!(unconfigured.contains("git config user.email"), "{unconfigured}");
    sandbox.run(&["-C", "/", "doctor"]).fails(1);
}
