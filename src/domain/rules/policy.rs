//! The rules for people and policy, CB300 to CB399.

crate::domain::rules::table! {
    CONFIG_INVALID = "CB301" "config.invalid" Error {
        title: "casebook.toml is invalid",
        explanation: "A misspelled setting or an invalid value would change the policy of the desk without notice. Commands that need the section refuse until it is repaired; an unknown section stops every command.",
        example: "[follow_up.S1]\nsolve_after = \"soon\"",
        repair: "Correct the line; the comments in casebook.toml and `casebook schema config` list the valid values.",
    }
    CONFIG_ZONE = "CB302" "config.zone" Error {
        title: "a time zone is unknown",
        explanation: "The desk's zone decides how times are printed and when days begin. Zones have the names of the IANA database.",
        example: "time_zone = \"Europe/Lyon\"",
        repair: "Use a name from the IANA database, such as `Europe/Paris`.",
    }
    ORGANIZATION_INVALID = "CB303" "organization.invalid" Error {
        title: "the file of an organization is invalid",
        explanation: "The permissions of its people follow from the file, so it is read as strictly as a ticket: one YAML map, an `id` equal to the name of the file, plans that follow each other, every address once, and only known names and roles.",
        example: "organizations/acme.yaml contains `id: acme-corp`",
        repair: "Repair the line; `git diff` shows the last change.",
    }
    ORGANIZATION_UNKNOWN = "CB304" "organization.unknown" Warning {
        title: "a ticket names an organization that has no file",
        explanation: "The plan and the permissions for a ticket follow from the file of its organization in `organizations/`. In a desk without any such file this rule does not apply.",
        example: "organization: acmee      (but only organizations/acme.yaml exists)",
        repair: "Set the correct organization with `casebook set TICKET organization=ID`, or create its file.",
    }
    ASSIGNEE_UNKNOWN = "CB305" "assignee.unknown" Warning {
        title: "an unsolved ticket is assigned to a person who is not an agent",
        explanation: "No person in `[team]` is responsible for the ticket: the assignee left the team, or the address is misspelled. Imported and solved tickets are exempt.",
        example: "assignee: kenji@desk.exmaple",
        repair: "Assign the ticket with `casebook assign TICKET PERSON`, or add the person to `[team]` in casebook.toml.",
    }
    CALENDAR_INVALID = "CB306" "calendar.invalid" Error {
        title: "a list of holidays is invalid",
        explanation: "Calendars use the lists in `calendars/`. A list that cannot be read leaves the clocks without a result, because a wrong result would be worse.",
        example: "until = soon        (calendars/us.toml)",
        repair: "Correct the line, or replace the list: `casebook calendar import NAME --replace`.",
    }
    PLAN_UNKNOWN = "CB307" "plan.unknown" Warning {
        title: "an organization is on a plan that casebook.toml does not define",
        explanation: "The targets of a ticket follow from its organization's plan on the day of its opening. A plan that `[plans]` does not define has no targets, so these tickets have no clocks; only a `tech_support_editor` may open tickets, as under a plan without `may_open`. In a desk without any plans this rule does not apply.",
        example: "- plan: gold        (but there is no [plans.gold])",
        repair: "Set one of the desk's plans with `casebook org set ORG plans=PLAN`, or define it under `[plans]` in casebook.toml.",
    }
    ORGANIZATION_SHARED = "CB308" "organization.shared" Warning {
        title: "two organizations have the same domain or the same person",
        explanation: "A person with an address at a domain, or listed by an address or alias, belongs to every organization that has it; no file takes precedence. Such a person sees the tickets that their roles in either organization allow, must give `--org` to open a ticket, and a follow-up ticket has an organization only if the old ticket has one of the two. This may be intended for a person who works for two customers; a domain in two files is usually a mistake.",
        example: "domains:\n- acme.example        (in organizations/acme.yaml and organizations/acme-eu.yaml)",
        repair: "Remove the domain or the person from one file: `casebook org set ORG domains=DOMAINS`, or `casebook org person remove ORG PERSON`. If both entries are intended, nothing needs to be done.",
    }
    MACRO_TEXT = "CB309" "macro.text" Warning {
        title: "the text of a macro cannot be rendered",
        explanation: "The text was rendered for a ticket with every field: on hold, escalated, with a clock, and with the desk's custom fields. A text that fails there, for example because of a misspelled name or an invalid filter, will usually fail for every ticket, and `casebook macro` would refuse it. An unknown field is an error (CB301).",
        example: "[macros.later]\ntext = \"We wait for {{ hold.taem }}.\"",
        repair: "Correct the text; `casebook show TICKET --json` prints the values of fields, and `casebook macro NAME TICKET -n` tries the macro.",
    }
    INVALID_CUSTOM_FIELD = "CB310" "own_field.unfit" Warning {
        title: "a custom field has a value that casebook.toml does not allow",
        explanation: "`[fields]` defines the valid values of each custom field. Commands refuse other values; this one was written by hand, imported, or set before the policy changed. It is checked against casebook.toml as it is now. Fields that `[fields]` does not define are not checked.",
        example: "fields:\n  region: mars      (but [fields.region] values = [\"emea\", \"apac\"])",
        repair: "Set a valid value with `casebook set TICKET fields.NAME=VALUE`, or change `[fields]` in casebook.toml.",
    }
    ACCESS_UNGRANTED = "CB311" "access.ungranted" Error {
        title: "a person may read every ticket of an organization, but no ticket granted this",
        explanation: "Organization access is in the organization's file, with the ticket that granted it: a request of that person for that organization, which an agent granted. Access without such a ticket was written by hand, and shows tickets to a person without an approval.",
        example: "- email: ana@acme.example\n  organization_access: 01M7ZK369RH2Y4D6F8J0M2Q4S6      (but there is no such ticket)",
        repair: "Revoke it with `casebook access revoke ORG PERSON`; `casebook access request` requests it.",
    }
}
