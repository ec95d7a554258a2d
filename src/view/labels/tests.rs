//! The catalogues, held against each other key by key, and against the words of the seeds.

use std::collections::BTreeSet;

use super::*;
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Role, Status};

const SIDES: [Viewer; 2] = [Viewer::Customer, Viewer::Support];

/// Every catalogue, with its name.
fn catalogues() -> Vec<(String, &'static Catalogue)> {
    let both = |language: &Language| SIDES.map(|side| (format!("{} {side:?}", language.code()), language.words(side)));
    Language::ALL.iter().flat_map(both).collect()
}

/// The names between braces.
fn placeholders(words: &str) -> BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_catalogue_has_every_word_with_the_same_placeholders() {
    let english = ENGLISH.listed();
    for (name, catalogue) in catalogues() {
        let listed = catalogue.listed();
        assert_eq!(listed.len(), english.len(), "{name}");
        for ((group, words), (known_group, known_words)) in listed.iter().zip(&english) {
            assert_eq!((group, words.len()), (known_group, known_words.len()), "{name}");
            for ((key, said), (known_key, known)) in words.iter().zip(known_words) {
                assert_eq!(key, known_key, "{name} {group}");
                assert!(!said.trim().is_empty(), "{name} {group} {key} is empty");
                assert_eq!(placeholders(said), placeholders(known), "{name} {group} {key}: {said}");
                assert_eq!(said.matches(['{', '}']).count(), 2 * said.matches('{').count(), "{name} {key}: {said}");
                assert!(!said.contains(char::is_control), "{name} {group} {key}: {said:?}");
            }
        }
    }
}

#[test]
fn no_two_words_of_a_vocabulary_share_a_label() {
    let closed = ["statuses", "priorities", "product groups", "roles", "roles in an organisation", "columns"];
    for (name, catalogue) in catalogues() {
        for (group, words) in catalogue.listed() {
            if !closed.contains(&group) && !group.ends_with("reasons") && group != "resolutions" {
                continue;
            }
            let distinct: BTreeSet<_> = words.iter().map(|(_, label)| label).collect();
            assert_eq!(distinct.len(), words.len(), "{name} {group}: {words:?}");
        }
    }
}

#[test]
fn one_label_is_the_beginning_of_another() {
    // Which is why nothing may look for a label by its beginning.
    let french = &Language::French.words(Viewer::Customer).statuses;
    assert!(french.awaiting_reply.starts_with(french.on_hold));
}

#[test]
fn both_sides_read_the_labels_of_the_seeds_except_in_english() {
    for language in &Language::ALL[1..] {
        let sides = SIDES.map(|side| language.words(side).listed());
        for ((group, customers), (_, supports)) in sides[0].iter().zip(&sides[1]) {
            assert!(group == &"next steps" || customers == supports, "{} {group}", language.code());
        }
    }
}

