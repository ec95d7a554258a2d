//! The product groups among which a requester chooses (docs/seeds.md), and the suggestion of one for a subject.

use std::collections::BTreeMap;

/// A product group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductGroup {
    /// The word in files.
    pub name: String,
    /// The label for people, if the desk has defined one.
    pub label: Option<String>,
    /// A line of examples, by language; the key of a line without a language is empty.
    pub examples: BTreeMap<String, String>,
    /// Words, or beginnings of words, that suggest this group if they are in a subject.
    pub words: Vec<String>,
    /// The team to which tickets of the group are assigned.
    pub team: Option<String>,
}

impl ProductGroup {
    /// Returns the examples in a language, else those without a language, else the English ones, else any.
    pub fn examples_in(&self, language: &str) -> Option<&str> {
        let examples = [language, "", "en"].into_iter().find_map(|language| self.examples.get(language));
        examples.or_else(|| self.examples.values().next()).map(String::as_str)
    }
}

/// Returns the group with the most matching words in a subject; `None` if no word matches or two groups have equally
/// many.
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
    fn examples_are_in_the_given_language_if_possible() {
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
    fn a_subject_suggests_one_group_or_none() {
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
