//! An ARN that is written for one partition of AWS only.

use cfn::Node;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "partition-literal",
    severity: Severity::Warning,
    what: "an ARN takes its partition from AWS::Partition",
    why: "An ARN that begins with arn:aws: names nothing in China or GovCloud, so the template works in one partition only.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html#cfn-pseudo-param-partition",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (name, value) in &item.raw.properties {
            let mut said = None;
            value.walk(&mut |node| {
                if said.is_none()
                    && let Node::Str(text) = node
                {
                    said = literal(text);
                }
            });
            if let Some(arn) = said {
                found.at(item, name, format!("{arn} holds in one partition only; write arn:${{AWS::Partition}}: with Fn::Sub"));
            }
        }
    }
}

/// The ARN with a partition in a text that is one ARN, or the start of a joined one; prose and source code may name what they like.
fn literal(text: &str) -> Option<&str> {
    let partition = ["arn:aws:", "arn:aws-cn:", "arn:aws-us-gov:"].iter().any(|start| text.starts_with(start));
    (partition && !text.contains(char::is_whitespace)).then_some(text)
}
