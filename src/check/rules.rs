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
    admin_port_open_to_world,
    balancer_cannot_reach_targets,
    cache_failover_without_replica,
    client_cannot_reach,
    client_port_differs,
    endpoint_port_closed,
    function_outside_network,
    gateway_attachment_missing,
    listener_port_closed,
    port_nobody_listens_on,
    proxy_cannot_reach_database,
    security_group_unused,
}
