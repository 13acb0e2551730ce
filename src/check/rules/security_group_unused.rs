//! A security group that nothing holds.

use std::collections::HashSet;

use crate::check::permits::GROUP;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "security-group-unused",
    severity: Severity::Info,
    what: "every security group is held by something, or handed out",
    why: "A group that nothing holds protects nothing: it is a leftover, or whatever should hold it does not.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-groups.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let mut used: HashSet<(usize, &str)> = HashSet::new();
    for item in graph.items.iter().filter(|item| !item.kind.starts_with("AWS::EC2::SecurityGroup")) {
        used.extend(graph.mentioned(&item.properties).iter().map(|one| (one.file, one.id.as_str())));
    }
    // What is handed out to others is theirs to use; an output that only a file of this set takes has been followed already.
    let taken = |file: usize, name: &str| graph.set.files.iter().enumerate().any(|(index, other)| index != file && other.template.parameters.contains_key(name));
    for ((file, name), value) in &graph.outputs {
        if !taken(*file, name) {
            used.extend(graph.mentioned(value).iter().map(|one| (one.file, one.id.as_str())));
        }
    }
    // A group that others let in stands for callers that may be elsewhere; one that only rules of its own name does not.
    for group in graph.of_type(GROUP) {
        if !used.contains(&(group.file, group.id.as_str())) {
            found.at(group, "", "nothing holds this security group: its rules protect nothing; remove it, or name it where it belongs");
        }
    }
}
