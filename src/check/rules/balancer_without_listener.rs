//! A load balancer that nothing listens at, and a target group that nothing sends to or that nothing answers for.

use crate::check::balancing::{self, BALANCER, LISTENER, TARGETS};
use crate::check::subnets::is;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "balancer-without-listener",
    severity: Severity::Error,
    what: "a load balancer has a listener, and a target group has somebody who sends to it and somebody who answers",
    why: "A balancer without a listener refuses every connection, and costs its hours; a target group without targets answers 503.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for balancer in graph.of_type(BALANCER) {
        let listens = graph.of_type(LISTENER).any(|one| one.get("LoadBalancerArn").is_none_or(|arn| graph.target(arn).is_none() || is(graph, arn, balancer)));
        // An address is for users; whoever listens elsewhere needs the ARN.
        let arn = |value: &cfn::Node| {
            let by = graph.reference(value).filter(|(item, _)| std::ptr::eq(*item, balancer));
            by.is_some_and(|(_, attribute)| attribute.is_none_or(|name| name == "LoadBalancerArn"))
        };
        let handed = graph.outputs.iter().any(|((_, name), value)| !taken(graph, name) && arn(value));
        if !listens && !handed {
            found.at(balancer, "", "no listener of these templates listens at this load balancer; give it one");
        }
    }
    let forwards = balancing::forwards(graph);
    for group in graph.of_type(TARGETS) {
        let sent = forwards.iter().any(|forward| std::ptr::eq(forward.group, group));
        let others = graph.items.iter().filter(|item| !std::ptr::eq(*item, group));
        let mentioned = others.clone().any(|item| graph.mentions(item).any(|one| std::ptr::eq(one, group)));
        let handed = handed(graph, group);
        if !sent && !mentioned && !handed {
            found.at(group, "", "nothing sends to this target group and nothing is registered at it; name it in a listener, or take it away");
        } else if !sent && !handed && !balancing::targets(graph, group).is_empty() && routes_nowhere(graph, group) {
            found.at(group, "", "targets are registered here, and no listener or rule sends to this target group; name it in one");
        } else if sent && !group.has("Targets") && balancing::targets(graph, group).is_empty() && !others.clone().any(|item| registers(graph, item, group)) && !handed {
            found.at(group, "", "a listener sends to this target group, and nothing is registered at it: every request gets 503");
        }
    }
}

/// Whether another template of the set takes an output of this name.
fn taken(graph: &Graph, name: &str) -> bool {
    graph.set.files.iter().any(|file| file.template.parameters.keys().any(|parameter| parameter.starts_with(name)))
}

/// Whether an output tells a thing to somebody outside: to no other template of the set by a parameter of that name.
fn handed(graph: &Graph, thing: &crate::check::Item) -> bool {
    let tells = |value: &cfn::Node| graph.mentioned(value).iter().any(|one| std::ptr::eq(*one, thing));
    graph.outputs.iter().any(|((_, name), value)| !taken(graph, name) && tells(value))
}

/// Whether nothing but those that are registered mention the group: a deployment that shifts traffic may send to it by another way.
fn routes_nowhere(graph: &Graph, group: &crate::check::Item) -> bool {
    let registering = ["AWS::AutoScaling::AutoScalingGroup", "AWS::ECS::Service", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"];
    let services = graph.of_type("AWS::ECS::Service").any(|service| {
        let shifted = service.all("LoadBalancers/*/AdvancedConfiguration/AlternateTargetGroupArn");
        shifted.into_iter().any(|arn| is(graph, arn, group)) || service.text("DeploymentController/Type").is_some_and(|kind| kind != "ECS")
    });
    !services && graph.items.iter().filter(|item| graph.mentions(item).any(|one| std::ptr::eq(one, group))).all(|item| registering.contains(&item.kind))
}

/// Whether a resource that is not of the balancer's own kinds takes the group: whatever registers in a way that is not known here.
fn registers(graph: &Graph, item: &crate::check::Item, group: &crate::check::Item) -> bool {
    let of_balancer = item.kind.starts_with("AWS::ElasticLoadBalancingV2::");
    let watches = item.kind.starts_with("AWS::CloudWatch::") || item.kind.ends_with("::ScalingPolicy");
    !of_balancer && !watches && graph.mentions(item).any(|one| std::ptr::eq(one, group))
}
