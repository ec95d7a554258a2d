//! Product groups: what a ticket can be about, as the requester chooses it (seed 000), and which one words hint at.
//!
//! Must not know where they are defined, nor who is asked.

use std::collections::BTreeMap;

/// A group a requester can choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductGroup {
    /// The word in files.
    pub name: String,
    /// What people read, where the desk says more than the program knows.
    pub label: Option<String>,
    /// What belongs to it, in a line, by language; without a language under the empty word.
    pub examples: BTreeMap<String, String>,
    /// Words, or their beginnings, that hint at it in a subject.
    pub words: Vec<String>,
    /// The team that takes care of its tickets.
    pub team: Option<String>,
}

impl ProductGroup {
    /// What belongs to it, as somebody who reads a language is told: in that, else without one, else in English, else in
    /// any.
    pub fn examples_in(&self, language: &str) -> Option<&str> {
        let examples = [language, "", "en"].into_iter().find_map(|language| self.examples.get(language));
        examples.or_else(|| self.examples.values().next()).map(String::as_str)
    }
}

/// The group that words hint at: the one with the most hits. None where two have as many: a guess is offered, and a
/// coin is not tossed.
pub fn suggest_group<'a>(groups: &'a [ProductGroup], subject: &str) -> Option<&'a ProductGroup> {
    let lower = subject.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let hits = |group: &ProductGroup| {
        let hints = |word: &&&str| group.words.iter().any(|hint| word.starts_with(&hint.to_lowercase()));
        words.iter().filter(hints).count()
    };
    let most = groups.iter().map(hits).max().filter(|most| *most > 0)?;
    let mut best = groups.iter().filter(|group| hits(group) == most);
    best.next().filter(|_| best.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, words: &[&str]) -> ProductGroup {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        ProductGroup { name: name.to_owned(), words, ..ProductGroup::default() }
    }

    #[test]
    fn examples_are_in_the_readers_language_where_there_are_some() {
        let with = |examples: &[(&str, &str)]| {
            let examples = examples.iter().map(|(language, words)| ((*language).to_owned(), (*words).to_owned()));
            ProductGroup { examples: examples.collect(), ..group("x", &[]) }
        };
        let both = with(&[("en", "tiles"), ("fr", "vignettes")]);
        assert_eq!(
            ["fr", "en", "ja"].map(|language| both.examples_in(language)),
            [Some("vignettes"), Some("tiles"), Some("tiles")]
        );
        assert_eq!(with(&[("", "tiles")]).examples_in("fr"), Some("tiles"));
        assert_eq!(with(&[("fr", "vignettes")]).examples_in("pt"), Some("vignettes"));
        assert_eq!(group("x", &[]).examples_in("en"), None);
    }

    #[test]
    fn words_hint_at_one_group_or_at_none() {
        let groups = [
            group("reports_dashboards", &["dashboard", "tile", "visuali"]),
            group("schedule_export", &["schedul", "export", "csv"]),
            group("lookml_pdt_git", &["lookml", "git", "pdt"]),
        ];
        for (subject, expected) in [
            ("Dashboard tiles time out", Some("reports_dashboards")),
            ("Visualisierungen fehlen", Some("reports_dashboards")),
            ("The SCHEDULED export of a dashboard fails", Some("schedule_export")),
            ("Export of a tile", None),
            ("digital", None),
            ("Push to git: rejected", Some("lookml_pdt_git")),
            ("", None),
        ] {
            assert_eq!(suggest_group(&groups, subject).map(|group| group.name.as_str()), expected, "{subject}");
        }
    }
}
