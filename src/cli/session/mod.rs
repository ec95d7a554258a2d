//! The session of one command: its flags, its environment, its desk and its actor.

pub(crate) mod global_flags;
pub(crate) mod identity;
pub(crate) mod program;
pub(crate) mod ticket;
pub(crate) mod who;

use std::cell::OnceCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::env::{self, path_variable, variable};
use super::error::CliError;
use super::exit::Exit;
use super::session::global_flags::{ColorChoice, GlobalFlags};
use super::session::identity::Identity;
use super::session::who::{Who, known_person};
use super::terminal::output::Output;
use crate::desk::{Desk, DeskView, Environment, FaultPoint};
use crate::domain::people::known_person::PeopleNames;
use crate::domain::people::person::Person;
use crate::domain::time::duration::{self, whole_seconds};
use crate::domain::time::parse::{Direction, ParseTimeError, parse_planned_time, parse_time};
use crate::domain::time::planned::PlannedTime;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::layout;
use crate::view::colors::ColorMode;
use crate::view::hyperlinks::LinkTargets;
use crate::view::labels::{CustomLabels, Language};
use crate::view::{Audience, Viewer};

/// The time that a command waits for other writers, unless CASEBOOK_PATIENCE is set.
const PATIENCE: Duration = Duration::from_secs(30);

/// The session of one command. The desk and the actor are looked up when they are needed.
pub(crate) struct Session {
    /// The flags that every verb has.
    pub global: GlobalFlags,
    /// The output of the command.
    pub output: Output,
    /// The clock and the other facts that stay the same during the command.
    pub environment: Environment,
    /// The command prints JSON, so errors are JSON too.
    pub wants_json: bool,
    identity: OnceCell<Identity>,
    zone: OnceCell<Zone>,
    links: OnceCell<Option<LinkTargets>>,
    custom_labels: OnceCell<Option<CustomLabels>>,
    names: OnceCell<PeopleNames>,
}

impl Session {
    /// Begins a session: reads the environment.
    ///
    /// # Errors
    /// CASEBOOK_NOW is not an RFC 3339 time.
    pub fn begin(global: &GlobalFlags, wants_json: bool) -> Result<Self, CliError> {
        let output = Output::new(use_color(global.color), global.quiet, !global.no_pager);
        Ok(Self {
            global: global.clone(),
            output,
            environment: read_environment(global)?,
            wants_json,
            identity: OnceCell::new(),
            zone: OnceCell::new(),
            links: OnceCell::new(),
            custom_labels: OnceCell::new(),
            names: OnceCell::new(),
        })
    }

