//! Templates as typed values: their order on paper, what they take in, and what they refuse.

use cfn::syntax;
use cfn::template::TemplateError;
use cfn::{Map, Node, Output, Parameter, Policy, Resource, Template, yaml};
use indexmap::IndexMap;
use proptest::prelude::*;

use crate::arbitrary::{map, node, text};

fn from(text: &str) -> Result<Template, TemplateError> {
    Template::from_node(&syntax::parse(text).unwrap().root)
}

#[test]
fn a_template_reads_in_the_usual_order_and_says_nothing_empty() {
    let mut template = Template { description: Some("A queue".into()), ..Template::default() };
    let queue = Resource {
        resource_type: "AWS::SQS::Queue".into(),
        metadata: Map::from([("scalectl".into(), Node::map([("why", "Work waits here.")]))]),
        properties: Map::from([("VisibilityTimeout".into(), 30.into())]),
        condition: Some("IsProd".into()),
        ..Resource::default()
    };
    template.outputs.insert(
        "Url".into(),
        Output { export: Some(Node::map([("Fn::Sub", "${AWS::StackName}-Url")])), ..Output::new(Node::map([("Ref", "Queue")])) },
    );
    template.resources.insert("Queue".into(), queue.retain().after("Other"));
    template.resources.insert("Other".into(), Resource { resource_type: "AWS::SNS::Topic".into(), ..Resource::default() });
    template.conditions.insert("IsProd".into(), Node::map([("Fn::Equals", Node::list([Node::map([("Ref", "Env")]), "prod".into()]))]));
    template
        .parameters
        .insert("Env".into(), Parameter { default: Some("dev".into()), no_echo: true, max_length: Some(9), ..Parameter::new("String") });
    template.rest.insert("Transform".into(), "Macro".into());
    let expected = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: Macro
Description: A queue
Parameters:
  Env:
    Type: String
    Default: dev
    NoEcho: true
    MaxLength: 9
Conditions:
  IsProd: !Equals
    - !Ref Env
    - prod
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Metadata:
      scalectl:
        why: Work waits here.
    DependsOn: Other
    Condition: IsProd
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      VisibilityTimeout: 30
  Other:
    Type: AWS::SNS::Topic
Outputs:
  Url:
    Value: !Ref Queue
    Export:
      Name: !Sub ${AWS::StackName}-Url
";
    assert_eq!(template.to_yaml(), expected);
    assert_eq!(template.to_yaml_with_header(&["Generated."]), format!("# Generated.\n{expected}"));
    assert_eq!(from(expected).unwrap(), template);
    assert_eq!(from(&template.to_json()).unwrap(), template);
    assert_eq!(from(&template.to_json_minified()).unwrap(), template);
}

#[test]
fn what_no_field_can_hold_is_kept() {
    let text = "Resources: {Q: {Type: T, DeletionPolicy: !If [A, Retain, Delete], UpdateReplacePolicy: Keep, Version: 1, DependsOn: {Ref: X}, Properties: null}}\n\
                Outputs: {O: {Value: 1, Export: {Name: a, More: b}, Description: [x]}}\nParameters: {P: {Type: String, MinLength: '2', MaxLength: many, Extra: 1}}\n";
    let template = from(text).unwrap();
    let queue = &template.resources["Q"];
    assert_eq!(queue.rest.keys().collect::<Vec<_>>(), ["DeletionPolicy", "UpdateReplacePolicy", "Version", "DependsOn", "Properties"]);
    assert_eq!((queue.deletion_policy, template.parameters["P"].min_length), (None, Some(2)));
    assert_eq!(template.outputs["O"].rest.len(), 2);
    assert_eq!(from(&template.to_yaml()).unwrap(), template);
    assert_eq!(template.to_node().get("Resources"), syntax::parse(text).unwrap().root.get("Resources"));
}

