//! The rules for targets, CB600 to CB699, for `sla`.

crate::domain::rules::table! {
    TARGET_BREACHED = "CB601" "target.breached" Error {
        title: "a target was breached",
        explanation: "The plan of a ticket has a target for a response or for the resolution, in open time. That time has passed. Only the open time of the calendar counts; `casebook sla --explain TICKET` prints every interval.",
        example: "casebook sla --fail-on breached",
        repair: "Reply with `casebook reply TICKET`, or solve the ticket with `casebook solve TICKET`.",
    }
    TARGET_DUE = "CB602" "target.due" Warning {
        title: "a target will be breached soon",
        explanation: "The target is due within the time that was given.",
        example: "casebook sla --fail-on due:2h",
        repair: "Act before the target is due: `casebook sla --due 2h` lists the most urgent clocks first.",
    }
}
