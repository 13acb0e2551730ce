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
    account_written_out,
    action_off_resource,
    admin_port_open_to_world,
    alarm_refused,
    alarm_unheard,
    balancer_cannot_reach_targets,
    balancer_in_one_zone,
    balancer_without_listener,
    cache_failover_without_replica,
    caller_not_permitted,
    capacity_out_of_range,
    certificate_for_another_domain,
    cidr_of_wrong_size,
    circular_dependency,
    class_unknown,
    client_cannot_reach,
    client_port_differs,
    dashboard_refused,
    data_unencrypted,
    data_unprotected,
    data_without_backups,
    data_without_policy,
    edge_thing_elsewhere,
    endpoint_port_closed,
    engine_version,
    event_never_comes,
    function_broken,
    function_outside_network,
    gateway_attachment_missing,
    handler_missing,
    health_by_machine,
    http_not_redirected,
    listener_limits,
    listener_port_closed,
    listener_rule_hidden,
    managed_policy_unknown,
    metric_unknown,
    nat_in_one_zone,
    nat_in_private_subnet,
    network_acl_blocks,
    no_way_to_the_internet,
    old_tls,
    parameter_group_family,
    partition_literal,
    policy_allows_everything,
    policy_refused,
    policy_size,
    port_nobody_listens_on,
    principal_anyone,
    private_thing_in_public_subnet,
    property_limits,
    property_refused,
    proxy_cannot_reach_database,
    public_balancer_in_private_subnet,
    queue_redelivers_early,
    quota_exceeded,
    reference_dangling,
    role_nobody_assumes,
    route_table_associated_twice,
    route_target_wrong,
    runtime_retired,
    scaling_target_wrong,
    script_broken,
    secret_in_plain_text,
    security_group_rules,
    security_group_unused,
    service_before_listener,
    service_principal_unknown,
    state_machine_broken,
    storage_refused,
    subnet_group_in_one_zone,
    subnet_outside_vpc,
    subnet_without_route_table,
    subnet_without_zone,
    subnets_overlap,
    target_group_mismatch,
    task_refused,
    template_by_s3_only,
    template_limits,
    variable_missing,
    vpc_dns_off,
    vpcs_differ,
    workload_in_one_zone,
}

/// The rule that says that a template is too large to be judged by the others.
pub const OF_SIZE: &Rule = &template_limits::RULE;

/// Whether a value under this name must not be shown to anybody.
pub use secret_in_plain_text::is_secret;
