//! A database whose yesterday cannot be had back.

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "data-without-backups",
    severity: Severity::Warning,
    what: "databases and tables have backups of their own: a retention period above zero, point-in-time recovery",
    why: "A wrong DELETE or a bad release is undone from a backup or not at all; replicas and zones copy the mistake within a second.",
    link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        match item.kind {
            "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" | "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster" => {
                let followers = ["SourceDBInstanceIdentifier", "SourceDBClusterIdentifier", "ReplicationSourceIdentifier"];
                // A cluster names itself by the property by which a member names its cluster.
                let of_cluster = item.kind == "AWS::RDS::DBInstance" && item.has("DBClusterIdentifier");
                let member = of_cluster || followers.iter().any(|property| item.has(property));
                let aurora = item.kind == "AWS::RDS::DBInstance" && item.text("Engine").unwrap_or_default().starts_with("aurora");
                match item.int("BackupRetentionPeriod") {
                    _ if member || aurora => {}
                    Some(days) if days < 1 => {
                        let message = "BackupRetentionPeriod is 0, which switches automated backups and point-in-time recovery off; set 1 to 35 days";
                        found.at(item, "BackupRetentionPeriod", message);
                    }
                    None if !item.has("BackupRetentionPeriod") => {
                        let message = "BackupRetentionPeriod is not set, so one day is kept; say how many days, 7 or more";
                        found.at(item, "BackupRetentionPeriod", message);
                    }
                    _ => {}
                }
            }
            "AWS::DynamoDB::Table" if item.flag("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled") != Some(true) => {
                let open = item.has("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled");
                if !open || item.flag("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled") == Some(false) {
                    let message = "point-in-time recovery is off; set PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }";
                    found.at(item, "PointInTimeRecoverySpecification", message);
                }
            }
            "AWS::DynamoDB::GlobalTable" => {
                for (index, replica) in item.list("Replicas") {
                    let on = replica.get("PointInTimeRecoverySpecification").and_then(|pitr| pitr.get("PointInTimeRecoveryEnabled"));
                    if matches!(on, None | Some(cfn::Node::Bool(false))) {
                        let path = format!("Replicas/{index}/PointInTimeRecoverySpecification");
                        found.at(item, &path, "point-in-time recovery is off in this replica; set PointInTimeRecoveryEnabled: true");
                    }
                }
            }
            "AWS::EFS::FileSystem" if item.text("BackupPolicy/Status").is_none_or(|status| status != "ENABLED") && !item.has("BackupPolicy/Status") => {
                found.at(item, "BackupPolicy", "the file system has no backups; set BackupPolicy: { Status: ENABLED }");
            }
            _ => {}
        }
    }
}
