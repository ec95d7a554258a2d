//! People: persons and the team, roles on a ticket, organizations, eligibility, access, visibility and assignment.
//!
//! # Invariants
//!
//! This folder does not know files, nor how the identity of an actor was found.

pub mod assignment;
pub mod eligibility;
pub mod eligibility_context;
pub mod known_person;
pub mod membership;
pub mod organization;
pub mod organization_access;
pub mod organization_change;
pub mod person;
pub mod role;
pub mod team;
pub mod visibility;
