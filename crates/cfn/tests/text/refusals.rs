//! What the readers refuse, where, and in which words.

use std::time::{Duration, Instant};

use cfn::syntax::{self, Limits, SyntaxError};
use cfn::{json, yaml};

fn refused(text: &str) -> String {
    yaml::parse(text)
        .map(|document| panic!("{text:?} was read as {:?}", document.root))
        .unwrap_or_else(|error: SyntaxError| error.to_string())
}

#[test]
fn yaml_that_cloudformation_would_not_take_is_refused_with_its_place() {
    for (text, message) in [
        ("", "1:1: the file is empty"),
        (" \n\n", "1:1: the file is empty"),
        ("\u{feff}", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("---\n", "1:1: the file is empty"),
        ("a: 1\nb: 2\na: 3\n", "3:1: the key \"a\" stands here a second time; the first is on line 1"),
        ("a:\n  {b: 1, b: 2}\n", "2:10: the key \"b\" stands here a second time; the first is on line 2"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "3:3: CloudFormation has no hash merges (<<); write the keys out"),
        ("[a]: 1\n", "1:1: a key must be a plain text, not a list, a map or an alias"),
        ("? {a: b}\n: 1\n", "1:3: a key must be a plain text, not a list, a map or an alias"),
        ("a: &x b\n*x : 1\n", "2:1: a key must be a plain text, not a list, a map or an alias"),
        ("~: 1\n", "1:1: a key must be a text; this one is empty or null"),
        ("!Ref a: 1\n", "1:6: a key must be a plain text, without a tag"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here; a template is a single document"),
        ("a: !!binary aGk=\n", "1:4: CloudFormation knows no tag !!binary"),
        ("a: !lower x\n", "1:4: CloudFormation knows no tag !lower"),
        ("a: !!int x\n", "1:4: \"x\" is not what the tag !!int promises"),
        ("a: !!map [x]\n", "1:4: a collection cannot carry the tag !!map"),
        ("a: &x [*x]\n", "1:8: this alias refers to a value that it is part of"),
    ] {
        assert_eq!(refused(text), message, "{text:?}");
    }
}

#[test]
fn broken_yaml_is_refused_on_the_line_that_is_broken() {
    for (text, line) in [
        ("a:\n\tb: 1\n", 2),
        ("a: 1\nb: [1, 2\n", 2),
        ("a: *nowhere\n", 1),
        ("a: 'open\n", 1),
        ("a: b: c\n", 1),
        ("a:\n  b: 1\n c: 2\n", 3),
    ] {
        let error = yaml::parse(text).unwrap_err();
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(!error.message.is_empty());
    }
    assert!(refused("a:\n\tb: 1\n").contains("tab"), "{}", refused("a:\n\tb: 1\n"));
}

#[test]
fn broken_json_is_refused_with_its_place() {
    for (text, message) in [
        ("", "1:1: the file is empty"),
        ("{\"a\": 1,\n \"a\": 2}", "2:2: the key \"a\" stands here a second time; the first is on line 1"),
        ("{\"a\": 1,}", "1:9: expected a key in double quotes, found '}'"),
        ("[1 2]", "1:4: expected `,` or `]`, found '2'"),
        ("{\"a\" 1}", "1:6: expected `:`, found '1'"),
        ("{\"a\":", "1:6: expected a value, found the end of the file"),
        ("[010]", "1:3: a number has no leading zero; put quotes around it to keep it"),
        ("[1.]", "1:4: expected a digit, found ']'"),
        ("\"a\nb\"", "1:3: '\\n' must be escaped in a string"),
        ("\"\\ud800x\"", "1:2: half of a surrogate pair; both halves belong together"),
        ("\"\\x\"", "1:2: no such escape in JSON; a backslash is written \\\\"),
        ("\"\\u12\"", "1:2: \\u must be followed by four hexadecimal digits"),
        ("\"a", "1:3: the string has no end"),
        ("{} {}", "1:4: '{' after the end of the value"),
        ("nul", "1:1: expected a value, found 'n'"),
    ] {
        assert_eq!(json::parse(text).unwrap_err().to_string(), message, "{text:?}");
    }
    assert_eq!(syntax::parse("{\"a\": 1,\n \"a\": 2}").unwrap_err().line, 2);
}

#[test]
fn depth_is_bounded_in_every_notation() {
    let limits = Limits::default();
    let flow = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let block = |depth: usize| (0..depth).map(|level| format!("{}k:\n", " ".repeat(level))).collect::<String>();
    assert!(yaml::parse(&flow(100)).is_ok() && json::parse(&flow(100)).is_ok() && yaml::parse(&block(100)).is_ok());
    for text in [flow(102), flow(50_000), block(102), block(1_000), "- ".repeat(50_000), "!Not [".repeat(5_000)] {
        let error = yaml::parse_with(&text, Limits { max_bytes: 10_000_000, ..limits }).unwrap_err();
        assert!(error.message.contains("100 levels") || error.message.contains("limit"), "{error}");
    }
    assert_eq!(json::parse(&flow(200_000)).unwrap_err().to_string(), "1:102: nested more than 100 levels deep");
    let chain: String = (1..60).map(|i| format!("a{i}: &a{i} [[[*a{}]]]\n", i - 1)).collect();
    assert!(refused(&format!("a0: &a0 [x]\n{chain}")).contains("100 levels"));
}

#[test]
fn a_bomb_of_aliases_is_refused_at_once() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(400_000), vec!["*a"; 100_000].join(", "));
    let nested = format!("{}{}", "&x [".repeat(99), "]".repeat(99)) + &"\n#".repeat(400_000);
    for text in [bomb, long] {
        let begun = Instant::now();
        assert!(refused(&text).ends_with("the aliases expand to more than 1000000 bytes"));
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
    assert!(yaml::parse(&nested).is_ok());
}

#[test]
fn a_file_over_the_limit_is_refused_unread() {
    let text = format!("a: {}", "x".repeat(1_000_000));
    assert_eq!(refused(&text), "1:1: the file has 1000003 bytes; at most 1000000 are read");
    assert!(json::parse(&text).is_err());
    assert!(yaml::parse_with(&text, Limits { max_bytes: 2_000_000, ..Limits::default() }).is_ok());
}
