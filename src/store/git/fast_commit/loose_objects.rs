//! The last commit and its trees, read from loose objects, in the format of `git cat-file --batch`.
//!
//! This spares a process in a desk whose last commits are not packed. Anything unusual is left to git. If the branch
//! moves after it was read, `update-ref` fails.

use std::fs;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::objects;
use super::objects::ObjectId;
use super::preconditions::RepoPaths;
use super::trees;

/// The largest commit or tree that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// A loose object.
struct LooseObject {
    name: ObjectId,
    kind: String,
    bytes: Vec<u8>,
}

/// Returns the answer that `git cat-file --batch` would give to the request for these paths; `None` if git must be
/// asked.
pub fn parse_batch(repo: &RepoPaths, paths: &[String]) -> Option<Vec<u8>> {
    let common = &repo.common;
    let packed = fs::read(common.join("packed-refs")).unwrap_or_default();
    if common.join("refs/replace").exists() || memchr::memmem::find(&packed, b" refs/replace/").is_some() {
        return None;
    }
    let head = fs::read_to_string(repo.git_dir.join("HEAD")).ok()?;
    let name = match head.strip_prefix("ref: ") {
        Some(branch) if branch.starts_with("refs/heads/") => fs::read_to_string(common.join(branch.trim_end())).ok()?,
        Some(_) => return None,
        None => head,
    };
    let commit = object(repo, objects::read(name.trim_end())?).filter(|object| object.kind == "commit")?;
    let top = objects::read(std::str::from_utf8(commit.bytes.strip_prefix(b"tree ")?.get(..40)?).ok()?)?;
    let mut answer = Vec::new();
    print_object(&mut answer, &commit);
    for folder in trees::folders_of::<()>(paths.iter().map(String::as_str)).keys() {
        match find(repo, top, folder)? {
            Some(tree) => print_object(&mut answer, &tree),
            None => answer.extend(b"HEAD missing\n"),
        }
    }
    Some(answer)
}

fn print_object(answer: &mut Vec<u8>, object: &LooseObject) {
    answer.extend(format!("{} {} {}\n", objects::to_hex(&object.name), object.kind, object.bytes.len()).bytes());
    answer.extend(&object.bytes);
    answer.push(b'\n');
}

/// Returns the tree of a folder; `Some(None)` if there is no such folder.
fn find(repo: &RepoPaths, top: ObjectId, folder: &str) -> Option<Option<LooseObject>> {
    let mut tree = object(repo, top)?;
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        match trees::folder_in(&tree.bytes, part) {
            Some(name) => tree = object(repo, name)?,
            None => return Some(None),
        }
    }
    (tree.kind == "tree").then_some(Some(tree))
}

/// Reads a loose object, and checks its name.
fn object(repo: &RepoPaths, name: ObjectId) -> Option<LooseObject> {
    let hex = objects::to_hex(&name);
    let (first, rest) = hex.split_at(2);
    let file = fs::read(repo.common.join("objects").join(first).join(rest)).ok()?;
    let bytes = decompress_to_vec_zlib_with_limit(&file, LARGEST).ok()?;
    let end = memchr::memchr(0, &bytes)?;
    let (kind, length) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
    let content = &bytes[end + 1..];
    let is_valid = length.parse() == Ok(content.len()) && objects::sum(&bytes) == name;
    is_valid.then(|| LooseObject { name, kind: kind.to_owned(), bytes: content.to_vec() })
}
