//! The texts of the macros in a casebook.toml, checked before an agent applies a macro.

use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::template::TemplateError;
use crate::domain::ticket::macro_template;
use crate::store::config::Settings;

use super::findings::at_error;

/// Returns the findings about the texts of macros in a casebook.toml. Errors in the sections `[macros]` and
/// `[fields]` themselves are reported by the readers of these sections.
pub(super) fn findings(settings: &Settings) -> Vec<Finding> {
    let (Ok(macros), Ok(choices)) = (settings.macros(), settings.fields()) else { return Vec::new() };
    let mut findings = Vec::new();
    for defined in macros {
        let step_texts = defined.step_texts();
        for (language, source) in std::iter::once(&defined.texts).chain(&step_texts).flatten() {
            let Err(error) = macro_template::check(source, &choices.fields) else { continue };
            let rule = match error {
                TemplateError::Field(_) => &rules::CONFIG_INVALID,
                TemplateError::Language(_) => &rules::MACRO_TEXT,
            };
            let of = if language.is_empty() { String::new() } else { format!(" ({language})") };
            let message = format!("the text{of} of the macro `{}`: {error}", defined.name);
            let error = settings.macro_text_error(&defined.name, message);
            findings.push(at_error(settings.text(), rule, &error));
        }
    }
    findings
}
