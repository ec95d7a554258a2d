//! Tests that the catalogs have the same labels, and those of the source documents (docs/seeds.md).

use std::collections::BTreeSet;

use super::*;
use crate::domain::vocabulary::{HoldReason, Kind, OrganizationRole, Priority, Resolution, Role, Status};

const EN: &str = include_str!("en.toml");
const FR: &str = include_str!("fr.toml");
const JA: &str = include_str!("ja.toml");
const PT: &str = include_str!("pt.toml");

const SIDES: [Viewer; 2] = [Viewer::Customer, Viewer::Support];

/// Returns every catalog, with its name.
fn catalogs() -> Vec<(String, &'static Catalog)> {
    let both =
        |language: &Language| SIDES.map(|side| (format!("{} {side:?}", language.code()), language.catalog(side)));
    Language::ALL.iter().flat_map(both).collect()
}

/// Returns the names between braces.
fn placeholders(label: &str) -> BTreeSet<&str> {
    label.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_catalog_has_every_label_with_the_same_placeholders() {
    let english = ENGLISH.all();
    for (name, catalog) in catalogs() {
        let groups = catalog.all();
        assert_eq!(groups.len(), english.len(), "{name}");
        for ((group, labels), (english_group, english_labels)) in groups.iter().zip(&english) {
            assert_eq!((group, labels.len()), (english_group, english_labels.len()), "{name}");
            for ((key, label), (english_key, english_label)) in labels.iter().zip(english_labels) {
                assert_eq!(key, english_key, "{name} {group}");
                assert!(!label.trim().is_empty(), "{name} {group} {key} is empty");
                assert_eq!(placeholders(label), placeholders(english_label), "{name} {group} {key}: {label}");
                assert_eq!(label.matches(['{', '}']).count(), 2 * label.matches('{').count(), "{name} {key}: {label}");
                assert!(!label.contains(char::is_control), "{name} {group} {key}: {label:?}");
            }
        }
    }
}

#[test]
fn a_file_of_labels_is_toml_that_contains_each_of_them_once() {
    for (language, text) in Language::ALL.iter().zip([EN, FR, JA, PT]) {
        let mut file: toml::Table = toml::from_str(text).expect("TOML");
        let support = file.remove("support").expect("groups of support");
        let take = |side: &toml::Table, viewer| {
            for (group, labels) in language.catalog(viewer).all() {
                let Some(given) = side.get(group) else { continue };
                let read =
                    |(name, label): &(&str, &str)| given.get(name).is_none_or(|given| given.as_str() == Some(label));
                assert!(labels.iter().all(read), "{} {group}: {labels:?}", language.code());
                let mut names = given.as_table().expect("a group").keys();
                assert!(names.all(|name| labels.iter().any(|(known, _)| known == name)), "{group}");
            }
            side.len()
        };
        let groups = ENGLISH.all().len();
        assert_eq!(take(&file, Viewer::Customer), groups, "{}", language.code());
        assert!((1..groups).contains(&take(support.as_table().expect("groups"), Viewer::Support)));
    }
}

#[test]
fn no_two_words_of_a_vocabulary_share_a_label() {
    let closed = ["statuses", "priorities", "product_groups", "roles", "organization_roles", "columns"];
    for (name, catalog) in catalogs() {
        for (group, labels) in catalog.all() {
            if !closed.contains(&group) && !group.ends_with("reasons") && group != "resolutions" {
                continue;
            }
            let distinct: BTreeSet<_> = labels.iter().map(|(_, label)| label).collect();
            assert_eq!(distinct.len(), labels.len(), "{name} {group}: {labels:?}");
        }
    }
}

#[test]
fn a_label_can_be_the_beginning_of_another_one() {
    // Therefore labels are never compared by prefix.
    let french = &Language::French.catalog(Viewer::Customer).statuses;
    assert!(french.of(Status::AwaitingReply).starts_with(french.of(Status::OnHold)));
}

#[test]
fn both_sides_see_the_same_labels_except_in_english() {
    for language in &Language::ALL[1..] {
        let sides = SIDES.map(|side| language.catalog(side).all());
        for ((group, customer), (_, support)) in sides[0].iter().zip(&sides[1]) {
            assert!(["statuses", "next_steps"].contains(group) || customer == support, "{} {group}", language.code());
        }
    }
}

/// Returns a label for customers in every language, in the order of [`Language::ALL`].
fn in_every_language(label: impl Fn(&'static Catalog) -> &'static str) -> [&'static str; 4] {
    [Language::English, Language::French, Language::Japanese, Language::Portuguese]
        .map(|language| label(language.catalog(Viewer::Customer)))
}

#[test]
fn statuses_and_priorities_are_those_of_the_source_documents() {
    for (status, expected) in [
        (Status::Open, ["Open", "Ouverte", "Open", "Aberto"]),
        (
            Status::AwaitingReply,
            ["Awaiting your reply", "En attente de votre réponse", "Awaiting your reply", "Aguardando sua resposta"],
        ),
        (Status::OnHold, ["On hold", "En attente", "On hold", "Em espera"]),
        (Status::Solved, ["Solved", "Résolu", "Solved", "Resolvido"]),
    ] {
        assert_eq!(in_every_language(|catalog| catalog.statuses.of(status)), expected);
    }
    for (priority, expected) in [
        (Priority::S1, ["S1 - Urgent", "S1-Urgent", "S1: 緊急", "S1-Urgente"]),
        (Priority::S2, ["S2 - High", "S2-élevé", "S2: 重大", "S2-Alta"]),
        (Priority::S3, ["S3 - Tolerable", "S3-Tolerable", "S3: 許容範囲", "S3-Tolerable"]),
        (Priority::S4, ["S4 - Question", "S4-Question", "S4: 質問", "Pergunta S4"]),
    ] {
        assert_eq!(in_every_language(|catalog| catalog.priorities.of(priority)), expected);
    }
}

#[test]
fn columns_are_those_of_the_source_documents() {
    assert_eq!(in_every_language(|catalog| catalog.columns.subject), ["Subject", "Objet", "Subject", "Assunto"]);
    assert_eq!(in_every_language(|catalog| catalog.columns.id), ["Id", "Identifiant", "Id", "ID"]);
    assert_eq!(in_every_language(|catalog| catalog.columns.status), ["Status", "État", "Status", "Status"]);
    assert_eq!(in_every_language(|catalog| catalog.columns.priority), ["Priority", "Priorité", "優先度", "Prioridade"]);
    let last_activity = ["Last Activity", "Dernière activité", "Last Activity", "Última atividade"];
    assert_eq!(in_every_language(|catalog| catalog.columns.last_activity), last_activity);
    assert_eq!(in_every_language(|catalog| catalog.fields.last_activity), last_activity);
    assert_eq!(in_every_language(|catalog| catalog.fields.created), ["Created", "Créée", "Created", "Criado"]);
    for (_, catalog) in catalogs() {
        let (columns, fields) = (&catalog.columns, &catalog.fields);
        assert_eq!((columns.id, columns.status), (fields.id, fields.status));
    }
}

#[test]
fn reasons_are_those_of_the_source_documents() {
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
        assert_eq!(in_every_language(|catalog| catalog.hold_reasons.of(reason)), expected);
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
        assert_eq!(in_every_language(|catalog| catalog.resolutions.of(resolution)), expected);
    }
}

#[test]
fn roles_kinds_and_groups_are_those_of_the_source_documents() {
    let agent = ["support agent", "agent du service client", "サポート エージェント", "agente de suporte"];
    assert_eq!(in_every_language(|catalog| catalog.roles.of(Role::Agent)), agent);
    let contact = ["technical contact", "contact technique", "技術担当者", "contato técnico"];
    assert_eq!(in_every_language(|catalog| catalog.organization_roles.of(OrganizationRole::TechnicalContact)), contact);
    let editor = &in_every_language(|catalog| catalog.organization_roles.of(OrganizationRole::TechSupportEditor))[..3];
    assert_eq!(editor, ["Tech Support Editor", "Éditeur de l'assistance technique", "テクニカル サポート編集者"]);
    let requester: Vec<String> =
        in_every_language(|catalog| catalog.columns.requester).iter().map(|word| word.to_lowercase()).collect();
    assert_eq!(requester, ["requester", "demandeur", "リクエスト送信者", "solicitante"]);
    assert_eq!(
        in_every_language(|catalog| catalog.kinds.of(Kind::OrganizationAccess)),
        [
            "organization-level access",
            "accès au niveau de l'organisation",
            "組織レベルのアクセス",
            "acesso no nível da organização"
        ]
    );
    let english = Language::English.catalog(Viewer::Customer);
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
        assert_eq!(Language::French.catalog(Viewer::Customer).product_groups.of(group), french);
        assert_eq!(english.product_groups.of(group), back_translated);
        assert_eq!(ENGLISH.product_groups.of(group), group);
    }
    assert_eq!(english.product_groups.of("hardware"), "hardware");
    for language in [Language::Japanese, Language::Portuguese] {
        assert_eq!(language.catalog(Viewer::Support).product_groups, english.product_groups);
    }
}

#[test]
fn a_locale_selects_a_language() {
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
fn values_are_filled_in_once() {
    assert_eq!(fill("{a} and {b}{a}", &[("a", "{b}"), ("b", "2")]), "{b} and 2{b}");
    assert_eq!(fill("{c} {", &[("a", "1")]), "{c} {");
}

#[test]
fn each_language_has_its_own_plural() {
    let counted = |language: Language, number| {
        let catalog = language.catalog(Viewer::Support);
        catalog.count(number, |counts| counts.tickets)
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
fn values_are_formatted_for_people() {
    let list = Value::List(vec![Value::Integer(1), Value::Bool(true)]);
    let map = Value::Map(vec![("a".to_owned(), list), ("b".to_owned(), Value::from("x"))]);
    assert_eq!(format_value(&map), "a: 1, true; b: x");
    assert_eq!((count(1, "alert"), count(0, "alert")), ("1 alert".to_owned(), "0 alerts".to_owned()));
}
