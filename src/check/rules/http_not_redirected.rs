//! A load balancer that has a certificate and still answers in the clear.

use cfn::Node;

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "http-not-redirected",
    severity: Severity::Warning,
    what: "a balancer that has an HTTPS listener redirects HTTP to it",
    why: "Whoever types the address without https:// sends the first request, with its cookies, for everybody on the way to read.",
    link: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#redirect-actions",
    run,
};

const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";

fn run(graph: &Graph, found: &mut Found) {
    let balancer = |listener: &Item| listener.get("LoadBalancerArn").cloned();
    let secure: Vec<Option<Node>> = graph.of_type(LISTENER).filter(|one| one.text("Protocol") == Some("HTTPS")).map(balancer).collect();
    for listener in graph.of_type(LISTENER).filter(|one| one.text("Protocol") == Some("HTTP")) {
        let its = balancer(listener);
        let has_https = its.is_some() && secure.contains(&its);
        let forwards = listener.all("DefaultActions/*/Type").into_iter().any(|kind| kind.as_str() == Some("forward"));
        if has_https && forwards {
            let message = "the balancer has an HTTPS listener, and this one serves the app in the clear; make its action a redirect to HTTPS, status HTTP_301";
            found.at(listener, "DefaultActions/0/Type", message);
        }
    }
}
