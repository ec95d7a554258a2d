//! The register: which ticket each entry of a commit lies in, in a derived file of the git directory.
//!
//! It is of one commit, and whoever reads it looks at what changed since; so nothing has to be kept in step, and
//! deleting it changes nothing but time. Ids are kept as sums of them, eight bytes each: what it says is a hint to be
//! looked up, and what it does not say is not there. Must not know what is asked for, or why.

use std::fs;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::blocks;
use super::blocks::Blocks;
use super::encoding::{ByteReader, ByteWriter, sum};
use crate::domain::id::Id;

/// The file's name; of a desk in a folder of its repository, with the sum of that.
const NAME: &str = "entries";
/// Says what the file is, and in which version.
const MAGIC: &[u8; 8] = b"casebk\x00e";
/// The bytes of the head.
const HEAD: usize = 4096;
/// The bytes of a row: the sums of an entry and of its ticket.
const ROW: usize = 16;

/// What was written of a commit.
#[derive(Debug)]
pub struct EntryRegister {
    file: File,
    commit: String,
    rows: Blocks<ROW>,
}

/// A ticket as a register names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdHash([u8; 8]);

impl IdHash {
    /// That of a ticket.
    pub fn of(ticket: Id) -> Self {
        Self(sum(&ticket.to_bytes()).to_be_bytes())
    }
}

impl EntryRegister {
    /// The register in a git directory of the desk in a folder of its repository; none where there is none that is whole.
    pub fn open(git_folder: &Path, desk: &str) -> Option<Self> {
        let file = File::open(place(git_folder, desk)).ok()?;
        let mut head = vec![0; HEAD];
        file.read_exact_at(&mut head, 0).ok()?;
        let mut reader = ByteReader::of(&head);
        let is_ours = &reader.fixed::<8>()? == MAGIC;
        let own = reader.fixed()?;
        if !is_ours || sum(&head[16..]) != u64::from_le_bytes(own) {
            return None;
        }
        let (of, commit, count) = (reader.words()?, reader.words()?.to_owned(), reader.number()?);
        (of == desk).then_some(Self { file, commit, rows: Blocks { start: HEAD as u64, count } })
    }

    /// The commit it is of.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// The tickets that may have an entry; all that have it are among them. None where the file is not as it was written.
    pub fn tickets_of(&self, entry: Id) -> Option<Vec<IdHash>> {
        let wanted = sum(&entry.to_bytes()).to_be_bytes();
        let first = self.rows.partition_point(&self.file, |row| row[..8] < wanted[..])?;
        let behind = self.rows.partition_point(&self.file, |row| row[..8] <= wanted[..])?;
        let rows = self.rows.read(&self.file, first..behind)?;
        rows.iter().map(|row| row[8..].try_into().ok().map(IdHash)).collect()
    }

    /// Writes one of a commit: what an older one has, and some entries with their tickets.
    ///
    /// # Errors
    /// It cannot be written, or the older one is not as it was written.
    pub fn write(
        git_folder: &Path,
        desk: &str,
        commit: &str,
        older: Option<&Self>,
        entries: &[(Id, Id)],
    ) -> io::Result<()> {
        let mut rows: Vec<[u8; ROW]> = Vec::with_capacity(entries.len() + older.map_or(0, |older| older.rows.count));
        if let Some(older) = older {
            let damaged = || io::Error::other("the register is not as it was written");
            rows.extend(older.rows.read(&older.file, 0..older.rows.count).ok_or_else(damaged)?.iter());
        }
        rows.extend(entries.iter().map(|(entry, ticket)| {
            let mut row = [0; ROW];
            row[..8].copy_from_slice(&sum(&entry.to_bytes()).to_be_bytes());
            row[8..].copy_from_slice(&IdHash::of(*ticket).0);
            row
        }));
        rows.sort_unstable();
        rows.dedup();
        let mut facts = ByteWriter::default();
        facts.words(desk);
        facts.words(commit);
        facts.number(rows.len() as u64);
        if 16 + facts.0.len() > HEAD {
            return Err(io::Error::other("the desk's folder has too long a name"));
        }
        facts.0.resize(HEAD - 16, 0);
        let path = place(git_folder, desk);
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder)?;
        let mut out = BufWriter::with_capacity(1 << 16, tempfile::NamedTempFile::new_in(folder)?);
        out.write_all(MAGIC)?;
        out.write_all(&sum(&facts.0).to_le_bytes())?;
        out.write_all(&facts.0)?;
        blocks::write(&mut out, &rows)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        // Whoever else pushes here may use it as well.
        fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(&path).map(|_| ()).map_err(|error| error.error)
    }

    /// Takes it away, where it is not as it was written.
    pub fn delete(git_folder: &Path, desk: &str) {
        // Where it cannot be taken away it is not believed the next time either.
        let _ = fs::remove_file(place(git_folder, desk));
    }
}

