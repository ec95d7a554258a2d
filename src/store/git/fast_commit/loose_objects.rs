//! The last commit and its trees where they lie as loose objects, told in the words of `git cat-file --batch`.
//!
//! That spares a process in a desk whose last commits have not been packed. Whatever is not plain to see is none:
//! then git is asked. A branch that was misread or has moved shows when it is moved.

use std::fs;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::objects;
use super::objects::ObjectId;
use super::preconditions::RepoPaths;
use super::trees;

/// No commit or tree on the way to a ticket is larger.
const LARGEST: usize = 16 << 20;

struct LooseObject {
    name: ObjectId,
    kind: String,
    bytes: Vec<u8>,
}

/// What `git cat-file --batch` would answer to the question about these paths.
pub fn parse_batch(place: &RepoPaths, paths: &[String]) -> Option<Vec<u8>> {
    let common = &place.common;
    let packed = fs::read(common.join("packed-refs")).unwrap_or_default();
    if common.join("refs/replace").exists() || memchr::memmem::find(&packed, b" refs/replace/").is_some() {
        return None;
    }
    let head = fs::read_to_string(place.git_dir.join("HEAD")).ok()?;
    let name = match head.strip_prefix("ref: ") {
        Some(branch) if branch.starts_with("refs/heads/") => fs::read_to_string(common.join(branch.trim_end())).ok()?,
        Some(_) => return None,
        None => head,
    };
    let commit = object(place, objects::read(name.trim_end())?).filter(|object| object.kind == "commit")?;
    let top = objects::read(std::str::from_utf8(commit.bytes.strip_prefix(b"tree ")?.get(..40)?).ok()?)?;
    let mut told = Vec::new();
    print_object(&mut told, &commit);
    for folder in trees::folders_of::<()>(paths.iter().map(String::as_str)).keys() {
        match find(place, top, folder)? {
            Some(tree) => print_object(&mut told, &tree),
            None => told.extend(b"HEAD missing\n"),
        }
    }
    Some(told)
}

fn print_object(told: &mut Vec<u8>, object: &LooseObject) {
    told.extend(format!("{} {} {}\n", objects::to_hex(&object.name), object.kind, object.bytes.len()).bytes());
    told.extend(&object.bytes);
    told.push(b'\n');
}

/// The tree of a folder; `Some(None)` if there is none.
fn find(place: &RepoPaths, top: ObjectId, folder: &str) -> Option<Option<LooseObject>> {
    let mut tree = object(place, top)?;
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        match trees::folder_in(&tree.bytes, part) {
            Some(name) => tree = object(place, name)?,
            None => return Some(None),
        }
    }
    (tree.kind == "tree").then_some(Some(tree))
}

/// A loose object whose name is right.
fn object(place: &RepoPaths, name: ObjectId) -> Option<LooseObject> {
    let spelt = objects::to_hex(&name);
    let (first, rest) = spelt.split_at(2);
    let file = fs::read(place.common.join("objects").join(first).join(rest)).ok()?;
    let bytes = decompress_to_vec_zlib_with_limit(&file, LARGEST).ok()?;
    let end = memchr::memchr(0, &bytes)?;
    let (kind, length) = std::str::from_utf8(&bytes[..end]).ok()?.split_once(' ')?;
    let content = &bytes[end + 1..];
    let is_sound = length.parse() == Ok(content.len()) && objects::sum(&bytes) == name;
    is_sound.then(|| LooseObject { name, kind: kind.to_owned(), bytes: content.to_vec() })
}
