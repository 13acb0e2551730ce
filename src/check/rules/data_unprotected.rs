//! A database that one wrong click deletes.

use cfn::Node;

use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "data-unprotected",
    severity: Severity::Warning,
    what: "databases and tables have deletion protection where the type has it",
    why: "Retention policies bind CloudFormation only; deletion protection holds against the console, scripts and a stack in a hurry.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html#USER_DeleteInstance.DeletionProtection",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        match item.kind {
            "AWS::RDS::DBCluster" | "AWS::RDS::GlobalCluster" | "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster" => {
                on(item, "DeletionProtection", found);
            }
            "AWS::RDS::DBInstance" if !made_again(item) => {
                on(item, "DeletionProtection", found);
            }
            "AWS::DynamoDB::Table" => on(item, "DeletionProtectionEnabled", found),
            "AWS::DynamoDB::GlobalTable" => {
                for (index, replica) in item.list("Replicas") {
                    if matches!(replica.get("DeletionProtectionEnabled"), None | Some(Node::Bool(false))) {
                        let path = format!("Replicas/{index}/DeletionProtectionEnabled");
                        found.at(item, &path, "DeletionProtectionEnabled is not true in this replica; set it to true");
                    }
                }
            }
            _ => {}
        }
    }
}

/// A member of a cluster, or a replica: its data is elsewhere.
fn made_again(item: &Item) -> bool {
    let aurora = item.text("Engine").unwrap_or_default().starts_with("aurora");
    aurora || item.has("DBClusterIdentifier") || item.has("SourceDBInstanceIdentifier")
}

fn on(item: &Item, property: &str, found: &mut Found) {
    if !item.has(property) || item.flag(property) == Some(false) {
        found.at(item, property, format!("{property} is not true; set it to true"));
    }
}