    /// Begins the session of a completion, which writes nothing.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub fn to_complete(global: &GlobalFlags) -> Result<Self, CliError> {
        let mut session = Self::begin(global, false)?;
        session.environment.read_only = true;
        Ok(session)
    }

    /// Returns the folder in which the command starts: `-C`, else CASEBOOK_DIR, else the current folder. The path is
    /// resolved, since the parent of a link, or of `..`, is not the parent of its name.
    ///
    /// # Errors
    /// The folder does not exist. A slip in its name must not lead to the desk above it.
    pub fn start(&self) -> Result<PathBuf, CliError> {
        let given = self.global.directory.clone().or_else(|| path_variable("CASEBOOK_DIR"));
        let start = given.unwrap_or_else(|| PathBuf::from("."));
        match start.canonicalize() {
            Ok(start) => Ok(start),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NoFolder { folder: start }.into()),
            Err(error) => Err(Error::io(&start, "find")(error).into()),
        }
    }

    /// Returns the path of a folder that a command names: as the file system does if it exists, otherwise below the start.
    pub fn folder(&self, named: &Path) -> Result<PathBuf, CliError> {
        let path = self.start()?.join(named);
        Ok(path.canonicalize().unwrap_or_else(|_| path.components().collect()))
    }

    /// Opens the desk, and begins to look up the actor.
    pub fn desk(&self) -> Result<Desk, CliError> {
        self.open(Desk::open)
    }

    /// Opens the desk for `check`, which also reports errors in casebook.toml.
    pub fn desk_to_check(&self) -> Result<Desk, CliError> {
        self.open(Desk::open_for_check)
    }

    /// Opens the desk for `resolve`, which also resolves conflicts in casebook.toml.
    pub fn desk_to_resolve(&self) -> Result<Desk, CliError> {
        self.open(Desk::open_conflicted)
    }

    /// Opens the desk, and looks up the actor: a name in the desk, anything else while it is opened.
    fn open(&self, open: impl FnOnce(&Path, Environment) -> Result<Desk, Error>) -> Result<Desk, CliError> {
        let root = self.root()?;
        let begin = |person| _ = self.identity.set(Identity::begin(person, &root));
        let named = match self.named()? {
            Some(Who::Name(name)) => Some(name),
            Some(Who::Address(person)) => {
                begin(Some(person));
                None
            }
            Some(Who::Me) | None => {
                begin(None);
                None
            }
        };
        let desk = open(&root, self.environment.clone())?;
        if let Some(name) = named {
            begin(Some(known_person(&desk.as_owned_by(None), &name)?));
        }
        Ok(desk)
    }

    /// Returns the folder of the desk.
    fn root(&self) -> Result<PathBuf, CliError> {
        let start = self.start()?;
        let is_named = self.global.directory.is_some() || path_variable("CASEBOOK_DIR").is_some();
        let root = if is_named {
            Some(start.clone()).filter(|root| root.join(layout::MARKER).is_file())
        } else {
            layout::discover(&start)
        };
        Ok(root.or_else(|| layout::discover(&start)).ok_or(Error::NotInDesk { start })?)
    }

    /// Returns the person as `--as` names them, else CASEBOOK_ACTOR.
    ///
    /// # Errors
    /// CASEBOOK_ACTOR is neither an e-mail address nor a name.
    fn named(&self) -> Result<Option<Who>, CliError> {
        let read = |text: String| {
            Who::parse(&text).map_err(|error| {
                Error::usage(format!("cannot read CASEBOOK_ACTOR: {error}"), "set it to an e-mail address, or unset it")
            })
        };
        match &self.global.actor {
            Some(who) => Ok(Some(who.clone())),
            None => Ok(variable("CASEBOOK_ACTOR").map(read).transpose()?),
        }
    }

    /// Returns the person named by `--as`, else by CASEBOOK_ACTOR, for a verb without a desk.
    ///
    /// # Errors
    /// The person is named without an address.
    pub fn named_actor(&self) -> Result<Option<Person>, CliError> {
        match self.named()? {
            Some(Who::Address(person)) => Ok(Some(person)),
            Some(Who::Name(name)) => {
                let message = format!("`{name}` is not an address, and there is no desk that knows the name");
                Err(CliError::usage(message, "give an address: `--as ADDRESS`"))
            }
            Some(Who::Me) | None => Ok(None),
        }
    }

    /// Returns the actor. None before the desk is open, or if neither the command nor git names a person.
    pub fn actor(&self) -> Result<Option<&Person>, CliError> {
        match self.identity.get() {
            Some(identity) => identity.person(),
            None => Ok(None),
        }
    }

    /// Returns whether the actor was named by the command, not found in git's configuration.
    pub fn actor_was_named(&self) -> bool {
        self.identity.get().is_some_and(Identity::was_named)
    }

    /// Returns the address of git's author, if it is known without starting git.
    pub fn git_author(&self) -> Option<String> {
        self.identity.get()?.git_author()
    }

    /// Returns the desk as the actor sees it; with everything in it unless the command named the actor, because a clone
    /// hides nothing from its owner.
    pub fn view<'a>(&'a self, desk: &'a Desk) -> Result<DeskView<'a>, CliError> {
        let actor = self.actor()?;
        Ok(if self.actor_was_named() { desk.as_seen_by(actor)? } else { desk.as_owned_by(actor) })
    }

    /// Returns the view of a verb that lists tickets. Notes that a customer does not see all of them.
    pub fn view_of_lists<'a>(&'a self, desk: &'a Desk) -> Result<DeskView<'a>, CliError> {
        let view = self.view(desk)?;
        self.note_partial_view(&view);
        Ok(view)
    }

    /// Notes that a customer does not see all tickets.
    pub fn note_partial_view(&self, view: &DeskView<'_>) {
        if let Some(person) = view.viewer().filter(|_| !view.sees_everything()) {
            self.output.warn(&format!("note: only tickets visible to {person} are shown"));
        }
    }

    /// Returns the view of a gate, named by `attempt`.
    ///
    /// # Errors
    /// The command named a customer, for whom the gate would pass without a look at all tickets.
    pub fn view_of_gates<'a>(&'a self, desk: &'a Desk, attempt: &str) -> Result<DeskView<'a>, CliError> {
        let view = self.view(desk)?;
        if view.sees_everything() {
            Ok(view)
        } else {
            Err(CliError::agents_only(&format!("run {attempt}, because a customer does not see all tickets")))
        }
    }

    /// Returns the zone in which times are printed: that of the desk.
    pub fn zone(&self, desk: &Desk) -> Result<&Zone, CliError> {
        if let Some(zone) = self.zone.get() {
            return Ok(zone);
        }
        let zone = desk.policy().zone()?;
        Ok(self.zone.get_or_init(|| zone))
    }

    /// Returns the side of the actor, which chooses the labels. It is that of support unless the command named a customer.
    pub fn viewer(&self, desk: &Desk) -> Result<Viewer, CliError> {
        let is_agent = |person| desk.config().team.has_agent(person);
        let is_support = !self.actor_was_named() || self.actor()?.is_none_or(is_agent);
        Ok(if is_support { Viewer::Support } else { Viewer::Customer })
    }

    /// Returns the audience of lists: the viewer, the language, the zone, and what the terminal can show.
    pub fn audience(&self, desk: &Desk) -> Result<Audience<'_>, CliError> {
        let color_mode = ColorMode { is_colored: self.output.color };
        let links =
            self.links.get_or_init(|| self.has_links().then(|| LinkTargets::below(desk.root(), layout::ticket_path)));
        let (viewer, links, width) = (self.viewer(desk)?, links.as_ref(), self.output.width());
        Ok(Audience {
            viewer,
            language: self.language(),
            zone: self.zone(desk)?,
            now: whole_seconds(self.environment.now),
            color_mode,
            custom_labels: None,
            links,
            names: self.names.get(),
            width,
        })
    }

    /// Looks up the names of the agents and of the people of these organizations, for the texts that follow.
    pub fn look_up_names(&self, view: &DeskView<'_>, organizations: impl IntoIterator<Item = String>) {
        let _ = self.names.set(view.names(organizations));
    }

    /// Prints a text through the pager; at its place, that nothing was found, and for whom.
    pub fn print_found(&self, view: &DeskView<'_>, text: &str, nothing: &str, exit: Exit) -> Result<Exit, CliError> {
        let whom = view.viewer().map(|person| format!(" for {person}")).unwrap_or_default();
        let none = format!("{nothing}{whom}\n");
        Ok(self.output.print_paged(if text.is_empty() { &none } else { text }, view.desk().root(), exit)?)
    }

    /// Returns the audience of a whole ticket. Customers read the labels of product groups and custom fields, support
    /// reads their names. Errors in casebook.toml are left to the commands that need it.
    pub fn audience_of_ticket(&self, desk: &Desk) -> Result<Audience<'_>, CliError> {
        let audience = self.audience(desk)?;
        let read = || {
            let choices = desk.policy().field_choices();
            choices.map(|choices| CustomLabels::of(&choices.product_groups, &choices.fields)).ok()
        };
        let is_customer = audience.viewer == Viewer::Customer;
        let labels = is_customer.then(|| self.custom_labels.get_or_init(read).as_ref()).flatten();
        Ok(Audience { custom_labels: labels, ..audience })
    }

    /// Returns the language of tickets: `--lang`, else that of the locale, in the order of POSIX.
    fn language(&self) -> Language {
        let locale = || variable("LC_ALL").or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG"));
        let named = self.global.lang.clone().or_else(locale);
        named.map(|locale| Language::of_locale(&locale)).unwrap_or_default()
    }

    /// Returns whether a person at a terminal can answer questions.
    pub fn can_ask(&self) -> bool {
        use std::io::IsTerminal;
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && self.output.is_terminal
    }

    /// Returns whether ids are links to files: on a terminal with colors, except terminals that print links as text,
    /// and unless FORCE_HYPERLINK is `0`.
    fn has_links(&self) -> bool {
        let supports_links = variable("TERM").is_some_and(|terminal| !matches!(terminal.as_str(), "dumb" | "linux"));
        let is_off = variable("FORCE_HYPERLINK").is_some_and(|value| value == "0");
        self.output.is_terminal && self.output.color && supports_links && !is_off
    }

    /// Parses a time as people type it, in the desk's zone.
    ///
    /// # Errors
    /// The text is not a time.
    pub fn when(&self, desk: &Desk, text: &str) -> Result<DateTime<Utc>, CliError> {
        parse_time(text, self.environment.now, self.zone(desk)?, Direction::Ahead).map_err(invalid_time)
    }

    /// Parses the value of a flag that names a time of the past, in the desk's zone.
    ///
    /// # Errors
    /// The text is not a time, or one of the future.
    pub fn past_time(&self, desk: &Desk, flag: &str, text: &str) -> Result<DateTime<Utc>, CliError> {
        let now = self.environment.now;
        let time = parse_time(text, now, self.zone(desk)?, Direction::Back).map_err(invalid_time)?;
        if time > now {
            let message = format!("{flag} {text} is {}, which is in the future", duration::format_instant(time));
            return Err(CliError::usage(message, format!("give a time of the past: {flag} 7d, {flag} yesterday")));
        }
        Ok(time)
    }

    /// Parses a planned time as [`Self::when`] does; a day stays a day.
    ///
    /// # Errors
    /// The text is not a time.
    pub fn planned_time(&self, desk: &Desk, text: &str) -> Result<PlannedTime, CliError> {
        parse_planned_time(text, self.environment.now, self.zone(desk)?).map_err(invalid_time)
    }
}

