//! CB200 to CB299: links between tickets, and what lies beside them.

crate::domain::rules::table! {
    MERGE_ONE_SIDED = "CB201" "merge.one_sided" Error {
        title: "a merge is known on one side only",
        explanation: "A merge is an entry on both tickets, written by one command. One side alone was lost, changed by hand, or undone on another clone.",
        example: "`merged_into: 01M7…` here, and no `merged_from:` there",
        repair: "`casebook resolve` adds the entry that is missing.",
    }
    MERGE_CYCLE = "CB202" "merge.cycle" Warning {
        title: "tickets are merged in a ring",
        explanation: "Two clones merged the same tickets in opposite directions. Reading breaks the ring at the younger merge: the conversation goes on there.",
        example: "one clone merges A into B, the other one B into A",
        repair: "`casebook resolve` takes the younger merge back.",
    }
    MERGE_NOWHERE = "CB203" "merge.nowhere" Error {
        title: "a ticket is linked to one that is not there",
        explanation: "Tickets are never deleted. A link that leads nowhere was made by hand, or the other file was lost.",
        example: "merged_into: 01M7ZK369RH2Y4D6F8J0M2Q4S6      (and no such file)",
        repair: "Bring the other file back: `git log --diff-filter=D -- tickets` tells when it went.",
    }
    ATTACHMENT_MISSING = "CB204" "attachment.missing" Error {
        title: "an attachment that an entry names is not there, or has another size",
        explanation: "An entry names its attachments by the digest of their bytes, and they lie in attachments/ under that name. A command puts them there before the entry; here the file was lost, cut, or never came along.",
        example: "attachments:\n- name: trace.txt\n  size: 1234\n  sha256: abcdef…      (and no attachments/ab/abcdef…)",
        repair: "Bring the file back: `git log --all -- FILE` tells when it came and went. Whoever has the file attaches it to any ticket with `casebook attach`: the same bytes come to the same place.",
    }
    ATTACHMENT_DIFFERS = "CB205" "attachment.differs" Error {
        title: "the bytes of an attachment are not those it is named after",
        explanation: "The name of an attachment is the SHA-256 digest of its bytes. If they differ, the file was changed, or cut.",
        example: "echo more >> attachments/ab/abcdef…",
        repair: "Bring the file back: `git checkout -- FILE`, or `git log -p -- FILE`.",
    }
    ATTACHMENT_STRAY = "CB206" "attachment.stray" Warning {
        title: "something lies in the attachments folder that is no attachment",
        explanation: "An attachment lies at `attachments/ab/abcdef…`: 64 digits of its SHA-256 digest, in a folder of the first two.",
        example: "attachments/trace.txt",
        repair: "Take it away, or attach it to a ticket with `casebook attach`.",
    }
    ATTACHMENT_ATTRIBUTES = "CB207" "attachment.attributes" Warning {
        title: "git may change the bytes of attachments",
        explanation: "Git turns the ends of lines on machines that ask for it (core.autocrlf), and the bytes are then no longer those the file is named after. attachments/.gitattributes keeps git from it; the first `casebook attach` writes it.",
        example: "git rm attachments/.gitattributes",
        repair: "`echo '* -text -diff' > attachments/.gitattributes`, and commit that.",
    }
}
