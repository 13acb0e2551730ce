//! A desired number outside its own bounds.

use crate::check::balancing::SCALED;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "capacity-out-of-range",
    severity: Severity::Error,
    what: "the smallest number is not above the largest, and the desired one lies between them",
    why: "Auto Scaling refuses it, and the stack rolls back.",
    link: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
    run,
};

const BOUNDS: &[(&str, &str, &str)] = &[
    (SCALED, "MinSize", "MaxSize"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity", "MaxCapacity"),
    ("AWS::RDS::DBCluster", "ServerlessV2ScalingConfiguration/MinCapacity", "ServerlessV2ScalingConfiguration/MaxCapacity"),
];

fn run(graph: &Graph, found: &mut Found) {
    for (kind, low, high) in BOUNDS {
        for item in graph.of_type(kind) {
            let (least, most) = (item.int(low), item.int(high));
            if let (Some(least), Some(most)) = (least, most)
                && least > most
            {
                found.at(item, low, format!("{low} {least} is above {high} {most}"));
            }
            let Some(desired) = item.int("DesiredCapacity") else { continue };
            if least.is_some_and(|least| desired < least) {
                found.at(item, "DesiredCapacity", format!("DesiredCapacity {desired} is below {low} {}", least.unwrap_or_default()));
            }
            if most.is_some_and(|most| desired > most) {
                found.at(item, "DesiredCapacity", format!("DesiredCapacity {desired} is above {high} {}", most.unwrap_or_default()));
            }
        }
    }
}
