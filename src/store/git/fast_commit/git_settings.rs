//! The output of `git var -l`: settings and identities, and a check for settings that require `git commit`.

/// The settings and identities in force.
#[derive(Debug)]
pub struct GitSettings {
    listing: String,
}

/// The settings that must be off: otherwise git would write another commit, blob or index than casebook.
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
/// The settings that must not be set at all.
const UNSUPPORTED: [&str; 6] =
    ["attr.tree", "core.compression", "core.fsync", "core.fsyncobjectfiles", "core.loosecompression", "core.worktree"];
/// The settings with the values they may have.
const CHOICES: [(&str, &[&str]); 6] = [
    ("core.eol", &["lf", "native"]),
    ("core.safecrlf", &["false", "warn"]),
    ("core.repositoryformatversion", &["0", "1"]),
    ("extensions.objectformat", &["sha1"]),
    ("extensions.refstorage", &["files"]),
    ("i18n.commitencoding", &["utf-8", "utf8"]),
];
/// git's default limit of loose objects.
const LOOSE: u64 = 6700;

/// The author or committer of a commit.
#[derive(Debug, PartialEq, Eq)]
pub enum GitIdentity<'a> {
    /// The line for the commit, with name, address and date. The settings contain this name and address.
    Set(&'a str),
    /// An identity from elsewhere: git must be asked for it.
    Found,
}

impl GitSettings {
    /// Parses the output of `git var -l`; `None` if it is not UTF-8.
    pub fn read(listing: Vec<u8>) -> Option<Self> {
        Some(Self { listing: String::from_utf8(listing).ok()? })
    }

    /// Returns all values of a setting; a later one overrides an earlier one. Of a value of several lines only the
    /// first is returned, and its other lines can look like settings. So callers check all values, not only the last
    /// one.
    fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.listing.lines().filter_map(move |line| match line.split_once('=') {
            Some((key, value)) => (key == name).then_some(value),
            None => (line == name).then_some("true"),
        })
    }

    fn is_off(value: &str) -> bool {
        ["", "0", "no", "off", "false"].iter().any(|word| value.eq_ignore_ascii_case(word))
    }

    /// Returns true if no setting requires `git commit`.
    pub fn are_plain(&self) -> bool {
        SWITCHES.iter().all(|name| self.all(name).all(Self::is_off))
            && UNSUPPORTED.iter().all(|name| self.all(name).next().is_none())
            && CHOICES.iter().all(|(name, choices)| {
                self.all(name).all(|value| choices.iter().any(|choice| value.eq_ignore_ascii_case(choice)))
            })
            // Otherwise only git knows which files are executable.
            && !self.all("core.filemode").any(Self::is_off)
            // Newer versions of git define hooks in settings.
            && !self.listing.lines().any(|line| line.starts_with("hook."))
    }

    /// Returns the folder of the hooks, if it is set.
    pub fn hooks(&self) -> Option<&str> {
        self.all("core.hookspath").next_back()
    }

    /// Returns true if file names that differ only in case are the same file.
    pub fn ignore_case(&self) -> bool {
        !self.all("core.ignorecase").all(Self::is_off)
    }

    /// Returns true if git creates its cache of untracked files again after it was removed.
    pub fn keep_untracked(&self) -> bool {
        match self.all("core.untrackedcache").next_back() {
            Some(value) => value.eq_ignore_ascii_case("true"),
            None => self.all("feature.manyfiles").next_back().is_some_and(|value| !Self::is_off(value)),
        }
    }

    /// Returns the attribute files outside the work tree; `None` if this version of git does not list them.
    pub fn attribute_files(&self) -> Option<Vec<&str>> {
        self.all("GIT_ATTR_GLOBAL").next()?;
        Some(self.all("GIT_ATTR_SYSTEM").chain(self.all("GIT_ATTR_GLOBAL")).collect())
    }

    /// Returns the identity for a role: `author` or `committer`.
    pub fn identity(&self, role: &str) -> Option<GitIdentity<'_>> {
        let variable = format!("GIT_{}_IDENT=", role.to_ascii_uppercase());
        let ident = self.listing.lines().rev().find_map(|line| line.strip_prefix(&variable))?;
        let (name, rest) = ident.split_once(" <")?;
        let (address, _) = rest.split_once("> ")?;
        let is_set = |key: &str, value: &str| {
            let (own, common) = (format!("{role}.{key}"), format!("user.{key}"));
            !value.is_empty() && self.all(&own).chain(self.all(&common)).any(|set| set == value)
        };
        Some(if is_set("name", name) && is_set("email", address) {
            GitIdentity::Set(ident)
        } else {
            GitIdentity::Found
        })
    }

    /// Returns the number of loose objects above which git runs its maintenance after a commit; `None` if it never
    /// does.
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

    fn settings(listing: &str) -> GitSettings {
        GitSettings::read(listing.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn settings_that_require_git_are_detected() {
        assert!(settings("").are_plain());
        assert!(
            settings("commit.gpgsign=false\ncore.autocrlf=FALSE\ncore.eol=lf\ni18n.commitencoding=UTF-8\n").are_plain()
        );
        for listing in [
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
            assert!(!settings(listing).are_plain(), "{listing}");
        }
    }

    #[test]
    fn an_identity_is_set_only_with_exactly_its_name_and_address() {
        let listing =
            "user.name=A B\nuser.email=a@b\nGIT_AUTHOR_IDENT=A B <a@b> 1 +0000\nGIT_COMMITTER_IDENT=C <a@b> 1 +0000\n";
        let settings = settings(listing);
        assert_eq!(settings.identity("author"), Some(GitIdentity::Set("A B <a@b> 1 +0000")));
        assert_eq!(settings.identity("committer"), Some(GitIdentity::Found));
        assert_eq!(GitSettings::read(vec![0xff]).map(|_| ()), None);
    }

    #[test]
    fn the_limit_of_loose_objects_follows_the_settings() {
        assert_eq!(settings("").loose_objects(), Some(6700));
        assert_eq!(settings("gc.auto=0").loose_objects(), None);
        assert_eq!(settings("gc.auto=10\nmaintenance.auto=true").loose_objects(), Some(10));
        assert_eq!(settings("maintenance.auto=false").loose_objects(), None);
    }
}
