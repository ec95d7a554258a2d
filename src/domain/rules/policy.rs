//! CB300 to CB399: people and policy.

crate::domain::rules::table! {
    CONFIG_INVALID = "CB301" "config.invalid" Error {
        title: "casebook.toml is not sound",
        explanation: "The policy of the desk: a setting that is misspelled, or a value that says nothing, would change what the desk does without anybody noticing. Nothing is written while it is so.",
        example: "[follow_up.S1]\nsolve_after = \"soon\"",
        repair: "Correct the line; the comments in casebook.toml and `casebook schema config` say what may stand there.",
    }
    CONFIG_ZONE = "CB302" "config.zone" Error {
        title: "a time zone is not known",
        explanation: "Times are shown in the desk's zone, and days begin there. Zones are named as in the IANA database.",
        example: "time_zone = \"Europe/Lyon\"",
        repair: "Name a zone of the IANA database, such as `Europe/Paris`.",
    }
    ORGANIZATION_INVALID = "CB303" "organization.invalid" Error {
        title: "the file of an organisation is not sound",
        explanation: "The rights of its people follow from an organisation's file, so it is read as strictly as a ticket: one YAML map, its `id` the one it is named after, plans one behind the other, every address once, and no name or role that is not known.",
        example: "organizations/acme.yaml holds `id: acme-corp`",
        repair: "Mend the line; `git diff` shows what changed.",
    }
    ORGANIZATION_UNKNOWN = "CB304" "organization.unknown" Warning {
        title: "a ticket names an organisation that has no file",
        explanation: "The plan and the rights of a ticket follow from its organisation's file in `organizations/`. A desk without any such file does not keep them, and this rule is silent there.",
        example: "organization: acmee      (and only organizations/acme.yaml)",
        repair: "Name the right one with `casebook set TICKET organization=ID`, or make the file.",
    }
    ASSIGNEE_UNKNOWN = "CB305" "assignee.unknown" Warning {
        title: "an unsolved ticket is assigned to somebody who is no agent",
        explanation: "Nobody of `[team]` will take care of it: the person left, or the name is misspelled. Imported and solved tickets keep the names they had.",
        example: "assignee: kenji@desk.exmaple",
        repair: "`casebook assign TICKET WHO`, or add the person to `[team]` in casebook.toml.",
    }
    CALENDAR_INVALID = "CB306" "calendar.invalid" Error {
        title: "a list of holidays is not sound",
        explanation: "Calendars count by the lists in `calendars/`. One that cannot be read leaves every clock without an answer, rather than with a wrong one.",
        example: "until = soon        (calendars/us.toml)",
        repair: "Correct the line, or put the list down anew: `casebook calendar import NAME --replace`.",
    }
    PLAN_UNKNOWN = "CB307" "plan.unknown" Warning {
        title: "an organisation is on a plan that casebook.toml does not have",
        explanation: "The targets of a ticket follow from its organisation's plan on the day it opened. A plan that `[plans]` does not have promises nothing, so these tickets have no clocks; and who may open tickets is as with a plan without `may_open`: `tech_support_editor` alone. A desk without any plans promises nothing to anybody, and this rule is silent there.",
        example: "- plan: gold        (and no [plans.gold])",
        repair: "Name one of the desk's plans, `casebook org set ORG plans=PLAN`, or add it to `[plans]` in casebook.toml.",
    }
    ORGANIZATION_SHARED = "CB308" "organization.shared" Warning {
        title: "two organisations have the same domain, or the same person",
        explanation: "Who has an address at a domain, or is listed by an address or an alias, belongs to every organisation that says so; no file wins over another. Such a person sees by each what their roles there allow, is asked for `--org` when they open a ticket, and a follow-up of theirs has an organisation only where the old ticket has one of both. Somebody who works for two customers may be meant so; a domain in two files is mostly a slip.",
        example: "domains:\n- acme.example        (in organizations/acme.yaml and organizations/acme-eu.yaml)",
        repair: "Take the domain or the person out of one file: `casebook org set ORG domains=…`, `casebook org person remove ORG WHO`. Where both are meant, nothing has to be done.",
    }
    MACRO_TEXT = "CB309" "macro.text" Warning {
        title: "the text of a macro cannot be filled in",
        explanation: "The text was tried on a ticket that has every fact: one on hold, escalated, with a clock, and with the desk's own fields. What cannot be filled in there, such as a misspelled part of a field or a filter that does not fit, mostly cannot be anywhere, and `casebook macro` would refuse. A field that there is none of is an error (CB301).",
        example: "[macros.later]\ntext = \"We wait for {{ hold.taem }}.\"",
        repair: "Correct the text; `casebook show TICKET --json` shows what fields hold, and `casebook macro NAME TICKET -n` tries it.",
    }
    OWN_FIELD_UNFIT = "CB310" "own_field.unfit" Warning {
        title: "a field of the desk's own holds what casebook.toml does not let it hold",
        explanation: "`[fields]` says what each of the desk's own fields may hold. Commands refuse anything else; a value written by hand, imported, or set before the policy changed is found here, held against casebook.toml as it is now. Fields that `[fields]` does not name are left alone, and a desk without them is not looked at.",
        example: "fields:\n  region: mars      (and [fields.region] values = [\"emea\", \"apac\"])",
        repair: "`casebook set TICKET fields.NAME=VALUE`, or change `[fields]` in casebook.toml.",
    }
    ACCESS_UNGRANTED = "CB311" "access.ungranted" Error {
        title: "somebody reads every ticket of an organisation, and no ticket granted it",
        explanation: "Organisation access stands in the organisation's file with the ticket that granted it: a request of that person for that organisation, which an agent has granted. Access without one was written by hand, and shows somebody what nobody decided to show them.",
        example: "- email: ana@acme.example\n  organization_access: 01M7ZK369RH2Y4D6F8J0M2Q4S6      (and no such ticket)",
        repair: "Take it back with `casebook access revoke ORG WHO`; `casebook access request` asks for it.",
    }
}
