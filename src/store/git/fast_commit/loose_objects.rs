//! The last commit and its trees, read from loose objects.
//!
//! This spares a process in a desk whose last commits are not packed. Anything unusual is left to git. If the branch
//! moves after it was read, `update-ref` fails.

use std::fs;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::objects;
use super::objects::ObjectId;
use super::preconditions::RepoPaths;
use super::trees::Trees;
use crate::store::git::log::hex;

/// The largest commit or tree that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// Returns the last commit and its trees along some paths; `None` if git must be asked.
pub fn read_trees(repo: &RepoPaths, paths: &[String]) -> Option<Trees> {
    let common = &repo.common;
    let head = fs::read_to_string(repo.git_dir.join("HEAD")).ok()?;
    let name = match head.strip_prefix("ref: ") {
        Some(branch) if branch.starts_with("refs/heads/") => fs::read_to_string(common.join(branch.trim_end())).ok()?,
        Some(_) => return None,
        None => head,
    };
    let head = objects::read(name.trim_end())?;
    Trees::of_commit(Some(head), &object(repo, head, "commit")?, paths, |name| object(repo, name, "tree"))
}

/// Reads a loose object of a kind, and checks its name.
fn object(repo: &RepoPaths, name: ObjectId, expected: &str) -> Option<Vec<u8>> {
    let hex = hex(&name);
    let (first, rest) = hex.split_at(2);
    let file = fs::read(repo.common.join("objects").join(first).join(rest)).ok()?;
    let mut bytes = decompress_to_vec_zlib_with_limit(&file, LARGEST).ok()?;
    let end = memchr::memchr(0, &bytes)?;
    let (kind, length) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
    let is_valid = kind == expected && length.parse() == Ok(bytes.len() - end - 1) && objects::sum(&bytes) == name;
    is_valid.then(|| bytes.split_off(end + 1))
}
