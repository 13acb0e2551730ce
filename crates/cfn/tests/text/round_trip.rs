//! What is written reads back as it was.

use cfn::{Node, json, syntax, yaml};
use proptest::prelude::*;

use crate::arbitrary::{EDGES, map, node, text};

/// Equal, save for the last digit of a fraction, which serde_json does not read exactly.
fn alike(theirs: &serde_json::Value, ours: &Node) -> bool {
    match (theirs, ours) {
        (serde_json::Value::Null, Node::Null) => true,
        (serde_json::Value::Bool(a), Node::Bool(b)) => a == b,
        (serde_json::Value::Number(a), Node::Int(b)) => a.as_i64() == Some(*b),
        (serde_json::Value::Number(a), Node::Float(b)) => {
            a.as_f64().is_some_and(|a| (a / b - 1.0).abs() < 1e-14 || a.total_cmp(b).is_eq() || b.abs() < 1e-300)
        }
        (serde_json::Value::String(a), Node::Str(b)) => a == b,
        (serde_json::Value::Array(a), Node::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (serde_json::Value::Object(a), Node::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b)))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn yaml_reads_back_what_it_wrote(node in node()) {
        let written = yaml::write(&node);
        let read = yaml::parse(&written).map_err(|error| TestCaseError::fail(format!("{error}\n{written}")))?;
        prop_assert_eq!(&read.root, &node, "{}", written);
        prop_assert_eq!(yaml::write(&read.root), written);
    }

    #[test]
    fn json_reads_back_what_it_wrote(node in node()) {
        for written in [json::write(&node), json::minified(&node)] {
            prop_assert_eq!(&json::parse(&written).unwrap().root, &node, "{}", written);
            let theirs: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert!(alike(&theirs, &node), "{}", written);
        }
    }

    #[test]
    fn yaml_and_json_of_a_node_agree(node in map(node()).prop_map(Node::Map)) {
        prop_assert_eq!(syntax::parse(&yaml::write(&node)).unwrap().root, syntax::parse(&json::write(&node)).unwrap().root);
    }

    #[test]
    fn another_yaml_reader_finds_the_same_texts(texts in proptest::collection::vec(text(), 1..6)) {
        let written = yaml::write(&Node::list(texts.clone()));
        prop_assert_eq!(serde_saphyr::from_str::<Vec<String>>(&written).unwrap(), texts, "{}", written);
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,60}|[-:!&*?|>'\"{}\\[\\],#%@ \t\nab<~.0]{0,60}") {
        let _ = (yaml::parse(&text), json::parse(&text), syntax::parse(&text));
    }

    #[test]
    fn every_json_is_also_read_as_yaml(node in map(node()).prop_map(Node::Map)) {
        // YAML looks for the colon of a key at most 1024 characters ahead.
        prop_assume!(!json::minified(&node).split('"').any(|part| part.len() > 1000));
        prop_assert_eq!(yaml::parse(&json::write(&node)).unwrap().root, node);
    }
}

#[test]
fn each_troublesome_text_survives_as_value_key_item_and_argument() {
    for edge in EDGES.iter().copied() {
        let node = Node::map([
            ("value", Node::from(edge)),
            ("items", Node::list([edge, edge])),
            ("argument", Node::map([("Fn::Sub", edge)])),
            ("nested", Node::list([Node::map([(edge, edge)])])),
        ]);
        let written = yaml::write(&node);
        assert_eq!(yaml::parse(&written).unwrap().root, node, "{edge:?}\n{written}");
        assert_eq!(json::parse(&json::write(&node)).unwrap().root, node, "{edge:?}");
        let texts = yaml::write(&Node::map([("k", Node::list([edge, "end"]))]));
        let theirs: std::collections::BTreeMap<String, Vec<String>> = serde_saphyr::from_str(&texts).unwrap();
        assert_eq!(theirs["k"], [edge, "end"], "{texts}");
        // Untyped, an unquoted word would show as number or boolean.
        let theirs: std::collections::BTreeMap<String, Vec<serde_json::Value>> = serde_saphyr::from_str(&texts).unwrap();
        assert_eq!(theirs["k"], [edge, "end"], "{texts}");
    }
}

#[test]
fn a_key_of_any_length_is_read_back() {
    for length in [998, 1000, 1001, 1024, 5000] {
        let node = Node::list([Node::map([("k".repeat(length), Node::list(["a", "b"])), ("k".repeat(length + 1), Node::from("x\ny\n"))])]);
        assert_eq!(yaml::parse(&yaml::write(&node)).unwrap().root, node, "{length}");
    }
}

#[test]
fn numbers_that_no_template_holds_are_written_as_text() {
    let node = Node::list([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    let text = Node::list(["NaN", "inf", "-inf"]);
    assert_eq!(yaml::parse(&yaml::write(&node)).unwrap().root, text);
    assert_eq!(json::parse(&json::write(&node)).unwrap().root, text);
}
