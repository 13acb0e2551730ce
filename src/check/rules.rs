//! The table of rules: one line each, one file each.

use super::Rule;

macro_rules! rules {
    ($($module:ident,)*) => {
        $(mod $module;)*

        /// Every rule, by its id.
        pub const RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    cache_failover_without_replica,
    gateway_attachment_missing,
}
