//! Resources that wait for one another in a ring.

use std::collections::HashMap;

use cfn::Node;

use crate::check::simplify::ONE_OF;
use crate::check::{Found, Graph, Item, Rule, Severity};

/// See its fields.
///
/// A reference inside a choice that stays open may never be made, so it is no link of a ring.
pub const RULE: Rule = Rule {
    id: "circular-dependency",
    severity: Severity::Error,
    what: "no resource waits for itself, by references and DependsOn over any number of steps",
    why: "CloudFormation finds no resource to begin with and refuses the template: Circular dependency between resources.",
    link: "https://repost.aws/knowledge-center/cloudformation-circular-dependency",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    let place: HashMap<(usize, &str), usize> =
        graph.items.iter().enumerate().map(|(at, item)| ((item.file, item.id.as_str()), at)).collect();
    let links: Vec<Vec<usize>> = graph
        .items
        .iter()
        .map(|item| {
            let mut to = Vec::new();
            let properties = item.properties.as_map().into_iter().flat_map(|map| map.values());
            properties.for_each(|value| follow(graph, value, &mut to));
            let by_name = item.raw.depends_on.iter().filter_map(|id| place.get(&(item.file, id.as_str())).copied());
            let by_value = to.into_iter().filter(|one| one.file == item.file).filter_map(|one| place.get(&(one.file, one.id.as_str())).copied());
            let mut links: Vec<usize> = by_name.chain(by_value).collect();
            links.sort_unstable();
            links.dedup();
            links
        })
        .collect();
    for ring in rings(&links) {
        let items: Vec<&Item> = ring.iter().filter_map(|at| graph.items.get(*at)).collect();
        let Some(first) = items.first() else { continue };
        let mut names: Vec<&str> = items.iter().take(8).map(|item| item.id.as_str()).collect();
        names.push(if items.len() > 8 { "…" } else { first.id.as_str() });
        let message = format!(
            "{} wait for one another: take one reference out, as a resource of its own (a separate security-group rule or policy)",
            names.join(" → ")
        );
        found.at(first, "", message);
    }
}

/// The resources that a value surely refers to.
fn follow<'g, 'a>(graph: &'g Graph<'a>, node: &Node, to: &mut Vec<&'g Item<'a>>) {
    match node.intrinsic() {
        Some((ONE_OF, _)) => {}
        Some(("Ref" | "Fn::GetAtt" | "Fn::Sub", _)) => to.extend(graph.mentioned(node)),
        _ => match node {
            Node::List(items) => items.iter().for_each(|item| follow(graph, item, to)),
            Node::Map(map) => map.values().for_each(|value| follow(graph, value, to)),
            _ => {}
        },
    }
}

/// One ring for every knot: what has no link left is taken away until only knots are left; then each is walked until it closes.
fn rings(links: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut back = vec![Vec::new(); links.len()];
    let mut open: Vec<usize> = links.iter().map(Vec::len).collect();
    for (from, to) in links.iter().enumerate() {
        to.iter().for_each(|to| back[*to].push(from));
    }
    let mut left = vec![true; links.len()];
    let mut ready: Vec<usize> = (0..links.len()).filter(|at| open[*at] == 0).collect();
    let mut found = Vec::new();
    let mut next = 0;
    loop {
        while let Some(at) = ready.pop() {
            if std::mem::replace(&mut left[at], false) {
                for from in &back[at] {
                    open[*from] = open[*from].saturating_sub(1);
                    if open[*from] == 0 {
                        ready.push(*from);
                    }
                }
            }
        }
        while next < left.len() && !left[next] {
            next += 1;
        }
        if next == left.len() {
            return found;
        }
        // Whatever is left leads to something that is left, so the walk must come back.
        let mut way = vec![next];
        let mut step = HashMap::from([(next, 0)]);
        while let Some(to) = way.last().and_then(|at| links[*at].iter().find(|to| left[**to])).copied() {
            if let Some(start) = step.get(&to) {
                way.drain(..*start);
                break;
            }
            step.insert(to, way.len());
            way.push(to);
        }
        if let Some(least) = way.iter().enumerate().min_by_key(|(_, at)| **at).map(|(index, _)| index) {
            way.rotate_left(least);
        }
        ready.extend(&way);
        found.push(way);
    }
}
