//! Tests of a ticket as people see it.

use super::*;
use crate::domain::people::visibility::customer_view;
use crate::domain::vocabulary::Status;
use crate::view::Viewer;
use crate::view::labels::Language;
use crate::view::test_fixtures;

fn sample_ticket() -> Ticket {
    let mut ticket = test_fixtures::opened();
    test_fixtures::by_agent(
        &mut ticket,
        test_fixtures::reply(),
        Some(Status::AwaitingReply),
        "Which\n\n::error::release?",
    );
    let note = test_fixtures::by_agent(&mut ticket, test_fixtures::note(), None, "Looks like\u{1b}[2J a known bug.");
    let reason = "a slip".to_owned();
    let first = ticket.id;
    test_fixtures::by_agent(
        &mut ticket,
        Action::Redact { entry: first, reason: reason.clone(), subject: None },
        None,
        "A key.",
    );
    test_fixtures::by_agent(&mut ticket, Action::Correct { entry: note, reason }, None, "A new bug.");
    test_fixtures::by_agent(&mut ticket, Action::Remind { auto: false }, None, "");
    ticket
}

#[test]
fn support_sees_everything_that_is_not_redacted() {
    let ticket = sample_ticket();
    let [opened, replied, noted, redacted, corrected, reminded] =
        [0, 1, 2, 3, 4, 5].map(|index| short_id(ticket.history[index].id));
    let id = ticket.id;
    let expected = format!(
        "000001  Dashboard tiles time out

status         awaiting reply: the next step is with the requester, 1 alert sent
priority       S2 - High
requester      ana@acme.example
assignee       unassigned
cc             bo@acme.example
organization   acme
opened         2026-11-21 18:05 CET (3d ago)
last activity  2026-11-21 18:55 CET (2d ago)
id             {id}

2026-11-21 18:05 ana@acme.example (customer) opened · {opened}
│ (redacted by kenji@desk.example in {redacted}: a slip)

2026-11-21 18:15 kenji@desk.example (agent) replied · open → awaiting reply · {replied}
│ Which
│
│ :\\:error::release?

2026-11-21 18:25 kenji@desk.example (agent) wrote an internal note · {noted}
│ (corrected by kenji@desk.example in {corrected}: a slip)
│ Looks like␛[2J a known bug.

2026-11-21 18:35 kenji@desk.example (agent) redacted {opened}: a slip · {redacted}
│ A key.

2026-11-21 18:45 kenji@desk.example (agent) corrected {noted}: a slip · {corrected}
│ A new bug.

2026-11-21 18:55 kenji@desk.example (agent) reminded the requester · {reminded}
"
    );
    assert_eq!(
        crate::view::ticket::render(&ticket, "000001", &[], false, &test_fixtures::audience(&test_fixtures::paris())),
        expected
    );
}

#[test]
fn customers_see_no_note() {
    let zone = test_fixtures::paris();
    let audience = Audience { viewer: Viewer::Customer, ..test_fixtures::audience(&zone) };
    let text = crate::view::ticket::render(&customer_view(sample_ticket()), "000001", &[], false, &audience);
    assert!(text.contains("Awaiting your reply: the next step is with you"));
    assert!(!text.contains("note") && !text.contains("bug"), "{text}");
}

#[test]
fn each_side_sees_its_language() {
    let (zone, mut ticket) = (test_fixtures::paris(), sample_ticket());
    ticket.header.product_group = Some("schedule_export".to_owned());
    let fields = |viewer, language| {
        let text = crate::view::ticket::render(
            &ticket,
            "000001",
            &[],
            false,
            &Audience { viewer, language, ..test_fixtures::audience(&zone) },
        );
        text.lines().skip(2).take(10).map(|line| format!("{line}\n")).collect::<String>()
    };
    assert_eq!(
        fields(Viewer::Customer, Language::French),
        format!(
            "État                En attente de votre réponse : la prochaine étape vous revient, 1 alerte supplémentaire envoyée
Priorité            S2-élevé
Demandeur           ana@acme.example
Responsable         personne
En copie            bo@acme.example
Organisation        acme
Groupe de produits  Planifier ou exporter des données
Créée               21/11/2026 18:05 CET (il y a 3 j)
Dernière activité   21/11/2026 18:55 CET (il y a 2 j)
Identifiant         {}
",
            ticket.id
        )
    );
    assert_eq!(
        fields(Viewer::Support, Language::Japanese),
        format!(
            "Status               お客様の返信待ち: 次に対応するのはリクエスト送信者です、アラート 1 件を送信済み
優先度               S2: 重大
リクエスト送信者     ana@acme.example
担当者               なし
Cc                   bo@acme.example
組織                 acme
プロダクト グループ  Scheduling or exporting data
Created              2026/11/21 18:05 CET (3日前)
Last Activity        2026/11/21 18:55 CET (2日前)
Id                   {}
",
            ticket.id
        )
    );
}

#[test]
fn colors_change_only_colors() {
    let zone = test_fixtures::paris();
    let colored = Audience { color_mode: ColorMode { is_colored: true }, ..test_fixtures::audience(&zone) };
    let painted = crate::view::ticket::render(&sample_ticket(), "000001", &[], false, &colored);
    let plain = crate::view::ticket::render(&sample_ticket(), "000001", &[], false, &test_fixtures::audience(&zone));
    assert_eq!(anstream::adapter::strip_str(&painted).to_string(), plain);
}
