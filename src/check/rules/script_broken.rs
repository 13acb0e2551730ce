//! A script for a machine's start that no shell reads.

use cfn::Node;

use crate::check::code::{self, Language};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "script-broken",
    severity: Severity::Error,
    what: "user data and the commands of cloud-init are scripts that parse",
    why: "CloudFormation takes any text for user data. A script with a syntax error stops where the shell meets it, and the machine comes up without what it is for.",
    link: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
    run,
};

const TEXTS: [(&str, &str); 4] = [
    ("AWS::EC2::Instance", "UserData"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/UserData"),
    ("AWS::AutoScaling::LaunchConfiguration", "UserData"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/LaunchSpecifications/*/UserData"),
];

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        for (_, path) in TEXTS.iter().filter(|(kind, _)| *kind == item.kind) {
            for text in item.all(path).into_iter().filter_map(code::source) {
                for (language, script) in code::scripts(&text) {
                    if let Some(fault) = code::fault(language, &script) {
                        found.at(item, path, format!("the script does not parse, counted from its first line: {fault}"));
                    }
                }
            }
        }
        if let Some(init) = item.raw.metadata.get("AWS::CloudFormation::Init") {
            init.walk(&mut |node| {
                let text = |key: &str| node.get(key).and_then(code::source).map(|text| text.replace("${!", "${"));
                let scripts = text("content").map(|text| code::scripts(&text)).unwrap_or_default();
                // The command may be a list of words, which no shell reads.
                let command = node.get("command").filter(|one| matches!(one, Node::Str(_))).and_then(code::source);
                for (language, script) in scripts.into_iter().chain(command.map(|text| (Language::Shell, text))) {
                    if let Some(fault) = code::fault(language, &script) {
                        found.beside(item, "Metadata", format!("a script of AWS::CloudFormation::Init does not parse: {fault}"));
                    }
                }
            });
        }
    }
}
