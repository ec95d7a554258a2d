//! The convergence of clones: the union of two versions of a ticket, and the inconsistencies between tickets after a
//! merge (docs/format.md#merging-clones, docs/decisions/0010-union-of-histories.md).

pub mod cross_ticket;
pub mod union;
