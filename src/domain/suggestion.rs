//! Suggestions for misspelled names, by one measure for all of them: Jaro-Winkler similarity, as clap uses it.

/// The similarity from which a known name is suggested; equal names have 1.
const SIMILAR: f64 = 0.8;

/// Returns the known names that resemble an unknown one, the most similar first. Upper and lower case are the same.
pub fn similar<'a, T: AsRef<str> + ?Sized + 'a>(name: &str, known: impl IntoIterator<Item = &'a T>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let scored = known.into_iter().map(|known| {
        let known = known.as_ref();
        (strsim::jaro_winkler(&known.to_lowercase(), &name), known)
    });
    let mut similar: Vec<(f64, &str)> = scored.filter(|(similarity, _)| *similarity >= SIMILAR).collect();
    similar.sort_by(|a, b| b.0.total_cmp(&a.0));
    similar.into_iter().map(|(_, known)| known).collect()
}

/// Returns the known name that an unknown one resembles most. None if none of them is similar.
pub fn nearest<'a, T: AsRef<str> + ?Sized + 'a>(name: &str, known: impl IntoIterator<Item = &'a T>) -> Option<&'a str> {
    similar(name, known).first().copied()
}

/// Returns the question for the known name that an unknown one resembles most: "did you mean `priority`?".
pub fn did_you_mean<'a, T: AsRef<str> + ?Sized + 'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a T>,
) -> Option<String> {
    nearest(name, known).map(question)
}

/// Returns the question whether a name was meant.
pub fn question(nearest: &str) -> String {
    format!("did you mean `{nearest}`?")
}

/// Returns the question after a sentence, if there is a similar name: "; did you mean `priority`?".
pub fn or_question(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; {}", question(nearest))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["status", "priority", "product", "product_group"];

    #[test]
    fn the_most_similar_name_is_suggested_first() {
        assert_eq!(similar("produkt", &KNOWN), ["product", "product_group"]);
        assert_eq!(nearest("Staus", &KNOWN), Some("status"));
        assert_eq!(did_you_mean("prioritty", &KNOWN.map(str::to_owned)).as_deref(), Some("did you mean `priority`?"));
        assert_eq!(or_question(nearest("xyz", &KNOWN)), "");
        assert_eq!(nearest("status", &[""; 0]), None);
    }
}