fn place(git_folder: &Path, desk: &str) -> PathBuf {
    let name = if desk.is_empty() { NAME.to_owned() } else { format!("{NAME}-{:016x}", sum(desk.as_bytes())) };
    git_folder.join("casebook").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Id {
        Id::from_bytes(number.to_be_bytes())
    }

    fn traces(tickets: &[u128]) -> Option<Vec<IdHash>> {
        let mut traces: Vec<IdHash> = tickets.iter().map(|number| IdHash::of(id(*number))).collect();
        traces.sort_unstable();
        Some(traces)
    }

    #[test]
    fn every_entry_is_found_with_all_its_tickets_and_no_other_is() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(EntryRegister::open(folder.path(), "").is_none());
        let entries: Vec<(Id, Id)> = (0..3000).map(|number| (id(number), id(number / 3))).collect();
        EntryRegister::write(folder.path(), "", "one", None, &entries).expect("written");
        let older = EntryRegister::open(folder.path(), "").expect("a register");
        assert_eq!(older.commit(), "one");
        for number in 0..3000 {
            assert_eq!(older.tickets_of(id(number)), traces(&[number / 3]));
        }
        assert_eq!(older.tickets_of(id(3000)), traces(&[]));
        let added = [(id(7), id(900)), (id(5000), id(1)), (id(8), id(2))];
        EntryRegister::write(folder.path(), "", "two", Some(&older), &added).expect("written");
        let newer = EntryRegister::open(folder.path(), "").expect("a register");
        assert_eq!((newer.commit(), newer.rows.count), ("two", 3002));
        assert_eq!(newer.tickets_of(id(7)), traces(&[2, 900]));
        assert_eq!(newer.tickets_of(id(8)), traces(&[2]));
        assert_eq!(newer.tickets_of(id(5000)), traces(&[1]));
    }

    #[test]
    fn each_desk_has_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        for (desk, ticket) in [("", 1), ("a/", 2), ("b/", 3)] {
            EntryRegister::write(folder.path(), desk, "c", None, &[(id(9), id(ticket))]).expect("written");
        }
        for (desk, ticket) in [("", 1), ("a/", 2), ("b/", 3)] {
            assert_eq!(EntryRegister::open(folder.path(), desk).expect("one").tickets_of(id(9)), traces(&[ticket]));
        }
        EntryRegister::delete(folder.path(), "a/");
        assert!(
            EntryRegister::open(folder.path(), "a/").is_none() && EntryRegister::open(folder.path(), "b/").is_some()
        );
        assert!(EntryRegister::write(folder.path(), &"long/".repeat(1000), "c", None, &[]).is_err());
    }

    #[test]
    fn what_is_not_as_it_was_written_says_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let entries: Vec<(Id, Id)> = (0..2000).map(|number| (id(number), id(1))).collect();
        let path = place(folder.path(), "");
        for at in [3, 12, 20, HEAD + 100, HEAD + 9000] {
            EntryRegister::write(folder.path(), "", "c", None, &entries).expect("written");
            let mut bytes = fs::read(&path).expect("bytes");
            bytes[at] ^= 1;
            fs::write(&path, bytes).expect("written");
            let Some(register) = EntryRegister::open(folder.path(), "") else {
                assert!(at < HEAD);
                continue;
            };
            assert!(at >= HEAD);
            assert!((0..2000).any(|number| register.tickets_of(id(number)).is_none()));
            assert!((0..2000).all(|number| register.tickets_of(id(number)).is_none_or(|found| !found.is_empty())));
            assert!(EntryRegister::write(folder.path(), "", "d", Some(&register), &[]).is_err());
        }
        EntryRegister::write(folder.path(), "", "c", None, &entries).expect("written");
        let bytes = fs::read(&path).expect("bytes");
        fs::write(&path, &bytes[..HEAD + 5000]).expect("written");
        let register = EntryRegister::open(folder.path(), "").expect("a head");
        assert!((0..2000).any(|number| register.tickets_of(id(number)).is_none()));
    }
}
