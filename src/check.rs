//! Is a template sound? Rules over templates read as one graph: what no linter sees because it needs two resources, or two stacks, at once.
//!
//! A [`Set`] is what is deployed together: the stacks of one phase, or the files of a folder. [`Graph`] resolves references inside it, across
//! stacks too; every rule is a file of `check/rules/` that walks the graph and reports to [`Found`].

mod actions;
mod balancing;
mod bounds;
pub(crate) mod cidr;
mod classes;
mod clients;
pub(crate) mod code;
mod engine;
pub(crate) mod graph;
mod listening;
mod metrics;
pub(crate) mod permits;
pub(crate) mod policy;
mod rules;
mod set;
pub(crate) mod simplify;
pub(crate) mod subnets;

pub use graph::{Graph, Item};
pub use rules::{RULES, is_secret};
pub use set::{File, Set, Unreadable};

use cfn::syntax::{Document, Place};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Works, and somebody will be sorry.
    Warning,
    /// Does not deploy, does not work, or lets in who should stay out.
    Error,
}

impl Severity {
    /// All, the mildest first.
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that is looked for.
#[derive(Debug)]
pub struct Rule {
    /// `port-nobody-opens`: the name of its file with dashes.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is looked for, one sentence.
    pub what: &'static str,
    /// What happens to whoever has it, one or two sentences.
    pub why: &'static str,
    /// AWS's page.
    pub link: &'static str,
    /// Looks for it.
    pub run: fn(&Graph, &mut Found),
}

/// Something found in a template.
#[derive(Debug, Clone)]
pub struct Finding {
    /// By which rule.
    pub rule: &'static Rule,
    /// In which file of the set, by its index.
    pub file: usize,
    /// The file's name.
    pub name: String,
    /// The resource's logical ID; none when it is about the whole template.
    pub resource: Option<String>,
    /// Where below the template's root: `["Resources", "Web", "Properties", "Port"]`.
    pub path: Vec<String>,
    /// Line and column, when the file was read from text.
    pub place: Option<Place>,
    /// What is wrong, with its values, and what would be right.
    pub message: String,
}

/// What the rules found so far.
#[derive(Debug)]
pub struct Found<'a> {
    set: &'a Set,
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl Found<'_> {
    /// Reports a resource. `path` goes from its properties down, `Ingress/0/FromPort`; it may be empty.
    pub fn at(&mut self, item: &Item, path: &str, message: impl Into<String>) {
        let mut steps = vec!["Resources".to_owned(), item.id.clone()];
        if !path.is_empty() {
            steps.push("Properties".to_owned());
            steps.extend(path.split('/').map(str::to_owned));
        }
        self.push(item.file, Some(item.id.clone()), steps, message.into());
    }

    /// Reports something beside a resource's properties: `DeletionPolicy`, `DependsOn`, `Metadata`.
    pub fn beside(&mut self, item: &Item, attribute: &str, message: impl Into<String>) {
        let steps = vec!["Resources".to_owned(), item.id.clone(), attribute.to_owned()];
        self.push(item.file, Some(item.id.clone()), steps, message.into());
    }

    /// Reports a file, at a path below its root: `Outputs`, `Parameters/Name`.
    pub fn of_file(&mut self, file: usize, path: &str, message: impl Into<String>) {
        let steps = path.split('/').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        self.push(file, None, steps, message.into());
    }

    fn push(&mut self, file: usize, resource: Option<String>, path: Vec<String>, message: String) {
        let (name, place) = self.set.files.get(file).map_or_else(Default::default, |one| {
            let steps: Vec<&str> = path.iter().map(String::as_str).collect();
            (one.name.clone(), one.document.as_ref().map(|document| document.nearest(&steps)))
        });
        let finding = Finding { rule: self.rule, file, name, resource, path, place, message };
        // Two roads to one mistake are one finding.
        let same = |other: &Finding| other.rule.id == finding.rule.id && other.file == file && other.path == finding.path;
        if !self.findings.iter().any(|other| same(other) && other.message == finding.message) {
            self.findings.push(finding);
        }
    }
}

/// Twice what CloudFormation takes: a set with a template of more resources is judged by its size only.
pub(crate) const MOST_RESOURCES: usize = 1_000;

/// What every rule finds in a set of templates, by file and place.
pub fn findings(set: &Set) -> Vec<Finding> {
    findings_by(set, RULES)
}

/// What these rules find in a set of templates, by file and place.
pub fn findings_by(set: &Set, rules: &[&'static Rule]) -> Vec<Finding> {
    let graph = Graph::of(set);
    let Some(first) = rules.first() else { return Vec::new() };
    let mut found = Found { set, rule: first, findings: Vec::new() };
    // CloudFormation refuses a template of this size anyway; walking its graph by every rule would only keep whoever waits for the answer.
    let huge = set.files.iter().any(|file| file.template.resources.len() > MOST_RESOURCES);
    for rule in rules.iter().filter(|rule| !huge || rule.id == rules::OF_SIZE.id) {
        found.rule = rule;
        (rule.run)(&graph, &mut found);
    }
    let mut findings = found.findings;
    findings.sort_by(|a, b| {
        let place = |one: &Finding| one.place.map_or((0, 0), |place| (place.line, place.column));
        (a.file, place(a), a.rule.id, &a.path).cmp(&(b.file, place(b), b.rule.id, &b.path))
    });
    findings
}

/// Findings of stacks of our own with their places, as `render` would write the files.
pub fn located(set: &Set, mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut documents: Vec<Option<Document>> = set.files.iter().map(|_| None).collect();
    for finding in findings.iter_mut().filter(|finding| finding.place.is_none()) {
        let (Some(file), Some(slot)) = (set.files.get(finding.file), documents.get_mut(finding.file)) else { continue };
        if slot.is_none() {
            *slot = cfn::syntax::parse(&file.template.to_yaml()).ok();
        }
        let steps: Vec<&str> = finding.path.iter().map(String::as_str).collect();
        finding.place = slot.as_ref().map(|document| document.nearest(&steps));
    }
    findings
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}
