//! CB600 to CB699: what was promised, for `sla`.

crate::domain::rules::table! {
    TARGET_BREACHED = "CB601" "target.breached" Error {
        title: "a target has passed",
        explanation: "The plan of a ticket promises an answer, or an end, within so much open time. That time is used up. The calendar counts, not the clock on the wall; `casebook sla --explain TICKET` shows each interval.",
        example: "casebook sla --fail-on breached",
        repair: "Do what is owed: `casebook reply TICKET`, or `casebook solve TICKET`.",
    }
    TARGET_DUE = "CB602" "target.due" Warning {
        title: "a target will soon have passed",
        explanation: "What is owed is due within the span that was asked for.",
        example: "casebook sla --fail-on due:2h",
        repair: "Do what is owed before the due instant: `casebook sla --due 2h` lists what burns first.",
    }
}
