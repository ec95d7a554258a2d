//! The rules for links between tickets and for attachments, CB200 to CB299.

crate::domain::rules::table! {
    MERGE_ONE_SIDED = "CB201" "merge.one_sided" Error {
        title: "a merge is recorded on one ticket only",
        explanation: "A merge is an entry on both tickets, written by one command. The other entry was lost, removed by hand, or undone on another clone.",
        example: "`merged_into: 01M7…` here, but no `merged_from:` there",
        repair: "`casebook resolve` adds the missing entry.",
    }
    MERGE_CYCLE = "CB202" "merge.cycle" Warning {
        title: "tickets are merged into each other",
        explanation: "Two clones merged the same tickets in opposite directions. Readers ignore the younger merge: the conversation continues on that ticket.",
        example: "one clone merges A into B, the other one B into A",
        repair: "`casebook resolve` undoes the younger merge.",
    }
    MERGE_NOWHERE = "CB203" "merge.nowhere" Error {
        title: "a ticket is linked to a ticket that does not exist",
        explanation: "Tickets are never deleted. The link was made by hand, or the other file was lost.",
        example: "merged_into: 01M7ZK369RH2Y4D6F8J0M2Q4S6      (but there is no such file)",
        repair: "Restore the other file: `git log --diff-filter=D -- tickets` shows when it was deleted.",
    }
    ATTACHMENT_MISSING = "CB204" "attachment.missing" Error {
        title: "an attachment is missing, or has another size than its entry says",
        explanation: "An entry names its attachments by the digest of their bytes, and the files are in attachments/ under that name. A command writes them before the entry; this one was lost or cut, or was never committed.",
        example: "attachments:\n- name: trace.txt\n  size: 1234\n  sha256: abcdef…      (but no attachments/ab/abcdef…)",
        repair: "Restore the file: `git log --all -- FILE` shows when it was added and removed. A person who still has the file can attach it to any ticket with `casebook attach`: equal bytes have the same path.",
    }
    ATTACHMENT_DIFFERS = "CB205" "attachment.differs" Error {
        title: "the bytes of an attachment do not match its name",
        explanation: "The name of an attachment is the SHA-256 digest of its bytes. If they differ, the file was changed or cut.",
        example: "echo more >> attachments/ab/abcdef…",
        repair: "Restore the file with `git checkout -- FILE`; `git log -p -- FILE` shows its changes.",
    }
    ATTACHMENT_STRAY = "CB206" "attachment.stray" Warning {
        title: "the attachments folder contains a file that is not an attachment",
        explanation: "The path of an attachment is `attachments/ab/abcdef…`: the 64 digits of its SHA-256 digest, in a folder named after the first two.",
        example: "attachments/trace.txt",
        repair: "Delete the file, or attach it to a ticket with `casebook attach`.",
    }
    ATTACHMENT_ATTRIBUTES = "CB207" "attachment.attributes" Warning {
        title: "git may change the bytes of attachments",
        explanation: "On machines with `core.autocrlf`, git converts line endings, and the bytes then no longer match the name of the file. attachments/.gitattributes prevents this; the first `casebook attach` writes it.",
        example: "git rm attachments/.gitattributes",
        repair: "`echo '* -text -diff' > attachments/.gitattributes`, and commit the file.",
    }
}
