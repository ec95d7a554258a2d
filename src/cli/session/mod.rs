//! What every command begins with: the environment read once, the desk found, the acting person known.

pub(crate) mod identity;
pub(crate) mod program;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::args::{ColorChoice, GlobalFlags};
use super::error::CliError;
use super::session::identity::Identity;
use super::terminal::output::Output;
use super::verbs;
use crate::desk::{Desk, Environment, FaultPoint};
use crate::domain::people::person::Person;
use crate::domain::time::parse::parse_time;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::layout;
use crate::view::colors::ColorMode;
use crate::view::hyperlinks::LinkTargets;
use crate::view::labels::{CustomLabels, Language};
use crate::view::{Audience, Viewer};

/// How long a command waits for other writers.
const PATIENCE: Duration = Duration::from_secs(30);

/// One command's surroundings.
pub(crate) struct Session {
    /// Flags every verb has.
    pub global: GlobalFlags,
    /// Where to print.
    pub output: Output,
    /// The clock and what else is fixed for this command.
    pub world: Environment,
    /// Whether a program reads along, so that errors are objects.
    pub wants_json: bool,
    identity: OnceCell<Identity>,
    links: OnceCell<Option<LinkTargets>>,
    own: OnceCell<Option<CustomLabels>>,
}

impl Session {
    /// Reads the environment.
    pub fn begin(global: &GlobalFlags, wants_json: bool) -> Result<Self, CliError> {
        let output = Output::new(colour(global.color), global.quiet, !global.no_pager);
        Ok(Self {
            global: global.clone(),
            output,
            world: world(global)?,
            wants_json,
            identity: OnceCell::new(),
            links: OnceCell::new(),
            own: OnceCell::new(),
        })
    }

    /// The folder the command starts from: `-C`, else `CASEBOOK_DIR`, else here. Under its real name where it is
    /// there: what lies above a link, or above `..`, is not what lies above the name.
    pub fn start(&self) -> Result<PathBuf, CliError> {
        let given = self.global.directory.clone().or_else(|| variable("CASEBOOK_DIR").map(PathBuf::from));
        let start = given.unwrap_or_else(|| PathBuf::from("."));
        let real = start.canonicalize().or_else(|_| std::path::absolute(&start));
        Ok(real.map_err(Error::io(&start, "find"))?)
    }

    /// Opens the desk, and begins to find out who acts.
    pub fn casebook(&self) -> Result<Desk, CliError> {
        Ok(Desk::open(&self.root()?, self.world.clone())?)
    }

    /// The same for a check, which tells what is wrong with casebook.toml among the rest.
    pub fn unsound_casebook(&self) -> Result<Desk, CliError> {
        Ok(Desk::open_unsound(&self.root()?, self.world.clone())?)
    }

    /// The same for what ends conflicts, of casebook.toml too.
    pub fn conflicted_casebook(&self) -> Result<Desk, CliError> {
        Ok(Desk::open_conflicted(&self.root()?, self.world.clone())?)
    }

    /// The folder of the desk; begins to find out who acts.
    fn root(&self) -> Result<PathBuf, CliError> {
        let start = self.start()?;
        let named = self.global.directory.is_some() || variable("CASEBOOK_DIR").is_some();
        let root = if named {
            Some(start.clone()).filter(|root| root.join(layout::MARKER).is_file())
        } else {
            layout::discover(&start)
        };
        let root = root.or_else(|| layout::discover(&start)).ok_or(Error::NoStore { start })?;
        let _ = self.identity.set(Identity::begin(self.global.actor.as_ref(), variable("CASEBOOK_ACTOR"), &root)?);
        Ok(root)
    }

    /// Who acts, if that is known. The desk has to be open.
    pub fn actor(&self) -> Result<Option<&Person>, CliError> {
        match self.identity.get() {
            Some(identity) => identity.person(),
            None => Ok(None),
        }
    }

    /// Whether the acting person was named rather than found in git.
    pub fn actor_was_named(&self) -> bool {
        self.identity.get().is_some_and(Identity::was_named)
    }

    /// The zone times are shown in.
    pub fn zone(&self, casebook: &Desk) -> Result<Zone, CliError> {
        Ok(casebook.policy().zone()?)
    }
}

impl Session {
    /// On whose side the acting person stands. Without any identity everything can be read.
    pub fn viewer(&self, casebook: &Desk) -> Result<Viewer, CliError> {
        let support = self.actor()?.is_none_or(|person| casebook.config().team.has_agent(person));
        Ok(if support { Viewer::Support } else { Viewer::Customer })
    }

