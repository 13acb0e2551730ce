//! A reference to something that the template does not have.

use cfn::{Map, Node, Template};

use crate::check::simplify::variables;
use crate::check::{Found, Graph, Rule, Severity};

/// See its fields.
pub const RULE: Rule = Rule {
    id: "reference-dangling",
    severity: Severity::Error,
    what: "Ref, Fn::GetAtt, Fn::Sub and DependsOn name a resource or parameter of their own template",
    why: "CloudFormation refuses the template before it makes anything.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-ref.html",
    run,
};

fn run(graph: &Graph, found: &mut Found) {
    for (index, file) in graph.set.files.iter().enumerate() {
        let template = &file.template;
        // A macro, a module or a nested stack's loop makes names that are not written here.
        if made_elsewhere(template) {
            continue;
        }
        for item in graph.items.iter().filter(|item| item.file == index) {
            let mut missing = Vec::new();
            for value in item.raw.properties.values() {
                dangling(template, value, &Map::new(), &mut missing);
            }
            missing.sort();
            missing.dedup();
            for name in missing {
                found.at(item, "", format!("{name} is neither a resource nor a parameter of this template{}", near(template, &name)));
            }
            for name in item.raw.depends_on.iter().filter(|name| !template.resources.contains_key(*name)) {
                found.beside(item, "DependsOn", format!("{name} is no resource of this template{}", near(template, name)));
            }
        }
        for (name, output) in &template.outputs {
            let mut missing = Vec::new();
            dangling(template, &output.value, &Map::new(), &mut missing);
            for other in missing {
                found.of_file(index, &format!("Outputs/{name}"), format!("{other} is neither a resource nor a parameter of this template"));
            }
        }
    }
}

fn made_elsewhere(template: &Template) -> bool {
    let written = template.rest.keys().any(|key| key == "Transform");
    let module = template.resources.values().any(|one| one.resource_type.ends_with("::MODULE"));
    written || module || !template.macros.is_empty()
}

fn known(template: &Template, name: &str) -> bool {
    name.starts_with("AWS::") || template.resources.contains_key(name) || template.parameters.contains_key(name)
}

fn dangling(template: &Template, node: &Node, own: &Map, missing: &mut Vec<String>) {
    let mut miss = |name: &str| {
        if !known(template, name) {
            missing.push(name.to_owned());
        }
    };
    match node.intrinsic() {
        Some(("Ref", Node::Str(name))) => miss(name),
        Some(("Fn::GetAtt", Node::List(parts))) => {
            if let Some(Node::Str(name)) = parts.first() {
                miss(name);
            }
        }
        Some(("Fn::Sub", Node::Str(text))) => substituted(template, text, own, missing),
        Some(("Fn::Sub", Node::List(parts))) => {
            if let [Node::Str(text), Node::Map(inner)] = parts.as_slice() {
                substituted(template, text, inner, missing);
                inner.values().for_each(|value| dangling(template, value, own, missing));
            }
        }
        _ => match node {
            Node::List(items) => items.iter().for_each(|item| dangling(template, item, own, missing)),
            Node::Map(map) => map.values().for_each(|value| dangling(template, value, own, missing)),
            _ => {}
        },
    }
}

fn substituted(template: &Template, text: &str, own: &Map, missing: &mut Vec<String>) {
    for name in variables(text).map(str::trim).filter(|name| !name.starts_with('!')) {
        let id = name.split_once('.').map_or(name, |(id, _)| id);
        if !own.contains_key(name) && !known(template, id) {
            missing.push(id.to_owned());
        }
    }
}

fn near(template: &Template, name: &str) -> String {
    let names = template.resources.keys().chain(template.parameters.keys());
    let best = names.map(|other| (strsim::damerau_levenshtein(other, name), other)).min();
    best.filter(|(distance, _)| *distance <= 3).map(|(_, other)| format!("; is {other} meant?")).unwrap_or_default()
}
