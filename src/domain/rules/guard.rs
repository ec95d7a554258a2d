//! CB500 to CB599: what a push may carry, for `guard`.

crate::domain::rules::table! {
    PUSH_REWRITES = "CB501" "push.rewrites" Error {
        title: "a push would replace commits that are there by others",
        explanation: "The branch of the server has commits that the pushed one does not have. Taking it would lose what happened in them.",
        example: "git push --force",
        repair: "`git pull --no-rebase`, or `casebook sync`, brings both together; then push again without --force.",
    }
    PUSH_DELETES = "CB502" "push.deletes" Error {
        title: "a push would delete commits that nothing else leads to",
        explanation: "A branch may go when its commits are part of another one. This one has commits of its own, or is the branch the repository stands for.",
        example: "git push origin --delete main",
        repair: "Merge the branch first, then delete it.",
    }
    PUSH_FORGED = "CB503" "push.forged" Error {
        title: "an entry is in the name of somebody it does not come from",
        explanation: "A customer pushes their own entries. An agent also pushes those of others, that were relayed, mailed or imported: then the commit says whose they are, as its author or by its trailer `On-behalf-of:`.",
        example: "by: lea@desk.example        (pushed by ana@acme.example)",
        repair: "Take the entry out of the commit, which is not pushed yet. An agent who writes for somebody else says so: `casebook --as WHO`.",
    }
    PUSH_UNKNOWN = "CB504" "push.unknown" Error {
        title: "nobody knows who pushes",
        explanation: "What a push may carry depends on who pushes. The server says that in a variable of the environment, or the signatures of the commits do; here neither says anything.",
        example: "a hook on a server that sets no variable",
        repair: "Name the variable your server sets: `git config casebook.pusher VARIABLE` in the server's repository, or `git config casebook.pusher signature`.",
    }
    PUSH_FILES = "CB505" "push.files" Error {
        title: "a push changes files that are not the pusher's to change",
        explanation: "A customer adds entries to tickets, in the ticket's own file and place; what else a ticket's header says stays. A new attachment comes with an entry of theirs that names it, in the same push. Settings, organisations and everything else in the repository are support's, and so is who belongs to support; the administrator of an organisation gives and takes its support roles. A merge that puts an older version back changes the file too. casebook.toml is nobody's to take away.",
        example: "[team] agents = [\"ana@acme.example\"]        (pushed by ana@acme.example)",
        repair: "Take the change out of the commits; ask an agent for it.",
    }
    PUSH_REFS = "CB506" "push.refs" Error {
        title: "a push changes branches, tags or other refs that are not the pusher's to change",
        explanation: "A customer makes branches and tags of commits, and moves branches forward; other refs, and what is there already, are support's. Refs below refs/replace/ are nobody's to push: they would show another history than the one that was made.",
        example: "git push origin HEAD:refs/notes/commits        (pushed by ana@acme.example)",
        repair: "Push the commits to a branch: `git push origin HEAD:refs/heads/NAME`. Ask an agent for the rest.",
    }
}
