//! CB400 to CB499: the history of git, for `audit`.

super::table! {}
