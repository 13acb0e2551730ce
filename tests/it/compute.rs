//! Machines and tasks: how they are sized, released, replaced and watched, and that nobody is led to what is not there.

use std::collections::BTreeSet;

use cfn::{Node, Resource};
use scalectl::block::Layer;
use scalectl::catalog::{Catalog, Service};
use scalectl::render::{self, Stack};
use scalectl::settings::Settings;
use scalectl::units::Users;
use scalectl::workload::Assumptions;
use scalectl::{phase, planner};

use crate::identity::architecture;

fn stacks(phase: &str) -> Vec<Stack> {
    let users = phase::find(phase).unwrap().from;
    render::stacks(&architecture(phase, users, &Settings::default())).unwrap()
}

fn all<'a>(stacks: &'a [Stack], layer: Layer, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Resource)> {
    let layers = stacks.iter().filter(move |stack| stack.key.layer == layer);
    layers.flat_map(|stack| &stack.template.resources).filter(move |(_, found)| found.resource_type.ends_with(kind))
}

fn find<'a>(stacks: &'a [Stack], layer: Layer, id: &str) -> &'a Resource {
    let layers = stacks.iter().filter(|stack| stack.key.layer == layer);
    layers.filter_map(|stack| stack.template.resources.get(id)).next().unwrap_or_else(|| panic!("no {id}"))
}

fn at<'a>(node: &'a Node, path: &[&str]) -> &'a Node {
    path.iter().fold(node, |node, key| node.get(key).unwrap_or_else(|| panic!("no {key} in {node:?}")))
}

