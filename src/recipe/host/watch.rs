//! How busy and how full machines are, whether they stand alone or in a group, and when somebody is woken.

use cfn::policy::Statement;
use cfn::resource::{autoscaling, ec2};
use cfn::{Id, Val};

use super::script::Measured;
use crate::block::{Family, Metric, Threshold};

/// Where the agent on the hosts puts its figures.
const NAMESPACE: &str = "CWAgent";

/// What the agent on a host may do: tell its figures, and ask which group it belongs to.
pub fn measures(by: Measured) -> Vec<Statement> {
    // CloudWatch knows no resource for metrics; the namespace is what can be told apart.
    let tell =
        Statement::allow(["cloudwatch:PutMetricData"]).on("*").when("StringEquals", "cloudwatch:namespace", NAMESPACE).sid("TellFigures");
    let ask = Statement::allow(["ec2:DescribeTags"]).on("*").sid("FindOwnGroup");
    match by {
        Measured::Instance => vec![tell],
        Measured::Group => vec![tell, ask],
    }
}

/// How full memory and disks of a machine that stands alone are; it must be [measured](super::script::Script::measured).
pub fn single_fullness(name: &str, label: &str, instance: &Id<ec2::Instance>) -> [Metric; 2] {
    fullness(name, label, (Measured::Instance.dimension(), instance.reference()))
}

fn fullness(name: &str, label: &str, dimension: (&'static str, Val<String>)) -> [Metric; 2] {
    let metric = |word: &str, what: &str, metric, limit: f64, why: String| Metric {
        name: format!("{name}{word}"),
        title: format!("{label}: {what} (%)"),
        family: Family::Saturation,
        namespace: NAMESPACE,
        metric,
        dimensions: vec![dimension.clone()],
        statistic: "Maximum",
        region: None,
        alarm: Some(Threshold { above: true, limit, period: 300, periods: 3, missing: "missing", why, actions: Vec::new() }),
    };
    let memory =
        format!("{label}: memory has been more than 90 % full for a quarter of an hour: plan for more users, or look for what keeps it");
    let disk = format!("{label}: a disk is more than 80 % full: make room, or make it larger before nothing can be written");
    [metric("Full", "memory", "mem_used_percent", 90.0, memory), metric("DiskFull", "fullest disk", "disk_used_percent", 80.0, disk)]
}

/// The metrics of a machine that stands alone: how busy it is, and the two checks that bring it back.
pub fn single_metrics(name: &str, label: &str, instance: &Id<ec2::Instance>) -> Vec<Metric> {
    let metric = |word: &str, title: String, family, metric, statistic, alarm| Metric {
        name: format!("{name}{word}"),
        title,
        family,
        namespace: "AWS/EC2",
        metric,
        dimensions: vec![("InstanceId", instance.reference())],
        statistic,
        region: None,
        alarm: Some(alarm),
    };
    let busy = Threshold {
        above: true,
        limit: 85.0,
        period: 300,
        periods: 3,
        missing: "missing",
        why: format!("{label} has been busy above 85 % for a quarter of an hour: plan for more users, or look for what keeps it busy"),
        actions: Vec::new(),
    };
    // Moving to other hardware goes first: a reboot that comes in between would hold it up.
    let check = |what: &str, action: &str, periods: u32| Threshold {
        above: true,
        limit: 1.0,
        period: 60,
        periods,
        missing: "missing",
        why: format!("{label}: {what}; AWS starts it again by itself, with the same address and disks"),
        actions: vec![Val::sub(format!("arn:${{AWS::Partition}}:automate:${{AWS::Region}}:ec2:{action}"))],
    };
    let (cpu, failed) = (format!("{label}: CPU (%)"), format!("{label}: failed status checks"));
    vec![
        metric("Busy", cpu, Family::Saturation, "CPUUtilization", "Average", busy),
        metric(
            "HardwareFailed",
            failed.clone(),
            Family::Errors,
            "StatusCheckFailed_System",
            "Maximum",
            check("its hardware fails", "recover", 2),
        ),
        metric(
            "Unresponsive",
            failed,
            Family::Errors,
            "StatusCheckFailed_Instance",
            "Maximum",
            check("its system does not answer", "reboot", 3),
        ),
    ]
}

/// Alarms on a group: busy, too few, full memory, full disk.
pub const GROUP_ALARMS: u32 = 4;

/// How busy and how full the machines of a group are, and whether it has as many as it should have at the least; they must be
/// [measured](super::script::Script::measured).
pub fn group_metrics(name: &str, label: &str, group: &Id<autoscaling::AutoScalingGroup>, least: u64) -> Vec<Metric> {
    let dimension = || (Measured::Group.dimension(), group.reference());
    let metric = |word: &str, title: String, namespace, metric, statistic, alarm| Metric {
        name: format!("{name}{word}"),
        title,
        family: Family::Saturation,
        namespace,
        metric,
        dimensions: vec![dimension()],
        statistic,
        region: None,
        alarm,
    };
    let alarm = |above: bool, limit: f64, why: String| {
        Some(Threshold { above, limit, period: 300, periods: 3, missing: "missing", why, actions: Vec::new() })
    };
    let busy = format!("{label} have been busy above 85 % for a quarter of an hour: they are as many as they may be; plan for more users");
    let few = format!(
        "{label} have been fewer than {least} for a quarter of an hour: the group's activity says why machines do not start or do not stay"
    );
    let counts = format!("{label}: machines");
    let mut metrics = vec![
        metric("Busy", format!("{label}: CPU (%)"), "AWS/EC2", "CPUUtilization", "Average", alarm(true, 85.0, busy)),
        metric("Few", counts.clone(), "AWS/AutoScaling", "GroupInServiceInstances", "Maximum", alarm(false, least as f64, few)),
        metric("Desired", counts, "AWS/AutoScaling", "GroupDesiredCapacity", "Maximum", None),
    ];
    metrics.extend(fullness(name, label, dimension()));
    metrics
}
