//! What the readers make of words, tags, anchors and the forms of one thing, and where they say it stands.

use cfn::syntax::{self, Place, normalise};
use cfn::{Node, json, yaml};

fn read(text: &str) -> Node {
    yaml::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")).root
}

#[test]
fn words_are_what_yaml_1_1_and_cfn_lint_take_them_for() {
    for (word, node) in [("yes", true), ("On", true), ("TRUE", true), ("true", true), ("no", false), ("OFF", false), ("False", false)] {
        assert_eq!(read(&format!("k: {word}")), Node::map([("k", node)]), "{word}");
    }
    for word in ["", "~", "null", "NULL"] {
        assert_eq!(read(&format!("k: {word}")), Node::map([("k", Node::Null)]), "{word}");
    }
    for (word, node) in [("0", 0), ("-7", -7), ("9223372036854775807", i64::MAX), ("-9223372036854775808", i64::MIN)] {
        assert_eq!(read(&format!("k: {word}")), Node::map([("k", node)]), "{word}");
    }
    for (word, node) in [("0.5", 0.5), ("-1.25", -1.25), ("1.0e+3", 1000.0), ("2.5E-1", 0.25)] {
        assert_eq!(read(&format!("k: {word}")), Node::map([("k", node)]), "{word}");
    }
}

#[test]
fn what_a_number_would_lose_stays_text() {
    let words = [
        "2012-10-17",
        "010",
        "012345678901",
        "1_000",
        "12:30:45",
        "0x1F",
        "0o7",
        "1e3",
        "1.0e3",
        "+1",
        ".5",
        "5.",
        "-0",
        ".inf",
        ".nan",
        "9223372036854775808",
        "y",
        "n",
        "t3.micro",
    ];
    for word in words {
        assert_eq!(read(&format!("k: {word}")), Node::map([("k", word)]), "{word}");
    }
    assert_eq!(read("k: 'yes'"), Node::map([("k", "yes")]));
    assert_eq!(read("on: 1\nyes: 2"), Node::map([("on", 1), ("yes", 2)]));
    assert_eq!(
        json::parse("[9223372036854775808, -1, 1.5, 1e2]").unwrap().root,
        Node::List(vec!["9223372036854775808".into(), (-1).into(), 1.5.into(), 100.0.into()])
    );
}

#[test]
fn short_tags_become_long_functions() {
    let cases = [
        ("!Ref Vpc", "{Ref: Vpc}"),
        ("!Ref 123", "{Ref: '123'}"),
        ("!Condition IsProd", "{Condition: IsProd}"),
        ("!GetAtt Nested.Outputs.Url", "{'Fn::GetAtt': [Nested, Outputs.Url]}"),
        ("!GetAtt [A, B.C]", "{'Fn::GetAtt': [A, B.C]}"),
        ("!GetAtt [A, !Ref B]", "{'Fn::GetAtt': [A, {Ref: B}]}"),
        ("!GetAZs", "{'Fn::GetAZs': ''}"),
        ("!Join ['', [a, !Ref B]]", "{'Fn::Join': ['', [a, {Ref: B}]]}"),
        ("!If [C, !Ref A, !Ref 'AWS::NoValue']", "{'Fn::If': [C, {Ref: A}, {Ref: 'AWS::NoValue'}]}"),
        (
            "!Transform {Name: 'AWS::Include', Parameters: {Location: x}}",
            "{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: x}}}",
        ),
        ("!Sub\n    - ${A}\n    - A: !GetAtt B.C", "{'Fn::Sub': ['${A}', {A: {'Fn::GetAtt': [B, C]}}]}"),
        ("!Sub |\n    a ${B}\n    c", "{'Fn::Sub': \"a ${B}\\nc\"}"),
        ("!!str 5", "'5'"),
        ("! 5", "'5'"),
    ];
    for (short, long) in cases {
        assert_eq!(read(&format!("k: {short}")), read(&format!("k: {long}")), "{short}");
    }
}

