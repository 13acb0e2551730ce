//! An account or a region of one's own that is written out where a pseudo parameter belongs.

use cfn::Node;

use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "account-written-out",
    severity: Severity::Warning,
    what: "ARNs of one's own resources take account and region from AWS::AccountId and AWS::Region",
    why: "Deployed to another account or region the template points at the old one: access fails, or goes to somebody else's resource.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html",
    run,
};

/// Accounts of AWS's own that are meant to be written out: layers, images, prefix of log delivery.
const OF_AWS: [&str; 6] = ["580247275435", "017000801446", "094274105915", "137112412989", "602401143452", "901920570463"];

fn run(graph: &Graph, found: &mut Found) {
    for item in &graph.items {
        // Written as it stands in the template: a parameter's default may well be an account.
        let mut faults: Vec<String> = Vec::new();
        for value in item.raw.properties.values() {
            value.walk(&mut |node| {
                if let Node::Str(text) = node {
                    faults.extend(written(text).filter(|account| !OF_AWS.contains(&account.as_str())));
                }
            });
        }
        let region = graph.region(item);
        faults.sort();
        faults.dedup();
        // One account everywhere in a file that also names its own is the owner's; another one beside it is somebody else's.
        let own = own_accounts(graph, item.file);
        for account in faults.into_iter().filter(|account| own.contains(account)) {
            let place = region.map(|region| format!(" (in {region})")).unwrap_or_default();
            let message = format!("account {account}{place} is written out, the one whose own resources stand here; use ${{AWS::AccountId}}");
            found.at(item, "", message);
        }
    }
}

/// The account in an ARN whose region and account are both written out.
fn written(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("arn:").filter_map(|(at, _)| {
        let parts: Vec<&str> = text[at..].splitn(6, ':').collect();
        let account = parts.get(4)?;
        (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then(|| (*account).to_owned())
    })
}

/// Accounts that a file names in an ARN of a resource that it makes itself, by that resource's name.
fn own_accounts(graph: &Graph, file: usize) -> Vec<String> {
    let names: Vec<String> = graph
        .items
        .iter()
        .filter(|item| item.file == file)
        .flat_map(|item| ["RoleName", "TopicName", "QueueName", "FunctionName", "TableName", "StateMachineName", "Name"].map(|key| item.text(key)))
        .flatten()
        .filter(|name| name.len() > 3)
        .map(str::to_owned)
        .collect();
    let mut accounts = Vec::new();
    for item in graph.items.iter().filter(|item| item.file == file) {
        for value in item.raw.properties.values() {
            value.walk(&mut |node| {
                if let Node::Str(text) = node {
                    for account in written(text) {
                        if names.iter().any(|name| text.contains(&format!(":{name}")) || text.contains(&format!("/{name}"))) {
                            accounts.push(account);
                        }
                    }
                }
            });
        }
    }
    accounts
}
