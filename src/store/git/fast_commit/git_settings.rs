//! git's settings as `git var -l` tells them, and whether they ask for something only `git commit` does.

/// The settings and identities in force.
#[derive(Debug)]
pub struct GitSettings {
    told: String,
}

/// Settings under which a commit, a blob or the index would not be what is made here, unless they say no.
const SWITCHES: [&str; 8] = [
    "commit.gpgsign",
    "core.autocrlf",
    "core.bare",
    "core.fsmonitor",
    "core.sharedrepository",
    "core.sparsecheckout",
    "core.splitindex",
    "extensions.partialclone",
];
/// Settings that must not be there at all.
const WORDS: [&str; 6] =
    ["attr.tree", "core.compression", "core.fsync", "core.fsyncobjectfiles", "core.loosecompression", "core.worktree"];
/// Settings, and what they may be.
const CHOICES: [(&str, &[&str]); 6] = [
    ("core.eol", &["lf", "native"]),
    ("core.safecrlf", &["false", "warn"]),
    ("core.repositoryformatversion", &["0", "1"]),
    ("extensions.objectformat", &["sha1"]),
    ("extensions.refstorage", &["files"]),
    ("i18n.commitencoding", &["utf-8", "utf8"]),
];
/// When git looks after its loose objects, unless it is told otherwise.
const LOOSE: u64 = 6700;

/// Somebody git would name in a commit.
#[derive(Debug, PartialEq, Eq)]
pub enum GitIdentity<'a> {
    /// As the settings have it, word for word: name, address and date as they stand in a commit.
    Set(&'a str),
    /// From elsewhere: git has to be asked whether it would do.
    Found,
}

impl GitSettings {
    /// Reads what `git var -l` told, which must be UTF-8.
    pub fn read(told: Vec<u8>) -> Option<Self> {
        Some(Self { told: String::from_utf8(told).ok()? })
    }

    /// What was told under a name: settings in the order they override each other. A value of several lines shows
    /// only the first, and may show lines that are none; so every value counts, not the last alone.
    fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.told.lines().filter_map(move |line| match line.split_once('=') {
            Some((told, value)) => (told == name).then_some(value),
            None => (line == name).then_some("true"),
        })
    }

    fn is_off(value: &str) -> bool {
        ["", "0", "no", "off", "false"].iter().any(|word| value.eq_ignore_ascii_case(word))
    }

    /// Whether no setting asks for something that only `git commit` does.
    pub fn are_plain(&self) -> bool {
        SWITCHES.iter().all(|name| self.all(name).all(Self::is_off))
            && WORDS.iter().all(|name| self.all(name).next().is_none())
            && CHOICES.iter().all(|(name, choices)| {
                self.all(name).all(|value| choices.iter().any(|choice| value.eq_ignore_ascii_case(choice)))
            })
            // Who may execute a file is then known to git alone.
            && !self.all("core.filemode").any(Self::is_off)
            // Hooks that are settings, as newer versions of git have them.
            && !self.told.lines().any(|line| line.starts_with("hook."))
    }

    /// Where hooks lie, if they lie elsewhere.
    pub fn hooks(&self) -> Option<&str> {
        self.all("core.hookspath").next_back()
    }

    /// Whether file names that differ in case are the same.
    pub fn ignore_case(&self) -> bool {
        !self.all("core.ignorecase").all(Self::is_off)
    }

    /// Whether git makes its cache of untracked files again when it is gone.
    pub fn keep_untracked(&self) -> bool {
        match self.all("core.untrackedcache").next_back() {
            Some(value) => value.eq_ignore_ascii_case("true"),
            None => self.all("feature.manyfiles").next_back().is_some_and(|value| !Self::is_off(value)),
        }
    }

    /// The attribute files beside those in the work tree. `None` if this git does not tell.
    pub fn attribute_files(&self) -> Option<Vec<&str>> {
        self.all("GIT_ATTR_GLOBAL").next()?;
        Some(self.all("GIT_ATTR_SYSTEM").chain(self.all("GIT_ATTR_GLOBAL")).collect())
    }

    /// `author` or `committer`.
    pub fn identity(&self, who: &str) -> Option<GitIdentity<'_>> {
        let variable = format!("GIT_{}_IDENT=", who.to_ascii_uppercase());
        let told = self.told.lines().rev().find_map(|line| line.strip_prefix(&variable))?;
        let (name, rest) = told.split_once(" <")?;
        let (address, _) = rest.split_once("> ")?;
        let is_set = |key: &str, value: &str| {
            let (own, common) = (format!("{who}.{key}"), format!("user.{key}"));
            !value.is_empty() && self.all(&own).chain(self.all(&common)).any(|set| set == value)
        };
        Some(if is_set("name", name) && is_set("email", address) { GitIdentity::Set(told) } else { GitIdentity::Found })
    }

    /// How many loose objects git lets lie before it tidies up after a commit; `None` where it never does.
    pub fn loose_objects(&self) -> Option<u64> {
        if self.all("maintenance.auto").next_back().is_some_and(Self::is_off) {
            return None;
        }
        let limit = self.all("gc.auto").next_back().map_or(Some(LOOSE), |value| value.parse().ok());
        limit.filter(|limit| *limit > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(told: &str) -> GitSettings {
        GitSettings::read(told.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn settings_that_ask_for_more_are_seen() {
        assert!(settings("").are_plain());
        assert!(
            settings("commit.gpgsign=false\ncore.autocrlf=FALSE\ncore.eol=lf\ni18n.commitencoding=UTF-8\n").are_plain()
        );
        for told in [
            "commit.gpgsign",
            "commit.gpgsign=yes",
            "core.autocrlf=input",
            "core.autocrlf=input\ncore.autocrlf=false",
            "core.fsmonitor=/a/hook",
            "core.fsync=index",
            "core.eol=crlf",
            "extensions.objectformat=sha256",
            "hook.mine.command=x",
            "i18n.commitencoding=latin1",
        ] {
            assert!(!settings(told).are_plain(), "{told}");
        }
    }

    #[test]
    fn an_identity_counts_as_set_word_for_word() {
        let told =
            "user.name=A B\nuser.email=a@b\nGIT_AUTHOR_IDENT=A B <a@b> 1 +0000\nGIT_COMMITTER_IDENT=C <a@b> 1 +0000\n";
        let settings = settings(told);
        assert_eq!(settings.identity("author"), Some(GitIdentity::Set("A B <a@b> 1 +0000")));
        assert_eq!(settings.identity("committer"), Some(GitIdentity::Found));
        assert_eq!(GitSettings::read(vec![0xff]).map(|_| ()), None);
    }

    #[test]
    fn git_tidies_up_as_it_is_told() {
        assert_eq!(settings("").loose_objects(), Some(6700));
        assert_eq!(settings("gc.auto=0").loose_objects(), None);
        assert_eq!(settings("gc.auto=10\nmaintenance.auto=true").loose_objects(), Some(10));
        assert_eq!(settings("maintenance.auto=false").loose_objects(), None);
    }
}