fn number(node: &Node) -> i64 {
    node.as_int().or_else(|| node.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{node:?} is no number"))
}

/// All text of a resource, values and keys.
fn text(resource: &Resource) -> String {
    format!("{:?}", resource.properties)
}

#[test]
fn only_what_may_be_interrupted_runs_on_spot() {
    for (phase, spot) in [("1k", vec![]), ("10k", vec!["Workers"]), ("500k", vec!["Workers"]), ("10m", vec!["ContainerHosts", "Workers"])] {
        let stacks = stacks(phase);
        let groups: Vec<_> = all(&stacks, Layer::App, "::AutoScalingGroup")
            .filter(|(_, group)| group.properties.contains_key("MixedInstancesPolicy"))
            .collect();
        let names: BTreeSet<&str> = groups.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(names, spot.into_iter().collect::<BTreeSet<_>>(), "{phase}");
        for (id, group) in groups {
            let policy = &group.properties["MixedInstancesPolicy"];
            let spread = at(policy, &["InstancesDistribution"]);
            let base = number(at(spread, &["OnDemandBaseCapacity"]));
            assert!(base >= 1 && base <= number(&group.properties["MinSize"]), "{phase} {id}: {base} on demand");
            assert!(number(at(spread, &["OnDemandPercentageAboveBaseCapacity"])) < 100, "{phase} {id} has no Spot");
            assert_eq!(at(spread, &["SpotAllocationStrategy"]).as_str(), Some("capacity-optimized-prioritized"));
            assert_eq!(group.properties["CapacityRebalance"], Node::Bool(true));
        }
    }
}

#[test]
fn every_machine_of_a_mixed_group_can_do_what_the_first_can() {
    let catalog = Catalog::builtin().unwrap();
    for phase in ["10k", "500k", "10m"] {
        let stacks = stacks(phase);
        for (id, group) in all(&stacks, Layer::App, "::AutoScalingGroup") {
            let Some(policy) = group.properties.get("MixedInstancesPolicy") else { continue };
            let overrides = at(policy, &["LaunchTemplate", "Overrides"]).as_list().unwrap();
            let names: Vec<&str> = overrides.iter().map(|one| at(one, &["InstanceType"]).as_str().unwrap()).collect();
            let classes: Vec<_> =
                names.iter().map(|name| catalog.classes_of(Service::Ec2).find(|class| class.name == *name).unwrap()).collect();
            assert!(classes.len() >= 4, "{phase} {id}: {names:?}");
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
            let first = classes[0];
            for class in &classes {
                let enough = class.sustained_vcpu() >= first.sustained_vcpu() && class.usable_memory() >= first.usable_memory();
                assert!(enough && class.family.contains('g'), "{phase} {id}: {} cannot stand in for {}", class.name, first.name);
            }
        }
    }
}

#[test]
fn a_worker_that_must_go_gets_the_time_to_give_its_job_back() {
    let stacks = stacks("10k");
    let script = text(find(&stacks, Layer::App, "WorkersLaunchTemplate"));
    assert!(script.contains("spot/instance-action") && script.contains("target-lifecycle-state"), "{script}");
    assert!(script.contains("docker stop --time 90 app") && script.contains("TimeoutStopSec=105"), "{script}");
    let hooks = find(&stacks, Layer::App, "Workers").properties["LifecycleHookSpecificationList"].as_list().unwrap();
    assert_eq!(at(&hooks[0], &["LifecycleTransition"]).as_str(), Some("autoscaling:EC2_INSTANCE_TERMINATING"));
    assert!(number(at(&hooks[0], &["HeartbeatTimeout"])) > 105, "the machine would go before the app has stopped");
    let servers = text(find(&stacks, Layer::App, "WebServersLaunchTemplate"));
    assert!(servers.contains("docker stop --time 30 app") && !servers.contains("spot/instance-action"));
}

#[test]
fn every_service_is_released_beside_itself_and_taken_back_by_alarms() {
    for phase in ["500k", "10m"] {
        let stacks = stacks(phase);
        let ids: BTreeSet<&str> = stacks.iter().flat_map(|stack| stack.template.resources.keys()).map(String::as_str).collect();
        let services: Vec<_> = all(&stacks, Layer::App, "ECS::Service").collect();
        assert!(services.len() >= 4);
        for (id, service) in services {
            let deployment = &service.properties["DeploymentConfiguration"];
            assert_eq!(at(deployment, &["Strategy"]).as_str(), Some("BLUE_GREEN"), "{id}");
            assert!(number(at(deployment, &["BakeTimeInMinutes"])) >= 5);
            for guard in ["Alarms", "DeploymentCircuitBreaker"] {
                assert_eq!(at(deployment, &[guard, "Rollback"]), &Node::Bool(true), "{id}");
            }
            let alarms = at(deployment, &["Alarms", "AlarmNames"]).as_list().unwrap();
            assert_eq!(alarms.len(), 2);
            for alarm in alarms {
                let (_, name) = alarm.intrinsic().unwrap();
                // In its own stack: a later one would not be there yet when the service is made.
                assert!(find(&stacks, Layer::App, name.as_str().unwrap()).resource_type.ends_with("::Alarm"));
            }
            for balancer in service.properties["LoadBalancers"].as_list().unwrap() {
                let rule = at(balancer, &["AdvancedConfiguration", "ProductionListenerRule"]).intrinsic().unwrap().1.as_str().unwrap();
                let groups =
                    at(&find(&stacks, Layer::App, rule).properties["Actions"].as_list().unwrap()[0], &["ForwardConfig", "TargetGroups"]);
                let weights: Vec<i64> = groups.as_list().unwrap().iter().map(|group| number(at(group, &["Weight"]))).collect();
                assert_eq!(weights, [1, 0], "{id}: both groups must hang on the rule that ECS moves");
                assert!(ids.contains(rule));
            }
        }
    }
}

#[test]
fn every_service_is_told_when_to_give_up_and_how_often_to_try_again() {
    let stacks = stacks("500k");
    let mut seen = 0;
    for (id, task) in all(&stacks, Layer::App, "::TaskDefinition") {
        let containers = task.properties["ContainerDefinitions"].as_list().unwrap();
        let environment = at(&containers[0], &["Environment"]).as_list().unwrap();
        let value = |name: &str| {
            let found = environment.iter().find(|variable| at(variable, &["Name"]).as_str() == Some(name));
            number(at(found.unwrap_or_else(|| panic!("{id} is not told {name}")), &["Value"]))
        };
        assert!((1..=100).contains(&value("RETRY_BUDGET_PERCENT")) && (1..=100).contains(&value("CIRCUIT_BREAKER_ERROR_PERCENT")));
        assert!(value("RETRY_LIMIT") < 5 && value("REQUEST_TIMEOUT_MS") < value("CIRCUIT_BREAKER_OPEN_MS"), "{id}");
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[test]
fn somebody_hears_of_machines_and_tasks_that_are_missing() {
    for (phase, alarm, metric, least) in [
        ("1k", "WebServersFewAlarm", "GroupInServiceInstances", 2),
        ("10k", "WorkersFewAlarm", "GroupInServiceInstances", 2),
        ("500k", "WebRunningAlarm", "RunningTaskCount", 3),
        ("10m", "ContainerHostsFewAlarm", "GroupInServiceInstances", 3),
    ] {
        let stacks = stacks(phase);
        let alarm = find(&stacks, Layer::Ops, alarm);
        assert_eq!(alarm.properties["MetricName"].as_str(), Some(metric));
        assert_eq!(alarm.properties["ComparisonOperator"].as_str(), Some("LessThanThreshold"));
        let Node::Float(limit) = alarm.properties["Threshold"] else { panic!("{alarm:?}") };
        assert!(limit >= f64::from(least), "{phase}: {limit}");
    }
}

#[test]
fn the_whole_app_answers_until_the_services_do() {
    let (before, after) = (stacks("10k"), stacks("500k"));
    let old: BTreeSet<&String> =
        all(&before, Layer::App, "::ListenerRule").chain(all(&before, Layer::App, "::TargetGroup")).map(|(id, _)| id).collect();
    let new: BTreeSet<&String> =
        all(&after, Layer::App, "::ListenerRule").chain(all(&after, Layer::App, "::TargetGroup")).map(|(id, _)| id).collect();
    // What is in both would be changed in place, before there is a task to lead to.
    assert!(old.is_disjoint(&new), "{old:?} {new:?}");
    let rule = find(&before, Layer::App, "WebRule");
    assert!(rule.depends_on.contains(&"WebServers".to_owned()), "the machines would go before the rule that leads to them");
    let first = number(&rule.properties["Priority"]);
    for (id, other) in all(&after, Layer::App, "::ListenerRule").filter(|(_, rule)| !text(rule).contains("InternalListener")) {
        assert!(number(&other.properties["Priority"]) > first, "{id} would lead to tasks that are still starting");
    }
}

#[test]
fn a_part_of_the_requests_is_traced_and_less_of_more() {
    let rate = |phase: &str| {
        let stacks = stacks(phase);
        let rule = at(&find(&stacks, Layer::App, "TraceRequestsRule").properties["SamplingRule"], &["FixedRate"]).clone();
        let task = text(find(&stacks, Layer::App, "WebTaskDefinition"));
        let Node::Float(rate) = rule else { panic!("{rule:?}") };
        assert!(task.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && task.contains(&format!("\"{rate}\"")), "{task}");
        assert!(task.contains("aws-otel-collector:v"), "the collector has no version");
        assert!(text(find(&stacks, Layer::App, "WebTaskRole")).contains("xray:PutTraceSegments"));
        assert_eq!(
            at(&find(&stacks, Layer::App, "ServicesCluster").properties["ClusterSettings"].as_list().unwrap()[0], &["Value"]).as_str(),
            Some("enhanced")
        );
        rate
    };
    let (some, fewer) = (rate("500k"), rate("10m"));
    assert!(0.0 < fewer && fewer < some && some <= 0.05, "{some} {fewer}");
}

#[test]
fn every_host_tells_how_full_it_is_and_may() {
    for (phase, layer, machine, dimension) in [
        ("launch", Layer::App, "AppServer", "InstanceId"),
        ("10", Layer::App, "AppServer", "InstanceId"),
        ("10", Layer::Data, "DatabaseServer", "InstanceId"),
        ("1k", Layer::App, "WebServers", "AutoScalingGroupName"),
        ("10k", Layer::App, "Workers", "AutoScalingGroupName"),
        ("10m", Layer::App, "ContainerHosts", "AutoScalingGroupName"),
    ] {
        let stacks = stacks(phase);
        let maker = if dimension == "InstanceId" { machine.to_owned() } else { format!("{machine}LaunchTemplate") };
        let script = text(find(&stacks, layer, &maker));
        assert!(
            script.contains("amazon-cloudwatch-agent-ctl") && script.contains(&format!("${{!aws:{dimension}}}")),
            "{phase} {machine}: {script}"
        );
        let role = text(find(&stacks, layer, &format!("{machine}Role")));
        assert!(role.contains("cloudwatch:PutMetricData") && role.contains("cloudwatch:namespace"), "{phase} {role}");
        for (word, metric) in [("Full", "mem_used_percent"), ("DiskFull", "disk_used_percent")] {
            let alarm = find(&stacks, Layer::Ops, &format!("{machine}{word}Alarm"));
            assert_eq!((alarm.properties["MetricName"].as_str(), alarm.properties["Namespace"].as_str()), (Some(metric), Some("CWAgent")));
            assert_eq!(at(&alarm.properties["Dimensions"].as_list().unwrap()[0], &["Name"]).as_str(), Some(dimension));
        }
    }
}

fn plan(phase: &str, users: u64) -> Result<(String, Vec<String>), String> {
    let catalog = Catalog::builtin().unwrap();
    let plan = planner::plan(phase::find(phase).unwrap(), Users(users), &Settings::default(), &Assumptions::default(), &catalog);
    let plan = plan.map_err(|error| error.to_string())?;
    let piece = plan.pieces.iter().find(|piece| piece.component.name() == "app_server").unwrap();
    let reasons = piece.reasons.iter().map(|reason| reason.text.clone()).collect();
    Ok((piece.component.size().class.unwrap(), reasons))
}

#[test]
fn a_single_machine_grows_to_the_largest_sensible_class_and_says_when_that_is_reached() {
    for phase in ["launch", "10"] {
        let mut last = (0.0, 0);
        let mut full = None;
        for users in (0..40).map(|step| 10 * 2_u64.pow(step)) {
            match plan(phase, users) {
                Ok((class, reasons)) => {
                    assert!(full.is_none(), "{phase}: {users} users fit where fewer did not");
                    let catalog = Catalog::builtin().unwrap();
                    let class = catalog.classes_of(Service::Ec2).find(|known| known.name == class).unwrap().clone();
                    let size = (class.sustained_vcpu(), class.memory.0);
                    assert!(size.0 >= last.0 || size.1 >= last.1, "{phase}: {users} users get a smaller machine");
                    assert!(class.vcpu <= 16, "{phase}: {} is not sensible for one machine", class.name);
                    assert!(reasons.iter().any(|text| text.contains("full at about") && text.contains("more machines")), "{reasons:?}");
                    last = size;
                }
                Err(problem) => {
                    // The machine itself, or the disk that it shares with nobody.
                    let told = problem.contains("largest sensible one") || problem.contains("on the disk, and gp3 has");
                    assert!(told && problem.contains("plan a later phase"), "{problem}");
                    full.get_or_insert(users);
                }
            }
        }
        assert!(full.is_some_and(|users| users > phase::find("1k").unwrap().from), "{phase} is full at {full:?}");
    }
}
