//! What a reader must find in ten seconds: what happens to data, and what is replaced; resources that are alike are told together.

use super::Shown;
use super::value::name;
use super::words;
use crate::diff::{Action, DataFate, ResourceDifference, SetDifference, StackDifference};
use crate::fate::Fate;

/// Resources of one stack to which the same happens for the same reason.
#[derive(Debug)]
pub struct Danger<'a> {
    /// Their set.
    pub set: &'a SetDifference,
    /// Their stack.
    pub stack: &'a StackDifference,
    /// They; never empty.
    pub resources: Vec<&'a ResourceDifference>,
    /// What happens to their data; none for what holds none.
    pub data: Option<&'a DataFate>,
    /// Whether somebody accepted it by name.
    pub accepted: bool,
}

impl<'a> Danger<'a> {
    /// The first of them, which stands for all.
    pub fn first(&self) -> Option<&'a ResourceDifference> {
        self.resources.first().copied()
    }

    /// Whether it waits for somebody's word.
    pub fn waits(&self) -> bool {
        !self.accepted && self.data.is_some_and(|data| data.fate.needs_consent())
    }

    /// `!` for data, `±` for the rest.
    pub fn mark(&self) -> &'static str {
        if self.data.is_some() { "!" } else { "±" }
    }

    /// Their IDs; the old ones, which are those that are lost.
    pub fn ids(&self) -> Vec<String> {
        self.resources.iter().map(|resource| name(resource.old_id())).collect()
    }

    /// `DatabaseLeader (RDS instance, data stack)`.
    pub fn subject(&self) -> String {
        let kinds: Vec<String> =
            self.resources.iter().map(|one| words::kind(one.old_type.as_deref().unwrap_or(&one.resource_type))).collect();
        let stands = words::stands(self.set, self.stack);
        match kinds.as_slice() {
            [kind] => format!("{} ({kind}, {stands})", self.ids().join(", ")),
            [kind, rest @ ..] if rest.iter().all(|other| other == kind) => {
                format!("{} ({} × {kind}, {stands})", self.ids().join(", "), kinds.len())
            }
            kinds => {
                let each: Vec<String> = self.ids().iter().zip(kinds).map(|(id, kind)| format!("{id} ({kind})")).collect();
                format!("{}, all in the {stands},", each.join(", "))
            }
        }
    }

    /// What happens, after the subject.
    pub fn predicate(&self) -> String {
        let Some(first) = self.first() else { return String::new() };
        let mut text = words::verb(first, self.resources.len() > 1);
        if first.revised() {
            text.push_str(", as with every change: each is a new revision");
        } else if first.replaced() {
            let reasons = words::reasons(first);
            if !reasons.is_empty() {
                text.push_str(&format!(": {reasons}"));
            }
        }
        if let Some(data) = self.data {
            text.push_str(&format!(" · data: {}", words::data(data)));
        }
        if self.accepted {
            text.push_str(" · accepted");
        }
        if self.resources.iter().any(|resource| resource.name_taken) {
            text.push_str(&format!(" · {}", words::NAME_TAKEN));
        }
        text
    }

    /// The whole sentence.
    pub fn sentence(&self) -> String {
        format!("{} {}", self.subject(), self.predicate())
    }
}

/// Services whose resources are what a reader means by "the database".
const DATABASES: [&str; 8] = ["RDS", "DynamoDB", "DocDB", "Neptune", "Redshift", "Timestream", "OpenSearchService", "DSQL"];

fn database(resource: &ResourceDifference) -> bool {
    let kind = resource.old_type.as_deref().unwrap_or(&resource.resource_type);
    let service = kind.split("::").nth(1).unwrap_or_default();
    DATABASES.contains(&service) || kind == "AWS::EC2::Volume"
}

/// Every danger, the worst first: data that wait for a word, data that do not, then what is replaced, then what may be.
pub fn dangers<'a>(shown: &Shown<'a>) -> Vec<Danger<'a>> {
    let mut all: Vec<(String, Danger<'a>)> = Vec::new();
    let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for (at, set) in shown.difference.sets.iter().enumerate() {
        for (stack, resource) in set.resources() {
            let data = resource.data.as_ref().filter(|data| data.fate > Fate::Keep);
            if data.is_none() && !resource.replaced() {
                continue;
            }
            let accepted = data.is_some_and(|data| data.fate.needs_consent()) && shown.accepts(resource.old_id());
            let one = Danger { set, stack, resources: vec![resource], data, accepted };
            // What is renamed has a sentence of its own each: both names are in it.
            let own = if matches!(resource.action, Action::Renamed { .. }) { resource.id.as_str() } else { "" };
            // A database has a line of its own; what else holds data is told together.
            let own = if resource.revised() {
                resource.resource_type.clone()
            } else if database(resource) || data.is_none() {
                format!("{own}/{}/{}", resource.component, resource.resource_type)
            } else {
                own.to_owned()
            };
            let key = format!("{at}/{}/{own}/{}", stack.name, one.predicate());
            match places.get(&key).and_then(|place| all.get_mut(*place)) {
                Some((_, known)) => known.resources.push(resource),
                None => {
                    places.insert(key.clone(), all.len());
                    all.push((key, one));
                }
            }
        }
    }
    let mut all: Vec<Danger<'a>> = all.into_iter().map(|(_, danger)| danger).collect();
    all.sort_by_key(|danger| {
        let fate = danger.data.map(|data| (data.fate, data.sure));
        let action = danger.first().map_or(usize::MAX, |first| words::rank(&first.action));
        let (main, routine) = (danger.first().is_some_and(database), danger.first().is_some_and(ResourceDifference::revised));
        (std::cmp::Reverse(fate), danger.accepted, !main, routine, action)
    });
    all
}
