//! Tests of what a person may see and do: organizations, copies, eligibility, access, readers of texts, and what stays concealed.

mod cc;
mod concealment;
mod desk_view;
mod eligibility;
mod gates;
mod internal_texts;
mod names;
mod organization_access;
mod organizations;
mod visibility;
