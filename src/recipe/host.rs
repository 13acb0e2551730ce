//! Hosts: what all EC2 machines have in common, whether they stand alone or in a group.

pub mod alone;
pub mod bill;
pub mod fleet;
pub mod running;
pub mod script;
pub mod spot;
mod watch;

use cfn::policy::Statement;
use cfn::resource::ec2::instance as single;
use cfn::resource::ec2::launch_template as template;
use cfn::resource::{autoscaling, ec2, iam, kms};
use cfn::{Id, Node, Val};

use crate::block::{Layer, Layers, Site, Subnet, name_tag};
use crate::recipe;
pub use watch::*;

/// The public parameter that names the newest Amazon Linux 2023 for arm64.
pub const IMAGE: &str = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

/// The public parameter that names the newest Amazon Linux 2023 with the agent of ECS, for arm64.
pub const CONTAINER_IMAGE: &str = "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";

/// The managed policy that lets Session Manager in: no SSH, no key, no open port.
const SESSION_MANAGER: &str = "AmazonSSMManagedInstanceCore";

/// The device under which both images know their root disk.
const ROOT_DEVICE: &str = "/dev/xvda";

/// GiB of a root disk: the system, and a few container images.
pub const ROOT_GIB: i64 = 20;

/// Requests for credentials may pass one hop more than the host itself: the containers' bridge.
const HOPS: i64 = 2;

/// A role that Session Manager is let into, and the profile by which a machine wears it; both are called after the machine.
pub fn identity(
    layers: &mut Layers,
    layer: Layer,
    machine: &str,
    statements: Vec<Statement>,
    managed: &[&str],
) -> Id<iam::InstanceProfile> {
    let role: Id<iam::Role> = Id::new(format!("{machine}Role"));
    let managed = [&[SESSION_MANAGER], managed].concat();
    recipe::role(layers, layer, &role, "ec2.amazonaws.com", statements, &managed);
    let profile: Id<iam::InstanceProfile> = Id::new(format!("{machine}Profile"));
    let why = "The machine gets short-lived credentials of its role instead of keys";
    layers.put(layer, &profile, why, iam::InstanceProfile::new([role.reference()]));
    profile
}

/// A machine that stands alone.
#[derive(Debug)]
pub struct Single<'a> {
    /// `t4g.small`.
    pub class: &'a str,
    /// The machine image.
    pub image: Val<String>,
    /// Who it is.
    pub profile: &'a Id<iam::InstanceProfile>,
    /// Where it stands.
    pub subnet: &'a Subnet,
    /// Who may connect.
    pub group: &'a Id<ec2::SecurityGroup>,
    /// What encrypts its root disk.
    pub key: Option<&'a Id<kms::Key>>,
    /// What it runs on every boot.
    pub user_data: Val<String>,
    /// Its name in the console.
    pub suffix: &'a str,
}

/// A machine that stands alone: credentials only by signed requests, an encrypted root disk, no key pair.
pub fn instance(site: &Site, host: Single) -> ec2::Instance {
    let mut disk =
        single::Ebs::new().volume_type(single::VolumeType::Gp3).volume_size(ROOT_GIB).encrypted(true).delete_on_termination(true);
    if let Some(key) = host.key {
        disk = disk.kms_key_id(key.arn());
    }
    let metadata = single::MetadataOptions::new()
        .http_endpoint(single::HttpEndpoint::Enabled)
        .http_tokens(single::HttpTokens::Required)
        .http_put_response_hop_limit(HOPS);
    ec2::Instance::new()
        .image_id(host.image)
        .instance_type(host.class)
        .iam_instance_profile(host.profile.reference())
        .subnet_id(host.subnet.reference())
        .security_group_ids([host.group.group_id()])
        .block_device_mappings([single::BlockDeviceMapping::new(ROOT_DEVICE).ebs(disk)])
        .metadata_options(metadata)
        .monitoring(true)
        .ebs_optimized(true)
        .user_data(host.user_data)
        .propagate_tags_to_volume_on_creation(true)
        .tags(name_tag(site, host.suffix))
}

