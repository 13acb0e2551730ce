//! Entries of `Resources` that CloudFormation makes when it deploys: loops over literals are written out, what cannot be written out stands for
//! what it makes.

use cfn::{Node, Policy, Resource, Template};

/// How deep loops may stand in one another; CloudFormation takes five.
const DEEPEST: usize = 6;

/// Most resources of a template that loops are written out to: twice what CloudFormation takes.
const MOST: usize = 1_000;

/// Puts what macros make, or what stands for it, among the resources.
pub fn write_out(template: &mut Template) {
    let Some(entries) = template.macros.shift_remove("Resources") else { return };
    for (key, node) in entries {
        let mut made = Vec::new();
        if key.starts_with("Fn::ForEach") && each(&node, &mut made, 0) && template.resources.len() + made.len() <= MOST {
            template.resources.extend(made);
        } else {
            template.resources.insert(key.clone(), standing(&key, &node));
        }
    }
}

/// The resources that a loop makes; whether all of them can be told.
fn each(node: &Node, made: &mut Vec<(String, Resource)>, depth: usize) -> bool {
    let Some([Node::Str(variable), Node::List(collection), Node::Map(body)]) = node.as_list() else { return false };
    if depth > DEEPEST {
        return false;
    }
    for item in collection {
        let Some(word) = item.as_str() else { return false };
        for (key, value) in body {
            let value = put(value, variable, word);
            let told = if key.starts_with("Fn::ForEach") {
                each(&value, made, depth + 1)
            } else {
                let id = named(key, variable, word);
                let resource = if id.contains(['$', '&']) { None } else { resource(&id, &value) };
                resource.is_some_and(|resource| {
                    made.push((id, resource));
                    true
                })
            };
            if !told || made.len() > MOST {
                return false;
            }
        }
    }
    true
}

/// A text with the loop's variable put in; `&{…}` drops what an ID may not have.
fn named(text: &str, variable: &str, word: &str) -> String {
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{variable}}}"), word).replace(&format!("&{{{variable}}}"), &plain)
}

fn put(node: &Node, variable: &str, word: &str) -> Node {
    match node {
        Node::Str(text) => Node::Str(named(text, variable, word)),
        Node::List(items) => Node::List(items.iter().map(|item| put(item, variable, word)).collect()),
        Node::Map(map) => match node.intrinsic() {
            Some(("Ref", Node::Str(name))) if name == variable => Node::from(word),
            // What has no variable left needs no substitution.
            Some(("Fn::Sub", Node::Str(text))) if text.contains('$') && !named(text, variable, word).contains("${") => {
                Node::Str(named(text, variable, word))
            }
            _ => Node::Map(map.iter().map(|(key, value)| (named(key, variable, word), put(value, variable, word))).collect()),
        },
        scalar => scalar.clone(),
    }
}

fn resource(id: &str, node: &Node) -> Option<Resource> {
    let template = Template::from_node(&Node::map([("Resources", Node::map([(id, node.clone())]))])).ok()?;
    template.resources.into_iter().next().map(|(_, resource)| resource)
}

/// What stands for a macro: of the type that a loop makes, or of a type that nobody knows.
fn standing(key: &str, node: &Node) -> Resource {
    let body = match node.as_list() {
        Some([_, _, Node::Map(body)]) => body.first().and_then(|(id, value)| resource(id, value)),
        _ => None,
    };
    let mut resource = body.unwrap_or_else(|| Resource { resource_type: UNKNOWN.to_owned(), ..Resource::default() });
    if let Some([variable, collection, _]) = node.as_list() {
        resource.properties.insert("Fn::ForEach".to_owned(), Node::List(vec![variable.clone(), collection.clone()]));
    } else {
        resource.properties.insert(key.to_owned(), node.clone());
    }
    // An item that goes meets the one policy, a body that changes the other: only what both say is sure.
    let both = (resource.deletion_policy == resource.update_replace_policy).then_some(resource.deletion_policy).flatten();
    resource.deletion_policy = Some(both.unwrap_or(Policy::Delete));
    resource.update_replace_policy = resource.deletion_policy;
    resource
}

/// The type of what a macro makes that is not known.
pub const UNKNOWN: &str = "Fn::Transform";

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Template {
        let root = cfn::syntax::normalise(&cfn::syntax::parse(text).unwrap().root);
        let mut template = Template::from_node(&root).unwrap();
        write_out(&mut template);
        template
    }

    #[test]
    fn a_loop_over_literals_is_what_it_makes() {
        let template = written(
            "Resources: {'Fn::ForEach::Tables': [Name, [orders, users], {'${Name}Table': {Type: 'AWS::DynamoDB::Table', DeletionPolicy: Retain, \
             Properties: {TableName: !Sub 'shop-${Name}', Tags: [{Key: a, Value: !Ref Name}]}}}]}",
        );
        assert_eq!(template.resources.keys().collect::<Vec<_>>(), ["ordersTable", "usersTable"]);
        let users = &template.resources["usersTable"];
        assert_eq!(users.properties["TableName"], Node::from("shop-users"));
        assert_eq!(users.properties["Tags"].as_list().unwrap()[0].get("Value"), Some(&Node::from("users")));
        assert_eq!(users.deletion_policy, Some(Policy::Retain));
    }

    #[test]
    fn loops_in_loops_are_written_out_too() {
        let template = written(
            "Resources: {'Fn::ForEach::A': [X, [a, b], {'Fn::ForEach::B': [Y, ['1', '2'], {'T${X}${Y}': {Type: 'AWS::SNS::Topic'}}]}]}",
        );
        assert_eq!(template.resources.keys().collect::<Vec<_>>(), ["Ta1", "Ta2", "Tb1", "Tb2"]);
    }

    #[test]
    fn what_cannot_be_written_out_stands_for_what_it_makes() {
        let template = written("Resources: {'Fn::ForEach::Tables': [Name, !Ref Names, {'${Name}Table': {Type: 'AWS::DynamoDB::Table'}}]}");
        let table = &template.resources["Fn::ForEach::Tables"];
        assert_eq!((table.resource_type.as_str(), table.deletion_policy), ("AWS::DynamoDB::Table", Some(Policy::Delete)));
        let template = written(
            "Resources: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: 's3://a/b'}}, T: {Type: 'AWS::SNS::Topic'}}",
        );
        assert_eq!(template.resources["Fn::Transform"].resource_type, UNKNOWN);
    }
}
