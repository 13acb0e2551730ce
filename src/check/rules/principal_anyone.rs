//! A bucket, queue, topic or key that anybody in the world may use.

use cfn::Node;

use crate::check::policy::{self, Bearer};
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "principal-anyone",
    severity: Severity::Error,
    what: "no resource policy, trust policy or function permission lets in everybody without a condition",
    why: "Principal * without a condition is the whole world, with or without an AWS account: data leaks, queues fill, roles are taken.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for statement in policy::statements(graph).iter().filter(|one| one.bearer != Bearer::Identity && one.allows()) {
        let conditioned = statement.node.get("Condition").is_some_and(|condition| condition.as_map().is_none_or(|map| !map.is_empty()));
        let everybody = ["Principal", "Principal/AWS"].iter().any(|path| statement.values(path).into_iter().any(|who| who.as_str() == Some("*")));
        let path = statement.path.replace("/*", "/0");
        if everybody && !conditioned {
            let message = "Principal \"*\" without a Condition lets in everybody; name the account, the service or the role, or add aws:SourceAccount";
            found.at(statement.item, &path, message);
        }
        if !statement.values("NotPrincipal").is_empty() {
            found.at(statement.item, &path, "Allow with NotPrincipal lets in everybody else; name who is let in by Principal");
        }
    }
    for permission in graph.of_type("AWS::Lambda::Permission") {
        let bound = ["SourceArn", "SourceAccount", "PrincipalOrgID"].iter().any(|property| permission.has(property));
        let url = permission.text("FunctionUrlAuthType") == Some("NONE");
        if permission.text("Principal") == Some("*") && !bound && !url {
            found.at(permission, "Principal", "anybody may invoke the function; name a service or an account, or add SourceArn");
        }
    }
    for bucket in graph.of_type("AWS::S3::Bucket") {
        if let Some(acl @ ("PublicRead" | "PublicReadWrite")) = bucket.text("AccessControl") {
            found.at(bucket, "AccessControl", format!("{acl} opens the bucket to everybody; serve it through CloudFront with origin access control"));
        }
        let flags = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
        if flags.iter().any(|flag| bucket.flag(&format!("PublicAccessBlockConfiguration/{flag}")) == Some(false)) {
            found.at(bucket, "PublicAccessBlockConfiguration", "a part of the block of public access is off; set all four to true");
        }
    }
    let public = |item: &crate::check::Item, property: &str| matches!(item.get(property), Some(Node::Bool(true))) || item.text(property) == Some("true");
    for instance in graph.of_type("AWS::RDS::DBInstance").filter(|instance| public(instance, "PubliclyAccessible")) {
        found.at(instance, "PubliclyAccessible", "the database gets a public address; set it to false and connect from inside the VPC");
    }
}