#[test]
fn what_is_no_template_is_refused_with_a_path() {
    for (text, message, path) in [
        ("[]", "the template must be a map of sections, not a list", vec![]),
        ("Resources: []", "Resources must be a map, not a list", vec!["Resources"]),
        ("Outputs:", "Outputs must be a map, not null", vec!["Outputs"]),
        ("Description: {a: b}", "Description must be text, not a map", vec!["Description"]),
        ("Resources: {A: x}", "Resources.A must be a map with a Type, not text", vec!["Resources", "A"]),
        ("Resources: {A: {}}", "Resources.A has no Type", vec!["Resources", "A"]),
        ("Resources: {A: {Type: 5}}", "Resources.A.Type must be text, not a number", vec!["Resources", "A", "Type"]),
        ("Parameters: {A: {Default: 5}}", "Parameters.A has no Type", vec!["Parameters", "A"]),
        ("Outputs: {A: {Description: x}}", "Outputs.A has no Value", vec!["Outputs", "A"]),
        (
            "AWSTemplateFormatVersion: 2011",
            "AWSTemplateFormatVersion must be '2010-09-09', the only version there is",
            vec!["AWSTemplateFormatVersion"],
        ),
    ] {
        let error = from(text).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.path()), (message, path), "{text}");
    }
    let document = yaml::parse("Resources:\n  A:\n    Type: 5\n").unwrap();
    let error = Template::from_node(&document.root).unwrap_err();
    assert_eq!(document.place(&error.path()).map(|place| (place.line, place.column)), Some((3, 5)));
}

fn word() -> impl Strategy<Value = String> {
    "[A-Z][A-Za-z0-9]{0,9}"
}

fn resource() -> impl Strategy<Value = Resource> {
    let policy = || {
        proptest::option::of(proptest::sample::select(
            &[Policy::Delete, Policy::Retain, Policy::Snapshot, Policy::RetainExceptOnCreate] as &[_]
        ))
    };
    let maps = (map(node()), map(node()), proptest::option::of(node()), proptest::option::of(node()));
    (text(), maps, proptest::collection::vec(word(), 0..3), proptest::option::of(word()), policy(), policy()).prop_map(
        |(
            resource_type,
            (properties, metadata, creation_policy, update_policy),
            depends_on,
            condition,
            deletion_policy,
            update_replace_policy,
        )| Resource {
            resource_type,
            properties,
            metadata,
            depends_on,
            condition,
            deletion_policy,
            update_replace_policy,
            creation_policy,
            update_policy,
            rest: Map::new(),
        },
    )
}

fn entries<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = IndexMap<String, T>> {
    proptest::collection::vec((word(), value), 0..3).prop_map(|entries| entries.into_iter().collect())
}

fn parameter() -> impl Strategy<Value = Parameter> {
    let texts = (text(), proptest::option::of(text()), proptest::option::of(text()));
    (texts, proptest::option::of(node()), any::<bool>(), proptest::collection::vec(node(), 0..3), proptest::option::of(any::<i64>()))
        .prop_map(|((parameter_type, description, allowed_pattern), default, no_echo, allowed_values, max_length)| Parameter {
            description,
            allowed_pattern,
            min_value: default.clone(),
            default,
            no_echo,
            allowed_values,
            max_length,
            ..Parameter::new(parameter_type)
        })
}

fn output() -> impl Strategy<Value = Output> {
    (node(), proptest::option::of(text()), proptest::option::of(node()), proptest::option::of(word()))
        .prop_map(|(value, description, export, condition)| Output { value, description, export, condition, rest: Map::new() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_template_reads_back_as_it_was(
        description in proptest::option::of(text()), sections in (map(node()), map(node()), map(node())),
        parameters in entries(parameter()), resources in entries(resource()), outputs in entries(output()),
    ) {
        let (metadata, mappings, conditions) = sections;
        let template = Template { description, metadata, mappings, conditions, parameters, resources, outputs, ..Template::default() };
        for text in [template.to_yaml(), template.to_json(), template.to_json_minified()] {
            let read = from(&text);
            prop_assert_eq!(read.as_ref(), Ok(&template), "{}", text);
        }
    }
}
