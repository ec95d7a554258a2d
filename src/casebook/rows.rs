//! Rows of all tickets, with the help of the index: what has not changed is not read again. Without it, or with
//! `--no-index`, the answers are the same and take longer.

use std::path::PathBuf;

use crate::domain::id::Id;
use crate::domain::person::Person;
use crate::domain::summary::Summary;
use crate::domain::visibility::may_see;
use crate::error::Error;
use crate::store::index::{Index, Known, Stamp};
use crate::store::layout::{self, Month, Names};

use super::{Casebook, Census, Trouble};

/// So many rows that had to be read again are no reason to write an index, nor is one in so many.
const FEW: usize = 32;

/// The folders of which every ticket has a row. Of the others the index does not know all names: they hold damaged
/// files, which are named every time.
fn whole_folders(listing: &Listing, known: &[Known]) -> Vec<(Month, Stamp)> {
    let is_whole = |(month, _): &&(Month, Stamp)| {
        month.bounds().is_some_and(|(from, until)| {
            let listed = &listing.names.tickets;
            let listed = listed.partition_point(|id| *id < until) - listed.partition_point(|id| *id < from);
            listed == known.partition_point(|known| known.id < until) - known.partition_point(|known| known.id < from)
        })
    };
    listing.folders.iter().filter(is_whole).cloned().collect()
}

/// The names in the folders, and what an index needs to spare listing them next time.
struct Listing {
    names: Names,
    folders: Vec<(Month, Stamp)>,
}

impl Casebook {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| match self.world.no_index || self.pending.is_some() {
            true => Index::default(),
            false => Index::load(self.state.folder()),
        })
    }

    /// The tickets there are and the files that are none, without reading one.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn names(&self) -> Result<Names, Error> {
        let mut names = self.listing()?.names;
        if let Some(pending) = &self.pending {
            let opened = pending.changes.iter().filter(|change| change.before.is_none());
            let id = |path: &str| path.strip_suffix(".yaml")?.rsplit('/').next()?.parse::<Id>().ok();
            names.tickets.extend(opened.filter_map(|change| id(&change.path)));
            names.tickets.sort_unstable();
            names.tickets.dedup();
        }
        Ok(names)
    }

    fn listing(&self) -> Result<Listing, Error> {
        let mut listing = Listing { names: Names::default(), folders: Vec::new() };
        let io = |source| Error::Io { path: self.root.join(layout::TICKETS), attempt: "list", source };
        for month in layout::months(&self.root, &mut listing.names).map_err(io)? {
            let stamp = month.folder.symlink_metadata().map(|metadata| Stamp::of(&metadata)).map_err(io)?;
            let known =
                month.bounds().and_then(|(from, until)| self.index().ids(month.year, month.month, stamp, from, until));
            if let Some(ids) = known {
                listing.names.tickets.extend(ids);
                listing.folders.push((month, stamp));
                continue;
            }
            let misplaced = listing.names.misplaced.len();
            month.list(&self.root, &mut listing.names).map_err(io)?;
            // A folder with something odd in it is listed every time, so that it is named every time.
            if listing.names.misplaced.len() == misplaced {
                listing.folders.push((month, stamp));
            }
        }
        listing.names.tickets.sort_unstable();
        listing.names.misplaced.sort_unstable();
        Ok(listing)
    }

    /// Rows of the tickets that a person may see.
    ///
    /// # Errors
    /// As [`Casebook::census`].
    pub fn summaries(&self, viewer: Option<&Person>) -> Result<Census<Summary>, Error> {
        let mut census = self.rows()?;
        census.tickets.retain(|row| may_see(&self.config.team, viewer, row));
        Ok(census)
    }

    /// Rows of all tickets.
    pub(super) fn rows(&self) -> Result<Census<Summary>, Error> {
        if self.world.no_index || self.pending.is_some() {
            return self.census(|ticket| Some(Summary::from(&ticket)));
        }
        // Before anything is looked at: what changes from here on is younger than the index.
        let made = Stamp::now(self.state.folder()).ok();
        let listing = self.listing()?;
        let mut census = Census { tickets: Vec::new(), troubles: Vec::new() };
        let (mut known, mut read) = (Vec::new(), 0);
        for batch in listing.names.tickets.chunks(self.batch()) {
            for row in self.on_every_processor(batch, |id| self.row(id)) {
                match row {
                    Ok(Some((row, stamp, was_read))) => {
                        read += usize::from(was_read);
                        known.push(Known { id: row.id, stamp, row });
                    }
                    Ok(None) => {}
                    Err(Error::Damaged { path, damage }) => census.troubles.push(Trouble { path, damage }),
                    Err(other) => return Err(other),
                }
            }
        }
        census.troubles.extend(listing.names.misplaced.iter().map(|path: &PathBuf| self.misplaced(path)));
        let is_worth_it = read > FEW + known.len() / FEW || self.index().len() > 2 * known.len() + FEW;
        if let Some(made) = made.filter(|_| is_worth_it) {
            let folders = whole_folders(&listing, &known);
            Index::write(self.state.folder(), made, &folders, &known);
        }
        census.tickets = known.into_iter().map(|known| known.row).collect();
        Ok(census)
    }

    /// The row of a ticket with the stamp its file had before it was read, and whether it had to be read. `None`
    /// where somebody took it away since the folder was listed.
    fn row(&self, id: Id) -> Result<Option<(Summary, Stamp, bool)>, Error> {
        let path = self.root.join(layout::ticket_path(id));
        let stamp = path.symlink_metadata().map(|metadata| Stamp::of(&metadata)).unwrap_or_default();
        if let Some(row) = self.index().row(id, stamp) {
            return Ok(Some((row, stamp, false)));
        }
        match self.ticket(id) {
            Ok(ticket) => Ok(Some((Summary::from(&ticket), stamp, true))),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