/// The labels of one kind, for customers, in the order of [`Language::ALL`].
fn said(label: impl Fn(&'static Catalogue) -> &'static str) -> [&'static str; 4] {
    [Language::English, Language::French, Language::Japanese, Language::Portuguese]
        .map(|language| label(language.words(Viewer::Customer)))
}

#[test]
fn statuses_and_priorities_are_those_of_the_seeds() {
    for (status, expected) in [
        (Status::Open, ["Open", "Ouverte", "Open", "Aberto"]),
        (
            Status::AwaitingReply,
            ["Awaiting your reply", "En attente de votre réponse", "Awaiting your reply", "Aguardando sua resposta"],
        ),
        (Status::OnHold, ["On hold", "En attente", "On hold", "Em espera"]),
        (Status::Solved, ["Solved", "Résolu", "Solved", "Resolvido"]),
    ] {
        assert_eq!(said(|words| words.statuses.of(status)), expected);
    }
    for (priority, expected) in [
        (Priority::S1, ["S1 - Urgent", "S1-Urgent", "S1: 緊急", "S1-Urgente"]),
        (Priority::S2, ["S2 - High", "S2-élevé", "S2: 重大", "S2-Alta"]),
        (Priority::S3, ["S3 - Tolerable", "S3-Tolerable", "S3: 許容範囲", "S3-Tolerable"]),
        (Priority::S4, ["S4 - Question", "S4-Question", "S4: 質問", "Pergunta S4"]),
    ] {
        assert_eq!(said(|words| words.priorities.of(priority)), expected);
    }
}

#[test]
fn columns_are_those_of_the_seeds() {
    assert_eq!(said(|words| words.columns.subject), ["Subject", "Objet", "Subject", "Assunto"]);
    assert_eq!(said(|words| words.columns.id), ["Id", "Identifiant", "Id", "ID"]);
    assert_eq!(said(|words| words.columns.status), ["Status", "État", "Status", "Status"]);
    assert_eq!(said(|words| words.columns.priority), ["Priority", "Priorité", "優先度", "Prioridade"]);
    let last_activity = ["Last Activity", "Dernière activité", "Last Activity", "Última atividade"];
    assert_eq!(said(|words| words.columns.last_activity), last_activity);
    assert_eq!(said(|words| words.facts.last_activity), last_activity);
    assert_eq!(said(|words| words.facts.created), ["Created", "Créée", "Created", "Criado"]);
    for (_, catalogue) in catalogues() {
        let (columns, facts) = (&catalogue.columns, &catalogue.facts);
        assert_eq!((columns.id, columns.status), (facts.id, facts.status));
    }
}

#[test]
fn reasons_are_those_of_the_seeds() {
    for (reason, expected) in [
        (
            HoldReason::Reproducing,
            [
                "reproducing a reported bug",
                "reproduire un bug signalé",
                "報告されたバグの再現",
                "reproduzir um bug informado",
            ],
        ),
        (
            HoldReason::Workaround,
            [
                "looking for a workaround",
                "rechercher une solution de contournement",
                "回避策の調査",
                "investigar uma solução alternativa",
            ],
        ),
        (
            HoldReason::Engineering,
            [
                "with an engineering team about a bug",
                "communique avec une équipe d'ingénieurs en cas de bug",
                "バグに関してエンジニアリング チームと連携",
                "em contato com uma equipe de engenharia sobre um bug",
            ],
        ),
        (
            HoldReason::AccountTeam,
            [
                "account team will contact the requester before closing",
                "l'équipe chargée du compte contacte le demandeur avant de clôturer",
                "アカウント チームがリクエスト送信者に問い合わせるのを待つ",
                "a equipe de contas entre em contato com o solicitante antes de fechar",
            ],
        ),
    ] {
        assert_eq!(said(|words| words.hold_reasons.of(reason)), expected);
    }
    for (resolution, expected) in [
        (
            Resolution::Agreed,
            [
                "agreed",
                "le demandeur et l'agent conviennent que le problème est résolu",
                "リクエスト送信者とサポート エージェントが問題の解決に同意",
                "o solicitante e o agente de suporte concordam que o problema foi resolvido",
            ],
        ),
        (
            Resolution::BugReported,
            [
                "bug reported",
                "bug signalé à l'équipe d'ingénierie; priorité et délai de résolution estimé alignés",
                "エンジニアリング チームにバグを報告、優先順位と解決予定タイムラインを調整済み",
                "bug informado à engenharia; prioridade e prazo estimado de resolução alinhados",
            ],
        ),
        (
            Resolution::Merged,
            [
                "merged",
                "fusionnée dans une autre demande d'assistance",
                "別のサポート リクエストに統合",
                "mesclado a outra solicitação de suporte",
            ],
        ),
        (
            Resolution::NoResponse,
            [
                "no response",
                "n'a pas répondu depuis un certain temps, au moins une alerte supplémentaire",
                "一定期間応答なし、少なくとも 1 つのアラート",
                "não respondeu por um período, pelo menos um alerta adicional",
            ],
        ),
    ] {
        assert_eq!(said(|words| words.resolutions.of(resolution)), expected);
    }
}

#[test]
fn roles_kinds_and_groups_are_those_of_the_seeds() {
    let agent = ["support agent", "agent du service client", "サポート エージェント", "agente de suporte"];
    assert_eq!(said(|words| words.roles.of(Role::Agent)), agent);
    let contact = ["technical contact", "contact technique", "技術担当者", "contato técnico"];
    assert_eq!(said(|words| words.organization_roles.technical_contact), contact);
    let editor = &said(|words| words.organization_roles.tech_support_editor)[..3];
    assert_eq!(editor, ["Tech Support Editor", "Éditeur de l'assistance technique", "テクニカル サポート編集者"]);
    let requester: Vec<String> = said(|words| words.columns.requester).iter().map(|word| word.to_lowercase()).collect();
    assert_eq!(requester, ["requester", "demandeur", "リクエスト送信者", "solicitante"]);
    assert_eq!(
        said(|words| words.kinds.organization_access),
        [
            "organisation-level access",
            "accès au niveau de l'organisation",
            "組織レベルのアクセス",
            "acesso no nível da organização"
        ]
    );
    let english = Language::English.words(Viewer::Customer);
    for (group, french, back_translated) in [
        ("reports_dashboards", "Créer des rapports ou des tableaux de bord", "Creating reports or dashboards"),
        ("schedule_export", "Planifier ou exporter des données", "Scheduling or exporting data"),
        ("instance_admin", "Administration des instances", "Instance administration"),
        (
            "lookml_pdt_git",
            "LookML, tables dérivées ou contrôle des versions",
            "LookML, derived tables, or version control",
        ),
        ("api_embed_ext", "API, intégration, framework d'extension", "API, embedding, extension framework"),
    ] {
        assert_eq!(Language::French.words(Viewer::Customer).groups.of(group), french);
        assert_eq!(english.groups.of(group), back_translated);
        assert_eq!(ENGLISH.groups.of(group), group);
    }
    assert_eq!(english.groups.of("hardware"), "hardware");
    for language in [Language::Japanese, Language::Portuguese] {
        assert_eq!(language.words(Viewer::Support).groups, english.groups);
    }
}

#[test]
fn a_locale_names_a_language() {
    for (locale, expected) in [
        ("fr_FR.UTF-8", Language::French),
        ("fr_CA.UTF-8", Language::French),
        ("FR", Language::French),
        ("ja_JP", Language::Japanese),
        ("pt_BR@euro", Language::Portuguese),
        ("pt-PT", Language::Portuguese),
        ("en_GB.UTF-8", Language::English),
        ("C", Language::English),
        ("C.UTF-8", Language::English),
        ("POSIX", Language::English),
        ("de_DE.UTF-8", Language::English),
        ("frr_DE", Language::English),
        ("", Language::English),
        ("_fr", Language::English),
    ] {
        assert_eq!(Language::of_locale(locale), expected, "{locale}");
    }
    for language in Language::ALL {
        assert_eq!(Language::of_locale(language.code()), *language);
    }
}

#[test]
fn words_are_filled_in_once() {
    assert_eq!(fill("{a} and {b}{a}", &[("a", "{b}"), ("b", "2")]), "{b} and 2{b}");
    assert_eq!(fill("{c} {", &[("a", "1")]), "{c} {");
}

#[test]
fn each_language_counts_in_its_way() {
    let counted = |language: Language, number| {
        let words = language.words(Viewer::Support);
        words.count(number, &words.counts.tickets)
    };
    for (language, expected) in [
        (Language::English, ["0 tickets", "1 ticket", "2 tickets"]),
        (Language::French, ["0 demande", "1 demande", "2 demandes"]),
        (Language::Japanese, ["リクエスト 0 件", "リクエスト 1 件", "リクエスト 2 件"]),
        (Language::Portuguese, ["0 solicitação", "1 solicitação", "2 solicitações"]),
    ] {
        assert_eq!([0, 1, 2].map(|number| counted(language, number)), expected);
    }
}

#[test]
fn values_are_told_in_words() {
    let list = Value::List(vec![Value::Integer(1), Value::Bool(true)]);
    let map = Value::Map(vec![("a".to_owned(), list), ("b".to_owned(), Value::from("x"))]);
    assert_eq!(value(&map), "a: 1, true; b: x");
    assert_eq!((count(1, "alert"), count(0, "alert")), ("1 alert".to_owned(), "0 alerts".to_owned()));
}
