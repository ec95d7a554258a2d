//! JSON texts of the program, parsed when it is compiled, so that no command spends time on it.

/// The number of values that a text can have. More of them do not compile.
const CAPACITY: usize = 1024;

/// The depth to which the values of a text can be nested.
const DEPTH: usize = 32;

/// A JSON text with the places of its values.
pub(crate) struct ParsedJson {
    text: &'static str,
    /// The values and the names of members in the order of the text; those that are not used are empty.
    places: [ValuePlace; CAPACITY],
}

/// The place of a value in its text.
#[derive(Clone, Copy)]
struct ValuePlace {
    start: u16,
    end: u16,
    /// The number of the first value after this one that is not in it.
    next: u16,
}

/// A value of a JSON text.
#[derive(Clone, Copy)]
pub(crate) struct JsonValue {
    json: &'static ParsedJson,
    number: u16,
}

impl ParsedJson {
    /// Parses a text of at most 64 KiB that is known to be JSON.
    #[expect(clippy::cast_possible_truncation, reason = "the text is at most 64 KiB")]
    pub const fn of(text: &'static str) -> Self {
        assert!(text.len() <= u16::MAX as usize, "places are numbers of 16 bits");
        let bytes = text.as_bytes();
        let mut places = [ValuePlace { start: 0, end: 0, next: 0 }; CAPACITY];
        let (mut open, mut depth) = ([0; DEPTH], 0);
        let (mut at, mut count) = (0, 0);
        while at < bytes.len() {
            match bytes[at] {
                b'}' | b']' => {
                    depth -= 1;
                    at += 1;
                    places[open[depth]].end = at as u16;
                    places[open[depth]].next = count as u16;
                }
                b' ' | b'\n' | b',' | b':' => at += 1,
                first => {
                    let start = at;
                    at = if first == b'{' || first == b'[' { at + 1 } else { end_of_scalar(bytes, at) };
                    places[count] = ValuePlace { start: start as u16, end: at as u16, next: count as u16 + 1 };
                    if first == b'{' || first == b'[' {
                        open[depth] = count;
                        depth += 1;
                    }
                    count += 1;
                }
            }
        }
        Self { text, places }
    }

    /// Returns the text.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Returns the whole value.
    pub const fn root(&'static self) -> JsonValue {
        JsonValue { json: self, number: 0 }
    }
}

/// Returns the end of the string, number or word that starts at a byte.
const fn end_of_scalar(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    let is_string = bytes[start] == b'"';
    while !(is_string && bytes[at] == b'"' || !is_string && matches!(bytes[at], b',' | b'}' | b']' | b' ' | b'\n')) {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    if is_string { at + 1 } else { at }
}

impl JsonValue {
    /// Returns the value as it is written.
    pub fn written(self) -> &'static str {
        let place = self.place();
        &self.json.text[usize::from(place.start)..usize::from(place.end)]
    }

    /// Returns the content of a string, with its escapes; none for other values.
    pub fn string(self) -> Option<&'static str> {
        self.written().strip_prefix('"')?.strip_suffix('"')
    }

    /// Returns the items of a list; of an object, the names and values of its members by turns.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let of = move |number| Self { number, ..self };
        let mut number = self.number + 1;
        std::iter::from_fn(move || {
            let item = (number < self.place().next).then(|| of(number))?;
            number = item.place().next;
            Some(item)
        })
    }

    /// Returns the members of an object.
    pub fn members(self) -> impl Iterator<Item = (&'static str, Self)> {
        let mut items = self.items();
        std::iter::from_fn(move || Some((items.next()?.string()?, items.next()?)))
    }

    /// Returns the member of a name; none if there is none.
    pub fn get(self, name: &str) -> Option<Self> {
        self.members().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn place(self) -> ValuePlace {
        self.json.places[usize::from(self.number)]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value as Json};

    use super::*;

    static JSON: ParsedJson =
        ParsedJson::of("{ \"a\": [1, true, [], {}],\n\"b\\\"]\": { \"c\": \"x, \\\\\" } , \"d\":-2 }");

    /// Returns a value as serde_json parses it, by the places that were found.
    fn value(json: JsonValue) -> Json {
        match json.written().as_bytes()[0] {
            b'{' => {
                let name = |name: &str| serde_json::from_str(&format!("\"{name}\"")).expect("a string");
                let members: Map<String, Json> =
                    json.members().map(|(key, member)| (name(key), value(member))).collect();
                Json::Object(members)
            }
            b'[' => json.items().map(value).collect(),
            _ => serde_json::from_str(json.written()).expect("a scalar"),
        }
    }

    #[test]
    fn values_are_those_that_serde_json_parses() {
        for json in [&JSON, &super::super::schema::SETTINGS, &crate::store::holidays::SCHEMA] {
            assert_eq!(value(json.root()), serde_json::from_str::<Json>(json.text()).expect("JSON"));
        }
        assert_eq!(JSON.root().get("d").map(JsonValue::written), Some("-2"));
        assert!(JSON.root().get("c").is_none());
    }
}
