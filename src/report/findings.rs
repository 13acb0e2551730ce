//! What `check` found: for people, for scripts, and in SARIF for code hosts.

use serde::Serialize;

use super::columns::columns;
use super::json::FORMAT_VERSION;
use super::look::{Ink, Look, wrap};
use super::plan::paragraph;
use crate::check::{Finding, RULES, Rule, Severity};

/// The JSON schema of [`json`]; `scalectl schema check` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/check.schema.json");

/// A finding that the user stands by, and why.
#[derive(Debug)]
pub struct Ignored {
    /// What was found.
    pub finding: Finding,
    /// Why it is wanted.
    pub reason: String,
}

/// Everything that one run of `check` has to say.
#[derive(Debug, Default)]
pub struct Judgement {
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What was found and is wanted.
    pub ignored: Vec<Ignored>,
    /// How many files were read.
    pub files: usize,
    /// How many resources they have.
    pub resources: usize,
}

impl Judgement {
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.rule.severity == severity).count()
    }

    /// "2 errors, 1 warning", or nothing.
    fn counts(&self) -> String {
        let words = |severity: Severity| match (severity, self.count(severity)) {
            (_, 0) => None,
            (Severity::Info, count) => Some(format!("{count} info")),
            (severity, 1) => Some(format!("1 {}", severity.word())),
            (severity, count) => Some(format!("{count} {}s", severity.word())),
        };
        Severity::ALL.into_iter().rev().filter_map(words).collect::<Vec<_>>().join(", ")
    }
}

/// For people: the worst first, one block each, totals last.
pub fn text(judgement: &Judgement, look: &Look) -> String {
    let mut text = String::new();
    for finding in &judgement.findings {
        let ink = match finding.rule.severity {
            Severity::Error => Ink::Danger,
            Severity::Warning => Ink::Warning,
            Severity::Info => Ink::Faint,
        };
        let resource = finding.resource.as_deref().unwrap_or_default();
        let head = format!("{} {} {}", look.ink(ink, finding.rule.severity.word()), look.ink(Ink::Strong, resource), finding.rule.id);
        text.push_str(&format!("{}\n", head.split_whitespace().collect::<Vec<_>>().join(" ")));
        text.push_str(&format!("  {}\n", look.ink(Ink::Faint, &stands(finding))));
        for line in wrap(&finding.message, look.width.saturating_sub(2)) {
            text.push_str(&format!("  {line}\n"));
        }
        text.push('\n');
    }
    text
}

/// The totals, one line or two.
pub fn summary(judgement: &Judgement, look: &Look) -> String {
    let files = if judgement.files == 1 { "1 file".to_owned() } else { format!("{} files", judgement.files) };
    let ignored = match judgement.ignored.len() {
        0 => String::new(),
        count => format!("; {count} ignored by the settings file"),
    };
    let counts = judgement.counts();
    if counts.is_empty() {
        let found = look.ink(Ink::Good, "no findings");
        return format!("{found} in {files} with {} resources, by {} rules{ignored}\n", judgement.resources, RULES.len());
    }
    let example = judgement.findings.first().map_or("RULE", |finding| finding.rule.id);
    format!("{} in {files}{ignored}\nwhy: scalectl explain {example}\n", look.ink(Ink::Strong, &counts))
}

/// `templates/10k/app.yaml:12:5`.
fn stands(finding: &Finding) -> String {
    match finding.place {
        Some(place) => format!("{}:{}:{}", finding.name, place.line, place.column),
        None => finding.name.clone(),
    }
}

/// Every rule with what it looks for.
pub fn rules(look: &Look) -> String {
    let rows: Vec<Vec<String>> =
        RULES.iter().map(|rule| vec![rule.id.to_owned(), rule.severity.word().to_owned(), format!("{}.", rule.what)]).collect();
    columns(&["RULE", "SEVERITY", "WHAT"], &rows, &[34, 8], 0, look)
}

/// One rule.
pub fn rule(rule: &Rule, look: &Look) -> String {
    let mut text = format!("{}\n", look.ink(Ink::Strong, &format!("rule {} ({})", rule.id, rule.severity.word())));
    text.push_str(&paragraph("What", &format!("{}.", rule.what), look));
    text.push_str(&paragraph("Why", rule.why, look));
    text.push_str(&format!("  {}      {}\n", look.ink(Ink::Strong, "More"), rule.link));
    text.push_str(&paragraph("Ignore", &format!("check: {{ ignore: [{{ rule: {}, resource: LogicalId, reason: ... }}] }}", rule.id), look));
    text
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    files: usize,
    resources: usize,
    findings: Vec<View<'a>>,
    ignored: Vec<View<'a>>,
}

/// A finding for scripts.
#[derive(Serialize)]
pub struct View<'a> {
    rule: &'a str,
    severity: &'a str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    resource: Option<&'a str>,
    path: String,
    message: &'a str,
    link: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// A finding for scripts; `reason` is why somebody stands by it.
pub fn view<'a>(finding: &'a Finding, reason: Option<&'a str>) -> View<'a> {
    View {
        rule: finding.rule.id,
        severity: finding.rule.severity.word(),
        file: &finding.name,
        line: finding.place.map(|place| place.line),
        column: finding.place.map(|place| place.column),
        resource: finding.resource.as_deref(),
        path: finding.path.join("/"),
        message: &finding.message,
        link: finding.rule.link,
        reason,
    }
}

/// For scripts.
pub fn json(judgement: &Judgement) -> String {
    let document = Document {
        format_version: FORMAT_VERSION,
        files: judgement.files,
        resources: judgement.resources,
        findings: judgement.findings.iter().map(|finding| view(finding, None)).collect(),
        ignored: judgement.ignored.iter().map(|one| view(&one.finding, Some(&one.reason))).collect(),
    };
    pretty(&document)
}

/// SARIF 2.1.0, as code hosts read it; ignored findings are in it as suppressed ones.
pub fn sarif(judgement: &Judgement) -> String {
    let level = |severity: Severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let rules: Vec<serde_json::Value> = RULES
        .iter()
        .map(|rule| {
            serde_json::json!({
                "id": rule.id,
                "shortDescription": { "text": rule.what },
                "fullDescription": { "text": rule.why },
                "helpUri": rule.link,
                "defaultConfiguration": { "level": level(rule.severity) },
            })
        })
        .collect();
    let result = |finding: &Finding, reason: Option<&str>| {
        let place = finding.place.map_or((1, 1), |place| (place.line, place.column));
        let mut result = serde_json::json!({
            "ruleId": finding.rule.id,
            "ruleIndex": RULES.iter().position(|rule| rule.id == finding.rule.id),
            "level": level(finding.rule.severity),
            "message": { "text": finding.message },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": finding.name.replace('\\', "/") },
                    "region": { "startLine": place.0, "startColumn": place.1 },
                },
                "logicalLocations": [{ "fullyQualifiedName": finding.path.join("/") }],
            }],
        });
        if let (Some(reason), Some(map)) = (reason, result.as_object_mut()) {
            map.insert("suppressions".to_owned(), serde_json::json!([{ "kind": "external", "justification": reason }]));
        }
        result
    };
    let results: Vec<serde_json::Value> = judgement
        .findings
        .iter()
        .map(|finding| result(finding, None))
        .chain(judgement.ignored.iter().map(|one| result(&one.finding, Some(&one.reason))))
        .collect();
    pretty(&serde_json::json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "scalectl", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    }))
}

fn pretty(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).map(|text| text + "\n").unwrap_or_default()
}