fn invalid_time(error: ParseTimeError) -> CliError {
    Error::Usage { message: error.to_string(), hint: None }.into()
}

/// Reads the clock and the variables that a command depends on.
fn read_environment(global: &GlobalFlags) -> Result<Environment, CliError> {
    let fixed = match variable("CASEBOOK_NOW") {
        None => None,
        Some(text) => Some(DateTime::parse_from_rfc3339(&text).map_err(|_| {
            Error::usage(
                format!("cannot read CASEBOOK_NOW: `{text}` is not an RFC 3339 time"),
                "for example 2026-11-21T17:05:12Z",
            )
        })?),
    };
    Ok(Environment {
        now: fixed.map_or_else(env::now, |fixed| fixed.with_timezone(&Utc)),
        clock_is_fixed: fixed.is_some(),
        seed: variable("CASEBOOK_SEED").and_then(|seed| seed.parse().ok()),
        no_index: global.no_index,
        read_only: false,
        stand_in: variable("CASEBOOK_ACTOR").and_then(|address| Person::from_address(&address).ok()),
        fault_point: variable("CASEBOOK_KILLED_AT")
            .map(|step| FaultPoint::killed_at(&step))
            .or_else(|| variable("CASEBOOK_STOPPED_AT").map(|step| FaultPoint::stopped_at(&step)))
            .map(Arc::new),
        patience: variable("CASEBOOK_PATIENCE")
            .and_then(|seconds| seconds.parse().ok())
            .map_or(PATIENCE, Duration::from_secs),
        lock_of_parent: path_variable("CASEBOOK_LOCK"),
    })
}

/// Returns whether to use colors. None if that depends on standard output being a terminal.
fn use_color(choice: ColorChoice) -> Option<bool> {
    match choice {
        ColorChoice::Always => Some(true),
        ColorChoice::Never => Some(false),
        ColorChoice::Auto if variable("NO_COLOR").is_some() || variable("TERM").as_deref() == Some("dumb") => {
            Some(false)
        }
        ColorChoice::Auto => None,
    }
}
