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
    action_off_resource,
    cache_failover_without_replica,
    class_unknown,
    dashboard_refused,
    data_unencrypted,
    data_unprotected,
    data_without_backups,
    data_without_policy,
    engine_version,
    function_broken,
    gateway_attachment_missing,
    handler_missing,
    managed_policy_unknown,
    metric_unknown,
    parameter_group_family,
    partition_literal,
    queue_redelivers_early,
    script_broken,
    service_principal_unknown,
    storage_refused,
}
