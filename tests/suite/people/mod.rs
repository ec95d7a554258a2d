//! Tests of what a person may see and do: organizations, copies, eligibility, access, and what stays concealed.

mod cc;
mod concealment;
mod desk_view;
mod eligibility;
mod organization_access;
mod organizations;
mod visibility;
