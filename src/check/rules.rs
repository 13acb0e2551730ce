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
    class_unknown,
    data_unencrypted,
    data_unprotected,
    data_without_backups,
    data_without_policy,
    engine_version,
    gateway_attachment_missing,
    parameter_group_family,
    queue_redelivers_early,
    storage_refused,
}
