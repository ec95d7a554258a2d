//! The register: a derived file in the git directory that maps the entries of a commit to the tickets that contain
//! them.
//!
//! It belongs to one commit; its readers look at the changes since. So it needs no updates, and deleting it costs only
//! time. Ids are stored as hashes of eight bytes: a ticket that it names may contain the entry and must be read, a
//! ticket that it does not name does not contain it.

use std::fs;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::blocks::{self, Blocks};
use super::encoding::{ByteReader, ByteWriter, sum};
use super::publish;
use crate::domain::id::Id;
use crate::store::files::{desk_folder, new_shared_file};

/// The name of the file.
const NAME: &str = "entries";
/// The type and version of the file.
const MAGIC: &[u8; 8] = b"casebk\x00e";
/// The size of the header in bytes.
const HEAD: usize = 4096;
/// The size of a row in bytes: the hashes of an entry and of its ticket.
const ROW: usize = 16;

/// The register of a commit.
#[derive(Debug)]
pub struct EntryRegister {
    file: File,
    commit: String,
    rows: Blocks<ROW>,
}

/// The hash of a ticket's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdHash([u8; 8]);

impl IdHash {
    /// Returns the hash of a ticket's id.
    pub fn of(ticket: Id) -> Self {
        Self(sum(&ticket.to_bytes()).to_be_bytes())
    }
}

impl EntryRegister {
    /// Opens the register of a desk. `desk` is its folder in the repository. `None` if there is no valid register.
    pub fn open(git_folder: &Path, desk: &str) -> Option<Self> {
        let file = File::open(path_of(git_folder, desk)).ok()?;
        let mut head = vec![0; HEAD];
        file.read_exact_at(&mut head, 0).ok()?;
        let mut reader = ByteReader::of(&head);
        let has_magic = &reader.fixed::<8>()? == MAGIC;
        let expected = reader.fixed()?;
        if !has_magic || sum(&head[16..]) != u64::from_le_bytes(expected) {
            return None;
        }
        let (folder, commit, count) = (reader.text()?, reader.text()?.to_owned(), reader.number()?);
        (folder == desk).then_some(Self { file, commit, rows: Blocks { start: HEAD as u64, count } })
    }

    /// Returns the commit to which the register belongs.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Returns the tickets that may contain an entry; all that contain it are among them. `None` if the file is
    /// corrupt.
    pub fn tickets_of(&self, entry: Id) -> Option<Vec<IdHash>> {
        let key = sum(&entry.to_bytes()).to_be_bytes();
        let first = self.rows.partition_point(&self.file, |row| row[..8] < key[..])?;
        let end = self.rows.partition_point(&self.file, |row| row[..8] <= key[..])?;
        let rows = self.rows.read(&self.file, first..end)?;
        rows.iter().map(|row| row[8..].try_into().ok().map(IdHash)).collect()
    }

    /// Writes the register of a commit: the rows of an older register, and some entries with their tickets.
    ///
    /// # Errors
    /// The file cannot be written, or the older register is corrupt.
    pub fn write(
        git_folder: &Path,
        desk: &str,
        commit: &str,
        older: Option<&Self>,
        entries: &[(Id, Id)],
    ) -> io::Result<()> {
        let mut rows: Vec<[u8; ROW]> = Vec::with_capacity(entries.len() + older.map_or(0, |older| older.rows.count));
        if let Some(older) = older {
            let corrupt = || io::Error::other("the register is corrupt");
            rows.extend(older.rows.read(&older.file, 0..older.rows.count).ok_or_else(corrupt)?.iter());
        }
        rows.extend(entries.iter().map(|(entry, ticket)| {
            let mut row = [0; ROW];
            row[..8].copy_from_slice(&sum(&entry.to_bytes()).to_be_bytes());
            row[8..].copy_from_slice(&IdHash::of(*ticket).0);
            row
        }));
        rows.sort_unstable();
        rows.dedup();
        let mut head = ByteWriter::default();
        head.text(desk);
        head.text(commit);
        head.number(rows.len() as u64);
        if 16 + head.0.len() > HEAD {
            return Err(io::Error::other("the path of the desk's folder is too long"));
        }
        head.0.resize(HEAD - 16, 0);
        let path = path_of(git_folder, desk);
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder)?;
        let mut out = BufWriter::with_capacity(1 << 16, new_shared_file(folder)?);
        out.write_all(MAGIC)?;
        out.write_all(&sum(&head.0).to_le_bytes())?;
        out.write_all(&head.0)?;
        blocks::write(&mut out, &rows)?;
        publish(out, &path)
    }

    /// Deletes the register of a desk, because it is corrupt.
    pub fn delete(git_folder: &Path, desk: &str) {
        // If it cannot be deleted, it is found corrupt the next time too.
        let _ = fs::remove_file(path_of(git_folder, desk));
    }
}

fn path_of(git_folder: &Path, desk: &str) -> PathBuf {
    desk_folder(git_folder, Path::new(desk)).join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Id {
        Id::from_bytes(number.to_be_bytes())
    }

    fn hashes(tickets: &[u128]) -> Option<Vec<IdHash>> {
        let mut hashes: Vec<IdHash> = tickets.iter().map(|number| IdHash::of(id(*number))).collect();
        hashes.sort_unstable();
        Some(hashes)
    }

    #[test]
    fn the_register_finds_exactly_the_tickets_of_each_entry() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(EntryRegister::open(folder.path(), "").is_none());
        let entries: Vec<(Id, Id)> = (0..3000).map(|number| (id(number), id(number / 3))).collect();
        EntryRegister::write(folder.path(), "", "one", None, &entries).expect("written");
        let older = EntryRegister::open(folder.path(), "").expect("a register");
        assert_eq!(older.commit(), "one");
        for number in 0..3000 {
            assert_eq!(older.tickets_of(id(number)), hashes(&[number / 3]));
        }
        assert_eq!(older.tickets_of(id(3000)), hashes(&[]));
        let added = [(id(7), id(900)), (id(5000), id(1)), (id(8), id(2))];
        EntryRegister::write(folder.path(), "", "two", Some(&older), &added).expect("written");
        let newer = EntryRegister::open(folder.path(), "").expect("a register");
        assert_eq!((newer.commit(), newer.rows.count), ("two", 3002));
        assert_eq!(newer.tickets_of(id(7)), hashes(&[2, 900]));
        assert_eq!(newer.tickets_of(id(8)), hashes(&[2]));
        assert_eq!(newer.tickets_of(id(5000)), hashes(&[1]));
    }

    #[test]
    fn each_desk_has_its_own_register() {
        let folder = tempfile::tempdir().expect("a folder");
        for (desk, ticket) in [("", 1), ("a/", 2), ("b/", 3)] {
            EntryRegister::write(folder.path(), desk, "c", None, &[(id(9), id(ticket))]).expect("written");
        }
        for (desk, ticket) in [("", 1), ("a/", 2), ("b/", 3)] {
            assert_eq!(EntryRegister::open(folder.path(), desk).expect("one").tickets_of(id(9)), hashes(&[ticket]));
        }
        EntryRegister::delete(folder.path(), "a/");
        assert!(
            EntryRegister::open(folder.path(), "a/").is_none() && EntryRegister::open(folder.path(), "b/").is_some()
        );
        assert!(EntryRegister::write(folder.path(), &"long/".repeat(1000), "c", None, &[]).is_err());
    }

    #[test]
    fn a_corrupt_register_returns_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let entries: Vec<(Id, Id)> = (0..2000).map(|number| (id(number), id(1))).collect();
        let path = path_of(folder.path(), "");
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