/// What the machines of a group are made from.
#[derive(Debug)]
pub struct Mould<'a> {
    /// `t4g.small`.
    pub class: &'a str,
    /// The machine image.
    pub image: Val<String>,
    /// Who they are.
    pub profile: &'a Id<iam::InstanceProfile>,
    /// Who may connect.
    pub group: &'a Id<ec2::SecurityGroup>,
    /// What they run on every boot.
    pub user_data: Val<String>,
    /// GiB of the root disk.
    pub disk: i64,
    /// Their name in the console.
    pub suffix: &'a str,
}

/// What Auto Scaling makes by a launch template, which the tags of stacks do not reach.
const MADE: [&str; 3] = ["instance", "volume", "network-interface"];

/// The tags of machines, their disks and network interfaces: cost is told apart by them.
fn made_tags(site: &Site, suffix: &str) -> Vec<template::TagSpecification> {
    let mut tags = vec![cfn::resource::Tag::new("Name", site.name(suffix))];
    tags.extend(
        site.settings.all_tags().into_iter().filter(|(key, _)| key != "Name").map(|(key, value)| cfn::resource::Tag::new(key, value)),
    );
    MADE.map(|made| template::TagSpecification::new().resource_type(made).tags(tags.clone())).into()
}

/// A launch template. The root disk is encrypted with the account's EBS key: Auto Scaling's own role may not use ours, and nothing is kept there.
pub fn launch_template(site: &Site, mould: Mould) -> ec2::LaunchTemplate {
    let disk =
        template::Ebs::new().volume_type(template::VolumeType::Gp3).volume_size(mould.disk).encrypted(true).delete_on_termination(true);
    let metadata = template::MetadataOptions::new()
        .http_endpoint(template::HttpEndpoint::Enabled)
        .http_tokens(template::HttpTokens::Required)
        .http_put_response_hop_limit(HOPS);
    let data = template::LaunchTemplateData::new()
        .image_id(mould.image)
        .instance_type(mould.class)
        .iam_instance_profile(template::IamInstanceProfile::new().arn(mould.profile.arn()))
        .security_group_ids([mould.group.group_id()])
        .block_device_mappings([template::BlockDeviceMapping::new().device_name(ROOT_DEVICE).ebs(disk)])
        .metadata_options(metadata)
        .monitoring(template::Monitoring::new().enabled(true))
        .user_data(mould.user_data)
        .tag_specifications(made_tags(site, mould.suffix));
    ec2::LaunchTemplate::new(data)
}

/// The newest version of a launch template, so that a change of it replaces machines.
pub fn newest(template: &Id<ec2::LaunchTemplate>) -> autoscaling::auto_scaling_group::LaunchTemplateSpecification {
    autoscaling::auto_scaling_group::LaunchTemplateSpecification::new(template.latest_version_number())
        .launch_template_id(template.reference())
}

/// The `Name` tag that every machine of a group is given.
pub fn group_tag(site: &Site, suffix: &str) -> [autoscaling::auto_scaling_group::TagProperty; 1] {
    [autoscaling::auto_scaling_group::TagProperty::new("Name", true, site.name(suffix))]
}

/// In how many steps a large group is replaced: one machine at a time would take a day.
const BATCHES: i64 = 5;

/// How a group takes a changed launch template: a few machines at a time, the others serving; sizes that scaling has set stay.
pub fn rolling_update(in_service: u64, pause: &str) -> Node {
    let in_service = i64::try_from(in_service).unwrap_or(i64::MAX);
    let suspended = ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"];
    let rolling = Node::map([
        ("MinInstancesInService", Node::Int(in_service)),
        ("MaxBatchSize", Node::Int((in_service / BATCHES).max(1))),
        ("PauseTime", Node::from(pause)),
        ("SuspendProcesses", Node::list(suspended)),
    ]);
    let sizes = Node::map([("IgnoreUnmodifiedGroupSizeProperties", Node::Bool(true))]);
    Node::map([("AutoScalingRollingUpdate", rolling), ("AutoScalingScheduledAction", sizes)])
}
