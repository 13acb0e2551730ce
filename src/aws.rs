//! AWS through its SDK: the only module that knows SDK types. It answers in the words of `deploy`.

mod changes;
mod classify;
mod clock;
mod connect;
mod convert;
mod image;
mod invalidate;
mod signed;
mod stacks;

#[cfg(test)]
mod tests;

pub use clock::Interrupt;
pub use connect::{Aws, Caller, Connection};