#[test]
fn aliases_are_expanded() {
    let text = "base: &tags\n  - Key: a\n    Value: &v !Ref V\nother: *tags\nlast: *v\n";
    let tags = Node::List(vec![Node::map([("Key", Node::from("a")), ("Value", Node::map([("Ref", "V")]))])]);
    assert_eq!(read(text), Node::map([("base", tags.clone()), ("other", tags), ("last", Node::map([("Ref", "V")]))]));
}

#[test]
fn a_document_knows_where_its_parts_stand() {
    let document =
        yaml::parse("\u{feff}# head\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      ü: [1, !GetAtt A.B]\n")
            .unwrap();
    let place = |path: &[&str]| document.place(path).map(|Place { line, column }| (line, column));
    assert_eq!(place(&[]), Some((2, 1)));
    assert_eq!(place(&["Resources", "Queue"]), Some((3, 3)));
    assert_eq!(place(&["Resources", "Queue", "Properties", "ü"]), Some((6, 7)));
    assert_eq!(place(&["Resources", "Queue", "Properties", "ü", "0"]), Some((6, 11)));
    assert_eq!(place(&["Resources", "Queue", "Properties", "ü", "1"]), Some((6, 14)));
    assert_eq!(place(&["Resources", "Queue", "Properties", "ü", "1", "Fn::GetAtt"]), Some((6, 14)));
    assert_eq!(place(&["Resources", "Topic"]), None);
    assert_eq!(document.nearest(&["Resources", "Queue", "Properties", "Missing", "Deep"]), Place { line: 5, column: 5 });
}

#[test]
fn json_knows_places_too() {
    let document = json::parse("{\n  \"Ü\": {\"B\": [true,\n    null]}\n}").unwrap();
    assert_eq!(document.place(&["Ü"]), Some(Place { line: 2, column: 3 }));
    assert_eq!(document.place(&["Ü", "B"]), Some(Place { line: 2, column: 9 }));
    assert_eq!(document.place(&["Ü", "B", "0"]), Some(Place { line: 2, column: 15 }));
    assert_eq!(document.place(&["Ü", "B", "1"]), Some(Place { line: 3, column: 5 }));
}

#[test]
fn a_document_is_read_as_what_it_is() {
    assert_eq!(syntax::parse(" {\"a\": \"\\ud83d\\ude00\\/\"}").unwrap().root, Node::map([("a", "😀/")]));
    assert_eq!(syntax::parse("{a: !Ref B}").unwrap().root, Node::map([("a", Node::map([("Ref", "B")]))]));
    assert_eq!(syntax::parse("a: 1").unwrap().root, Node::map([("a", 1)]));
    assert_eq!(syntax::parse("---\na: 1\n...\n").unwrap().root, Node::map([("a", 1)]));
    assert_eq!(syntax::parse("a: 1\r\nb:\r\n  - c\r\n").unwrap().root, read("a: 1\nb:\n  - c\n"));
}

#[test]
fn forms_of_one_thing_have_one_normal_form() {
    for (one, other) in [
        ("Fn::GetAtt: A.B", "Fn::GetAtt: [A, B]"),
        ("Fn::GetAtt: A.Outputs.C", "Fn::GetAtt: [A, Outputs.C]"),
        ("Fn::GetAtt: [A, Outputs, C]", "Fn::GetAtt: [A, Outputs.C]"),
        ("Fn::Sub: [a]", "Fn::Sub: a"),
        ("Fn::Sub: [a, {}]", "Fn::Sub: a"),
        ("k: [{Fn::Sub: [a, {b: {Fn::GetAtt: A.B}}]}]", "k: [!Sub [a, {b: !GetAtt A.B}]]"),
    ] {
        assert_eq!(normalise(&read(one)), normalise(&read(other)), "{one}");
    }
    assert_ne!(normalise(&read("Fn::Sub: [a, {b: c}]")), normalise(&read("Fn::Sub: a")));
}
