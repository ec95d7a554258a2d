//! The rules for a push, CB500 to CB599, for `guard`.

crate::domain::rules::table! {
    PUSH_REWRITES = "CB501" "push.rewrites" Error {
        title: "a push would remove commits from a branch",
        explanation: "The branch on the server has commits that the pushed one does not have. Accepting the push would lose them.",
        example: "git push --force",
        repair: "`git pull --no-rebase` or `casebook sync` merges both sides; then push again without --force.",
    }
    PUSH_DELETES = "CB502" "push.deletes" Error {
        title: "a push would delete commits that are on no other branch or tag",
        explanation: "A branch may be deleted if its commits are part of another one. This one has commits that are not, or it is the default branch of the repository.",
        example: "git push origin --delete main",
        repair: "Merge the branch first, then delete it.",
    }
    PUSH_FORGED = "CB503" "push.forged" Error {
        title: "an entry names a person who did not make it",
        explanation: "A customer may push only their own entries. An agent may also push entries of other people, which were relayed, mailed or imported; then the commit must name the person, as its author or in its trailer `On-behalf-of:`.",
        example: "by: lea@desk.example        (pushed by ana@acme.example)",
        repair: "Remove the entry from the commit, which has not been pushed yet. An agent who writes for another person names them with `casebook --as PERSON`.",
    }
    PUSH_UNKNOWN = "CB504" "push.unknown" Error {
        title: "the pusher is unknown",
        explanation: "The contents of a push are allowed or not depending on the pusher. The server must name the pusher in an environment variable, or the commits must be signed; here neither is the case.",
        example: "a hook on a server that does not set a variable",
        repair: "Configure the variable that your server sets: `git config casebook.pusher VARIABLE` in the server's repository, or `git config casebook.pusher signature`.",
    }
    PUSH_FILES = "CB505" "push.files" Error {
        title: "a push changes files that the pusher may not change",
        explanation: "A customer may add entries at the end of tickets; the other contents of a ticket must not change, except as the entries require. A new attachment requires a new entry of the customer that names it, in the same push. Only agents may change settings, organizations, the team and all other files in the repository; the administrator of an organization may also grant and revoke its support roles. A merge that restores an older version of a file changes it as well. casebook.toml must never be deleted.",
        example: "[team] agents = [\"ana@acme.example\"]        (pushed by ana@acme.example)",
        repair: "Remove the change from the commits, and ask an agent to make it.",
    }
    PUSH_REFS = "CB506" "push.refs" Error {
        title: "a push changes branches, tags or other refs that the pusher may not change",
        explanation: "A customer may create branches and tags of commits, and move branches forward. Only agents may change other refs, and existing ones in another way. Refs under refs/replace/ must never be pushed, because they would show another history than the one that was made.",
        example: "git push origin HEAD:refs/notes/commits        (pushed by ana@acme.example)",
        repair: "Push the commits to a branch: `git push origin HEAD:refs/heads/NAME`. Ask an agent for other changes.",
    }
}
