//! Tests of commands that write: the contract of them all, keys, attachments, prompts, crashes, processes at once.

mod alerts;
mod attachments;
mod concurrent_processes;
mod crash;
mod idempotency_keys;
mod interactive;
mod macros;
mod typed_values;
mod write_contract;
