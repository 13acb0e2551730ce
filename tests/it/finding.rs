//! What a judge says, one JSON object a line, and the exceptions that are granted with a reason.

use serde::Deserialize;

use crate::tree::{matches, read};

const EXCEPTIONS: &str = "tests/oracles/exceptions.txt";
/// Every name that a finding's `tool` may have.
const TOOLS: [&str; 9] =
    ["parse", "cfn-lint", "cloudformation-validate", "parliament", "bash", "shellcheck", "python", "node", "user-data"];

#[derive(Debug, Deserialize)]
pub struct Finding {
    pub tool: String,
    pub rule: String,
    pub file: String,
    /// The logical id, then the path inside it.
    pub at: String,
    pub message: String,
}

/// A judge's answer: its findings, and how many things it looked at where it counts them.
#[derive(Debug, Default)]
pub struct Verdict {
    pub findings: Vec<Finding>,
    pub judged: usize,
}

pub fn verdict(lines: &str) -> Verdict {
    let all = lines.lines().map(|line| serde_json::from_str::<Finding>(line).unwrap_or_else(|why| panic!("{why}: {line}")));
    let (counts, findings): (Vec<_>, Vec<_>) = all.partition(|one| one.rule == "JUDGED");
    Verdict { findings, judged: counts.iter().map(|one| one.message.parse::<usize>().unwrap()).sum() }
}

struct Exception {
    line: usize,
    tool: String,
    rule: String,
    file: String,
    at: String,
}

impl Exception {
    fn covers(&self, found: &Finding) -> bool {
        self.tool == found.tool && self.rule == found.rule && matches(&self.file, &found.file) && matches(&self.at, &found.at)
    }
}

/// One exception a line: `tool | rule | file | where | reason | link`; `#` opens a comment.
fn exceptions(text: &str) -> Result<Vec<Exception>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let parsed = lines.map(|(index, line)| {
        let fields: Vec<String> = line.split(" | ").map(|field| field.trim().to_owned()).collect();
        match <[String; 6]>::try_from(fields) {
            Ok([tool, rule, file, at, reason, link])
                if TOOLS.contains(&tool.as_str()) && reason.len() > 20 && link.starts_with("https://") =>
            {
                Ok(Exception { line: index + 1, tool, rule, file, at })
            }
            _ => {
                Err(format!("{EXCEPTIONS}:{}: want `tool | rule | file | where | reason | https://…` with a known tool: {line}", index + 1))
            }
        }
    });
    parsed.collect()
}

/// Fails with every finding that no exception covers, and with every exception for these tools that covers nothing any more.
pub fn assert_clean(tools: &[&str], found: &[Finding]) {
    let granted: Vec<Exception> = exceptions(&read(EXCEPTIONS)).unwrap_or_else(|why| panic!("{why}"));
    let objections = objections(tools, found, &granted);
    assert!(objections.is_empty(), "{} objections:\n{}", objections.len(), objections.join("\n"));
}

/// Fails with every finding that no exception covers, in templates of unusual settings: an exception may find nothing to cover there.
pub fn assert_covered(found: &[Finding]) {
    let granted: Vec<Exception> = exceptions(&read(EXCEPTIONS)).unwrap_or_else(|why| panic!("{why}"));
    let objections = objections(&[], found, &granted);
    assert!(objections.is_empty(), "{} objections:\n{}", objections.len(), objections.join("\n"));
}

fn objections(tools: &[&str], found: &[Finding], granted: &[Exception]) -> Vec<String> {
    let open = found.iter().filter(|one| !granted.iter().any(|exception| exception.covers(one)));
    let said = open.map(|one| format!("{} {} {} {}: {}", one.tool, one.rule, one.file, one.at, one.message));
    let idle = granted.iter().filter(|one| tools.contains(&one.tool.as_str()) && !found.iter().any(|finding| one.covers(finding)));
    let stale = idle.map(|one| format!("{EXCEPTIONS}:{}: matches nothing any more; delete the line", one.line));
    said.chain(stale).collect()
}

#[test]
fn an_exception_covers_its_finding_only_and_may_not_outlive_it() {
    let granted =
        exceptions("cfn-lint | W1 | templates/*/data.yaml | Table* | the reason in one sentence | https://example.com\n").unwrap();
    let finding = |file: &str| Finding {
        tool: "cfn-lint".into(),
        rule: "W1".into(),
        file: file.into(),
        at: "Table/Properties".into(),
        message: "m".into(),
    };
    assert!(objections(&["cfn-lint"], &[finding("templates/10/data.yaml")], &granted).is_empty());
    let two = objections(&["cfn-lint"], &[finding("templates/10/app.yaml")], &granted);
    assert!(two.len() == 2 && two[0].starts_with("cfn-lint W1 templates/10/app.yaml") && two[1].contains("matches nothing"), "{two:?}");
    assert!(objections(&["parliament"], &[], &granted).is_empty());
}

#[test]
fn an_exception_without_reason_or_link_is_refused() {
    for line in [
        "cfn-lint | W1 | * | *",
        "cfn-lint | W1 | * | * | short | https://example.com",
        "cfnlint | W1 | * | * | a reason that is long enough | https://e",
    ] {
        assert!(exceptions(line).is_err_and(|why| why.contains("exceptions.txt:1")), "{line}");
    }
}
