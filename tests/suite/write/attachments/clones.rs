//! Attachments of two clones, and of a git that converts line ends.

use std::fs;

use crate::fixtures::attachments::place;
use crate::fixtures::clones::Clones;
use crate::fixtures::desk::desk;

#[test]
fn clones_that_both_attach_converge() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    let both = clones.sandbox.given("both.txt", b"both\n");
    let own = ["a", "b"].map(|name| clones.sandbox.given(&format!("{name}.txt"), name.as_bytes()));
    for (name, own) in ["a", "b"].into_iter().zip(&own) {
        clones.at(name).run(&["attach", &ticket, &both, own]).ok();
    }
    clones.at("a").run(&["sync"]).ok();
    clones.at("b").run(&["sync"]).ok();
    clones.at("a").run(&["sync"]).ok();
    for name in ["a", "b"] {
        let sandbox = clones.at(name);
        for bytes in [b"both\n".as_slice(), b"a", b"b"] {
            assert_eq!(fs::read(sandbox.path(place(bytes))).unwrap(), bytes);
        }
        let told = sandbox.run(&["check", "--strict"]).ok().stdout;
        assert!(told.contains("0 errors, 0 warnings"), "{told}");
        sandbox.run(&["audit"]).ok();
        assert_eq!(sandbox.status(), "");
    }
}

#[test]
fn a_clone_that_converts_line_ends_keeps_the_bytes() {
    let mut sandbox = desk();
    let windows = b"one\r\ntwo\nthree\r\n".to_vec();
    let (mixed, unix) = (sandbox.given("mixed.txt", &windows), sandbox.given("unix.txt", b"one\ntwo\n"));
    for (place_of, settings) in [("a", "core.autocrlf=true"), ("b", "core.eol=crlf"), ("c", "core.autocrlf=input")] {
        sandbox.go_to("story/desk");
        let ticket = sandbox.opened(place_of, &["--attach", &mixed]);
        sandbox.git(&["clone", "-q", "-c", settings, ".", &format!("../{place_of}")]).ok();
        sandbox.go_to(format!("story/{place_of}"));
        assert_eq!(fs::read(sandbox.path(place(&windows))).unwrap(), windows, "{settings}");
        // The bytes stay those of the file, whatever git is configured to do.
        sandbox.run(&["reply", &ticket, "-m", "See.", "--attach", &unix, "--attach", &mixed]).ok();
        let lies = place(b"one\ntwo\n");
        assert_eq!(fs::read(sandbox.path(&lies)).unwrap(), b"one\ntwo\n");
        fs::remove_file(sandbox.path(&lies)).unwrap();
        sandbox.git(&["checkout", "-q", "--", &lies]).ok();
        assert_eq!(fs::read(sandbox.path(&lies)).unwrap(), b"one\ntwo\n", "{settings}");
        assert_eq!(sandbox.status(), "", "{settings}");
        sandbox.run(&["check", "--strict"]).ok();
        let told = sandbox.run(&["check", "--range", "HEAD~1..HEAD"]).ok().stdout;
        assert!(told.contains("0 errors, 0 warnings"), "{told}");
    }
}
