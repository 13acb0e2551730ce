//! A network ACL that keeps out what its subnets need, answers above all.

use cfn::Node;

use crate::check::subnets::is;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "network-acl-blocks",
    severity: Severity::Error,
    what: "a network ACL that is used lets traffic in and out, answers included: ports 1024 to 65535",
    why: "Network ACLs keep no state. Without a rule for the answers' ports every connection hangs until it times out.",
    link: "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html",
    run,
};

/// Ports that clients of all systems take for themselves begin here or higher, and most end at 60999 or more.
const EPHEMERAL: (i64, i64) = (32_768, 60_999);

struct Entry<'a> {
    number: i64,
    allows: bool,
    egress: bool,
    from: i64,
    to: i64,
    everywhere: bool,
    item: &'a str,
}

fn run(graph: &Graph, found: &mut Found) {
    for acl in graph.of_type("AWS::EC2::NetworkAcl") {
        let used = graph.of_type("AWS::EC2::SubnetNetworkAclAssociation").any(|one| one.get("NetworkAclId").is_some_and(|id| is(graph, id, acl)));
        if !used {
            continue;
        }
        let written: Vec<&Item> =
            graph.of_type("AWS::EC2::NetworkAclEntry").filter(|one| one.get("NetworkAclId").is_some_and(|id| is(graph, id, acl))).collect();
        let mut entries: Vec<Entry> = written.iter().filter_map(|item| entry(item)).collect();
        if entries.len() < written.len() {
            continue;
        }
        entries.sort_by_key(|entry| entry.number);
        for (egress, way, whose) in [(false, "in", "answers to what its subnets ask others"), (true, "out", "answers to those who ask its subnets")] {
            let of_way: Vec<&Entry> = entries.iter().filter(|entry| entry.egress == egress).collect();
            if !of_way.iter().any(|entry| entry.allows) {
                found.at(acl, "", format!("no entry of this ACL lets anything {way}, so its subnets are cut off; add one"));
            } else if !answers(&of_way) {
                let names: Vec<&str> = of_way.iter().map(|entry| entry.item).collect();
                let message = format!("the entries ({}) do not let {whose} {way}: allow TCP ports 1024 to 65535", names.join(", "));
                found.at(acl, "", message);
            }
        }
    }
}

/// Whether the ports of answers are let through for somebody before they are refused for everybody.
fn answers(entries: &[&Entry]) -> bool {
    for entry in entries {
        let whole = entry.from <= EPHEMERAL.0 && entry.to >= EPHEMERAL.1;
        let part = entry.from <= EPHEMERAL.1 && entry.to >= EPHEMERAL.0;
        if entry.allows && part {
            return true;
        }
        if !entry.allows && whole && entry.everywhere {
            return false;
        }
    }
    false
}

fn entry<'a>(item: &'a Item) -> Option<Entry<'a>> {
    let protocol = item.int("Protocol")?;
    let (from, to) = match protocol {
        -1 => (0, 65_535),
        6 | 17 => (item.int("PortRange/From").unwrap_or(0), item.int("PortRange/To").unwrap_or(65_535)),
        // ICMP and the like carry no answers.
        _ => (-1, -1),
    };
    let block = item.get("CidrBlock").or_else(|| item.get("Ipv6CidrBlock")).and_then(Node::as_str);
    Some(Entry {
        number: item.int("RuleNumber")?,
        allows: item.text("RuleAction")?.eq_ignore_ascii_case("allow"),
        egress: if item.has("Egress") { item.flag("Egress")? } else { false },
        from,
        to,
        everywhere: matches!(block, Some("0.0.0.0/0" | "::/0")),
        item: &item.id,
    })
}
