//! A load balancer whose targets do not let it in, for requests or for health checks.

use crate::check::balancing::{self, is_network};
use crate::check::listening;
use crate::check::permits::{self, Held, Reach, called};
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "balancer-cannot-reach-targets",
    severity: Severity::Error,
    what: "targets let their load balancer in on the port that they serve and on that of the health check",
    why: "Targets that the balancer cannot reach never get healthy: users get 503 or 504, and services and groups replace their machines in a circle.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html#target-security-groups",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let permits = permits::all(graph);
    for forward in balancing::forwards(graph) {
        let Some(balancer) = forward.balancer else { continue };
        let caller = permits::held(graph, balancer);
        let addresses = permits::addresses(graph, &permits::subnets_of(graph, balancer));
        for target in balancing::targets(graph, forward.group) {
            if matches!(target.item.kind, "AWS::Lambda::Function" | "AWS::Serverless::Function") {
                continue;
            }
            let health = balancing::health_port(forward.group);
            for (port, what) in [(target.port, "requests"), (health, "health checks")] {
                let Some(port) = port else { continue };
                let reach = if is_network(balancer) && caller.groups.is_empty() {
                    // Without groups of its own it hands on its clients' addresses: only a port that is shut for all is wrong for certain.
                    match permits::reach(graph, &permits, &Held::default(), &[], &target.held, port) {
                        Reach::NobodyIn => Reach::NobodyIn,
                        _ => Reach::Yes,
                    }
                } else {
                    permits::reach(graph, &permits, &caller, &addresses, &target.held, port)
                };
                if reach != Reach::Yes {
                    let message = said(reach, balancer, &caller, target.item, &target.held, port, what);
                    found.at(forward.group, "", message);
                }
            }
        }
    }
    for balancer in graph.of_type("AWS::ElasticLoadBalancing::LoadBalancer") {
        classic(graph, found, &permits, balancer);
    }
}

fn said(reach: Reach, balancer: &Item, caller: &Held, target: &Item, held: &Held, port: i64, what: &str) -> String {
    let names = |held: &Held| held.groups.iter().map(|name| called(name)).collect::<Vec<_>>().join(", ");
    let (inner, outer) = (names(held), names(caller));
    let from = if outer.is_empty() { "the balancer's subnets".to_owned() } else { outer };
    let (one, other) = (&balancer.id, &target.id);
    match reach {
        Reach::NobodyIn => format!("{one} sends {what} to {other} on port {port}, but {inner} lets nobody in there; add an ingress rule for port {port} from {from}"),
        Reach::NotIn => format!("{one} sends {what} to {other} on port {port}, but {inner} lets only others in there; add an ingress rule for port {port} from {from}"),
        _ => format!("{one} sends {what} to {other} on port {port}, but the egress rules of {from} do not let it; add one for port {port} to {inner}"),
    }
}

fn classic(graph: &Graph, found: &mut Found, permits: &[permits::Permit], balancer: &Item) {
    let caller = permits::held(graph, balancer);
    let addresses = permits::addresses(graph, &permits::subnets_of(graph, balancer));
    let ports: Vec<i64> = balancer.all("Listeners/*/InstancePort").into_iter().filter_map(listening::number).collect();
    let mut targets: Vec<(&Item, Held)> = balancer.all("Instances/*").into_iter().filter_map(|id| graph.target(id)).map(|item| (item, permits::held(graph, item))).collect();
    for scaled in graph.of_type(balancing::SCALED) {
        let named = scaled.all("LoadBalancerNames/*").into_iter().filter_map(|name| graph.target(name)).any(|one| std::ptr::eq(one, balancer));
        if let (true, Some(template)) = (named, permits::launched(graph, scaled)) {
            targets.push((scaled, permits::held(graph, template)));
        }
    }
    for (target, held) in &targets {
        for port in &ports {
            let reach = permits::reach(graph, permits, &caller, &addresses, held, *port);
            if reach != Reach::Yes {
                found.at(balancer, "", said(reach, balancer, &caller, target, held, *port, "requests"));
            }
        }
    }
}
