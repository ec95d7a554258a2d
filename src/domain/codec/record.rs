//! The macros that define a record, or the actions, from one list of fields.

/// Defines a struct whose fields are read, written and described by [`Record`](super::field::Record). The first line of
/// a field's doc comment is its meaning in docs/format.md. `as "name"` gives it another name in files.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $record:ident {
            $($(#[doc = $meaning:literal])+ pub $field:ident $(as $name:literal)?: $type:ty),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        pub struct $record {
            $($(#[doc = $meaning])+ pub $field: $type),+
        }

        impl $crate::domain::codec::Record for $record {
            const FIELDS: &'static [$crate::domain::codec::Field] = &[
                $($crate::domain::codec::record::field_of!($type, $field $(as $name)?, $($meaning),+)),+
            ];

            fn take<S: $crate::domain::codec::FieldSource>(source: &mut S) -> Result<Self, S::Error> {
                use $crate::domain::codec::{FieldType, record::name_of};
                Ok(Self { $($field: FieldType::take(source, name_of!($field $(as $name)?))?),+ })
            }

            fn write(&self, writer: &mut $crate::domain::codec::FieldWriter) {
                use $crate::domain::codec::{FieldType, record::name_of};
                $(FieldType::write(&self.$field, name_of!($field $(as $name)?), writer);)+
            }
        }

        impl $record {
            /// Replaces the text of a field by its name, or removes it; ignored if that is impossible.
            #[allow(dead_code)] // Only headers are changed by name.
            pub(crate) fn assign(&mut self, name: &str, text: Option<&str>) {
                use $crate::domain::codec::{FieldType, record::name_of};
                $(if name == name_of!($field $(as $name)?) {
                    FieldType::assign(&mut self.$field, text);
                })+
            }

            /// Returns the text of a field by its name; `None` if it has none.
            #[allow(dead_code)] // Only headers are read by name.
            pub(crate) fn text(&self, name: &str) -> Option<&str> {
                use $crate::domain::codec::{FieldType, record::name_of};
                $(if name == name_of!($field $(as $name)?) {
                    return FieldType::text(&self.$field);
                })+
                None
            }
        }

        impl $crate::domain::codec::FieldType for Option<$record> {
            const SHAPE: $crate::domain::codec::Shape =
                $crate::domain::codec::Shape::Map(<$record as $crate::domain::codec::Record>::FIELDS);

            fn take<S: $crate::domain::codec::FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
                source.map(name, <$record as $crate::domain::codec::Record>::take)
            }

            fn write(&self, name: &str, writer: &mut $crate::domain::codec::FieldWriter) {
                if let Some(record) = self {
                    writer.value(name, $crate::domain::value::Value::Map($crate::domain::codec::Record::fields(record)));
                }
            }
        }

        impl $crate::domain::codec::FieldType for Vec<$record> {
            const SHAPE: $crate::domain::codec::Shape =
                $crate::domain::codec::Shape::Maps(<$record as $crate::domain::codec::Record>::FIELDS);

            fn take<S: $crate::domain::codec::FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
                source.maps(name, <$record as $crate::domain::codec::Record>::take)
            }

            fn write(&self, name: &str, writer: &mut $crate::domain::codec::FieldWriter) {
                let maps = self.iter().map($crate::domain::codec::Record::fields);
                writer.value(name, $crate::domain::value::Value::List(maps.map($crate::domain::value::Value::Map).collect()));
            }
        }
    };
}

/// Returns the name of a field in files.
macro_rules! name_of {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident as $name:literal) => {
        $name
    };
}

/// Returns the description of a field.
macro_rules! field_of {
    ($type:ty, $field:ident $(as $name:literal)?, $($meaning:literal),+) => {
        $crate::domain::codec::Field {
            name: $crate::domain::codec::record::name_of!($field $(as $name)?),
            meaning: concat!($($meaning),+),
            shape: <$type as $crate::domain::codec::FieldType>::SHAPE,
            required: <$type as $crate::domain::codec::FieldType>::REQUIRED,
            settable: <$type as $crate::domain::codec::FieldType>::SETTABLE,
        }
    };
}

/// Defines the actions, each with its word in files and its fields: none, a list, or those of a record.
macro_rules! actions {
    (
        $(#[$meta:meta])*
        pub enum $action:ident {
            $(
                $(#[doc = $meaning:literal])+
                $word:literal => $variant:ident
                $({ $($(#[doc = $about:literal])+ $field:ident: $type:ty),+ $(,)? })?
                $(($record:ident: $inner:ty))?
            ),+ ;
            $(#[doc = $unknown:literal])+
            Unknown(String)
        }
    ) => {
        $(#[$meta])*
        pub enum $action {
            $(
                $(#[doc = $meaning])+
                $variant $({ $($(#[doc = $about])+ $field: $type),+ })? $(($inner))?,
            )+
            $(#[doc = $unknown])+
            Unknown(String),
        }

        impl $action {
            /// Every action: its word, its meaning, and its own fields in the order in which they are written.
            pub const ALL: &'static [$crate::domain::codec::ActionFields] = &[$($crate::domain::codec::ActionFields {
                word: $word,
                meaning: concat!($($meaning),+),
                fields: [
                    $(&[$($crate::domain::codec::record::field_of!($type, $field, $($about),+)),+] as &[_],)?
                    $(<$inner as $crate::domain::codec::Record>::FIELDS,)?
                    &[],
                ][0],
            }),+];

            /// Returns the word in files and JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant $({ $($field: _),+ })? $(($record))? => { $(let _ = $record;)? $word })+
                    Self::Unknown(word) => word,
                }
            }

            /// Takes the fields of the action with this word; `None` if no action has it.
            pub(crate) fn take<S: $crate::domain::codec::FieldSource>(
                word: &str,
                source: &mut S,
            ) -> Result<Option<Self>, S::Error> {
                use $crate::domain::codec::{FieldType, Record};
                Ok(Some(match word {
                    $($word => Self::$variant
                        $({ $($field: FieldType::take(source, stringify!($field))?),+ })?
                        $((<$inner as Record>::take(source)?))?,)+
                    _ => return Ok(None),
                }))
            }

            /// Writes the action's own fields.
            pub(crate) fn write(&self, writer: &mut $crate::domain::codec::FieldWriter) {
                use $crate::domain::codec::{FieldType, Record};
                match self {
                    $(Self::$variant $({ $($field),+ })? $(($record))? => {
                        $($(FieldType::write($field, stringify!($field), writer);)+)?
                        $(Record::write($record, writer);)?
                    })+
                    Self::Unknown(_) => {}
                }
            }
        }
    };
}

pub(crate) use {actions, field_of, name_of, record};