    /// Who is shown something, where and when.
    pub fn audience<'a>(&'a self, casebook: &Desk, zone: &'a Zone) -> Result<Audience<'a>, CliError> {
        let color_mode = ColorMode { is_colored: self.output.colour };
        let links = self
            .links
            .get_or_init(|| self.has_links().then(|| LinkTargets::below(casebook.root(), layout::ticket_path)));
        let (viewer, links, width) = (self.viewer(casebook)?, links.as_ref(), self.output.width());
        Ok(Audience {
            viewer,
            language: self.language(),
            zone,
            now: self.world.now,
            color_mode,
            custom_labels: None,
            links,
            width,
        })
    }

    /// The same for those who read a whole ticket: customers read what the desk calls its groups and fields, support
    /// works with the names. What is wrong with casebook.toml is told by commands that need it.
    pub fn audience_of_ticket<'a>(&'a self, casebook: &Desk, zone: &'a Zone) -> Result<Audience<'a>, CliError> {
        let audience = self.audience(casebook, zone)?;
        let read =
            || casebook.policy().choices().map(|known| CustomLabels::of(&known.product_groups, &known.fields)).ok();
        let custom_labels =
            (audience.viewer == Viewer::Customer).then(|| self.own.get_or_init(read).as_ref()).flatten();
        Ok(Audience { custom_labels, ..audience })
    }

    /// The language of what people see of tickets: `--lang`, else that of the locale, in the order of POSIX.
    fn language(&self) -> Language {
        let locale = || variable("LC_ALL").or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG"));
        let named = self.global.lang.clone().or_else(locale);
        named.map(|locale| Language::of_locale(&locale)).unwrap_or_default()
    }

    /// Whether somebody sits at a terminal and can be asked.
    pub fn can_ask(&self) -> bool {
        use std::io::IsTerminal;
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && self.output.is_terminal
    }

    /// Whether ids lead to files: on a terminal that has colours, unless it is one of those that print a link as it
    /// is, or nobody wants links.
    fn has_links(&self) -> bool {
        let can = variable("TERM").is_some_and(|terminal| !matches!(terminal.as_str(), "dumb" | "linux"));
        let unwanted = variable("FORCE_HYPERLINK").is_some_and(|wanted| wanted == "0");
        self.output.is_terminal && self.output.colour && can && !unwanted
    }

    /// A time as people type it, in the desk's zone.
    pub fn when(&self, casebook: &Desk, words: &str) -> Result<DateTime<Utc>, CliError> {
        let zone = self.zone(casebook)?;
        parse_time(words, self.world.now, &zone)
            .map_err(|error| Error::Usage { message: error.to_string(), hint: None }.into())
    }
}

/// An environment variable that says something.
#[allow(clippy::disallowed_methods)] // the edge: the one place that reads the environment
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[allow(clippy::disallowed_methods)] // the edge: the one place that reads the clock
fn world(global: &GlobalFlags) -> Result<Environment, CliError> {
    let fixed = match variable("CASEBOOK_NOW") {
        None => None,
        Some(words) => Some(DateTime::parse_from_rfc3339(&words).map_err(|_| {
            Error::usage(
                format!("CASEBOOK_NOW is `{words}`, which is no RFC 3339 time"),
                "for example 2026-11-21T17:05:12Z",
            )
        })?),
    };
    Ok(Environment {
        now: fixed
            .map_or_else(|| DateTime::<Utc>::from(std::time::SystemTime::now()), |fixed| fixed.with_timezone(&Utc)),
        clock_is_fixed: fixed.is_some(),
        seed: variable("CASEBOOK_SEED").and_then(|seed| seed.parse().ok()),
        no_index: global.no_index,
        halt: variable("CASEBOOK_KILLED_AT")
            .map(|step| FaultPoint::killed_at(&step))
            .or_else(|| variable("CASEBOOK_STOPPED_AT").map(|step| FaultPoint::stopped_at(&step)))
            .map(Arc::new),
        patience: variable("CASEBOOK_PATIENCE")
            .and_then(|seconds| seconds.parse().ok())
            .map_or(PATIENCE, Duration::from_secs),
        macro_flaws: verbs::macros::flaws,
    })
}

fn colour(wanted: ColorChoice) -> Option<bool> {
    match wanted {
        ColorChoice::Always => Some(true),
        ColorChoice::Never => Some(false),
        ColorChoice::Auto if variable("NO_COLOR").is_some() || variable("TERM").as_deref() == Some("dumb") => {
            Some(false)
        }
        ColorChoice::Auto => None,
    }
}

/// The folder a path stands for, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}
