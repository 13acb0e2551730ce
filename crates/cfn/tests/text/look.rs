//! How the written YAML and JSON look to a reader of templates.

use cfn::{Node, json, yaml};

fn sample() -> Node {
    let reference = |name: &str| Node::map([("Ref", name)]);
    Node::map([
        ("Version", Node::from("2010-09-09")),
        ("Flag", true.into()),
        ("Count", 3.into()),
        ("Ratio", 0.5.into()),
        ("Word", "yes".into()),
        ("Type", "AWS::SQS::Queue".into()),
        ("Quote", "it's: so".into()),
        ("Resolve", "{{resolve:ssm:/a}}".into()),
        ("Arn", Node::map([("Fn::GetAtt", Node::list(["Queue", "Arn"]))])),
        ("Url", Node::map([("Fn::Sub", "https://${Host}/")])),
        ("Join", Node::map([("Fn::Join", Node::List(vec!["".into(), Node::List(vec!["a".into(), reference("B")])]))])),
        ("Zone", Node::map([("Fn::Select", Node::List(vec![0.into(), Node::map([("Fn::GetAZs", "")])]))])),
        ("UserData", Node::map([("Fn::Base64", Node::map([("Fn::Sub", "#!/bin/bash\n# start\n\necho ${X}\n")]))])),
        ("Import", Node::map([("Fn::ImportValue", Node::map([("Fn::Sub", "${S}-Vpc")]))])),
        ("Number", Node::map([("Fn::Base64", Node::Int(5))])),
        ("Tags", Node::List(vec![Node::map([("Key", "Name"), ("Value", "x")]), Node::map([("Key", "Env"), ("Value", "prod")])])),
        ("Scripts", Node::list(["a\nb", "c\nd\n\n", "e \nf"])),
        ("Empty", Node::List(vec![Node::List(vec![]), Node::map::<&str, Node>([])])),
        ("Null", Node::Null),
    ])
}

#[test]
fn yaml_reads_like_a_template_that_a_person_wrote() {
    let expected = "\
# Written by a program.
#
# Second paragraph.
Version: '2010-09-09'
Flag: true
Count: 3
Ratio: 0.5
Word: 'yes'
Type: AWS::SQS::Queue
Quote: 'it''s: so'
Resolve: '{{resolve:ssm:/a}}'
Arn: !GetAtt Queue.Arn
Url: !Sub https://${Host}/
Join: !Join
  - ''
  - - a
    - !Ref B
Zone: !Select
  - 0
  - !GetAZs ''
UserData:
  Fn::Base64: !Sub |
    #!/bin/bash
    # start

    echo ${X}
Import:
  Fn::ImportValue: !Sub ${S}-Vpc
Number:
  Fn::Base64: 5
Tags:
  - Key: Name
    Value: x
  - Key: Env
    Value: prod
Scripts:
  - |-
    a
    b
  - |+
    c
    d

  - \"e \\nf\"
Empty:
  - []
  - {}
'Null': null
";
    assert_eq!(yaml::write_with_header(&["Written by a program.\n\nSecond paragraph."], &sample()), expected);
    assert_eq!(yaml::parse(expected).unwrap().root, sample());
}

#[test]
fn json_has_two_blanks_a_level_or_none() {
    let node =
        Node::map([("A", Node::List(vec![1.into(), Node::map([("B", "ü\u{202e}\n")])])), ("C", Node::List(vec![])), ("D", 1e21.into())]);
    let expected = "{\n  \"A\": [\n    1,\n    {\n      \"B\": \"ü\\u202e\\n\"\n    }\n  ],\n  \"C\": [],\n  \"D\": 1.0e+21\n}\n";
    assert_eq!(json::write(&node), expected);
    assert_eq!(json::minified(&node), "{\"A\":[1,{\"B\":\"ü\\u202e\\n\"}],\"C\":[],\"D\":1.0e+21}");
}

#[test]
fn a_header_cannot_break_out_of_its_comment() {
    let written = yaml::write_with_header(&["a\rInjected: true\u{2028}More: true"], &Node::map([("K", "v")]));
    assert_eq!(written, "# a Injected: true More: true\nK: v\n");
}

#[test]
fn a_root_of_any_kind_is_a_document() {
    let script = Node::from("a\nb\n");
    assert_eq!(yaml::write(&script), "|\n  a\n  b\n");
    assert_eq!(yaml::write(&Node::map([("Ref", "X")])), "Ref: X\n");
    assert_eq!(yaml::write(&Node::List(vec![])), "[]\n");
    assert_eq!(yaml::write(&Node::Null), "null\n");
}
