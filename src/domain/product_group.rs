//! Product groups: what a ticket can be about, as the requester chooses it (seed 000), and which one words hint at.
//!
//! Must not know where they are defined, nor who is asked.

/// A group a requester can choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductGroup {
    /// The word in files.
    pub name: String,
    /// What people read, where the desk says more than the program knows.
    pub label: Option<String>,
    /// What belongs to it, in a line.
    pub examples: Option<String>,
    /// Words, or their beginnings, that hint at it in a subject.
    pub words: Vec<String>,
    /// The team that takes care of its tickets.
    pub team: Option<String>,
}

/// The group that words hint at: the one with the most hits. None where two have as many: a guess is offered, and a
/// coin is not tossed.
pub fn suggested<'a>(groups: &'a [ProductGroup], subject: &str) -> Option<&'a ProductGroup> {
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
    fn words_hint_at_one_group_or_at_none() {
        let groups = [
            group("reports_dashboards", &["dashboard", "tile", "visuali"]),
            group("schedule_export", &["schedul", "export", "csv"]),
            group("lookml_pdt_git", &["lookml", "git", "pdt"]),
        ];
        for (subject, wanted) in [
            ("Dashboard tiles time out", Some("reports_dashboards")),
            ("Visualisierungen fehlen", Some("reports_dashboards")),
            ("The SCHEDULED export of a dashboard fails", Some("schedule_export")),
            ("Export of a tile", None),
            ("digital", None),
            ("Push to git: rejected", Some("lookml_pdt_git")),
            ("", None),
        ] {
            assert_eq!(suggested(&groups, subject).map(|group| group.name.as_str()), wanted, "{subject}");
        }
    }
}
