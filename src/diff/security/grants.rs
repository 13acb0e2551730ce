//! What policies allow and deny, statement by statement, in words that are the same on both sides; and whether one statement takes in another.

use std::collections::{BTreeMap, BTreeSet};

use cfn::Node;

use super::scope::{Scope, matches};
use super::sight::{Made, Sight};
use crate::check::graph::below;
use crate::check::policy::{Bearer, Statement, each};

/// The values that a condition asks for, by operator and key.
pub type Conditions = BTreeMap<(String, String), BTreeSet<String>>;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// `Service:lambda.amazonaws.com`, `AWS:…`, `*`; what carries the policy, for a policy that names nobody.
    pub principals: BTreeSet<Scope>,
    /// In small letters: IAM does not tell them apart.
    pub actions: BTreeSet<Scope>,
    /// What on.
    pub resources: BTreeSet<Scope>,
    /// When.
    pub conditions: Conditions,
    /// Whether what carries it is made.
    pub made: Made,
}

/// One action on one resource by one principal.
#[derive(Debug, Clone, Copy)]
pub struct Part<'g> {
    /// Who.
    pub principal: &'g Scope,
    /// Does what.
    pub action: &'g Scope,
    /// To what.
    pub resource: &'g Scope,
}

/// Whether whoever meets the narrow conditions meets the wide ones: every wide one is asked for there too, of no more values.
pub fn asks_no_more(wide: &Conditions, narrow: &Conditions) -> bool {
    wide.iter().all(|((operator, key), values)| {
        narrow.get(&(operator.clone(), key.clone())).is_some_and(|asked| {
            let negative = operator.contains("not");
            let (small, large) = if negative { (values, asked) } else { (asked, values) };
            let like = operator.contains("like") || operator.contains("arn");
            small.iter().all(|one| large.contains(one) || (like && large.iter().any(|pattern| matches(pattern, one))))
        })
    })
}

impl Grant {
    /// A statement in these words.
    pub fn of(sight: &Sight, statement: &Statement, resource: &str) -> Grant {
        let scopes = |is: &str, not: &str, small: bool| -> BTreeSet<Scope> {
            let word = |node: &Node| {
                let text = sight.text(node);
                if small { text.to_lowercase() } else { text }
            };
            let mut found: BTreeSet<Scope> = statement.values(is).into_iter().map(|node| Scope::Is(word(node))).collect();
            let left_out: BTreeSet<String> = statement.values(not).into_iter().map(word).collect();
            if !left_out.is_empty() {
                found.insert(Scope::Not(left_out));
            }
            found
        };
        let mut principals = principals(sight, statement.node, "Principal").into_iter().map(Scope::Is).collect::<BTreeSet<Scope>>();
        let but = principals_but(sight, statement.node);
        principals.extend((!but.is_empty()).then_some(Scope::Not(but)));
        if principals.is_empty() {
            principals.insert(Scope::Is(String::new()));
        }
        let mut resources = scopes("Resource", "NotResource", false);
        // In a key's own policy `*` is the key.
        if resources.is_empty() || statement.bearer == Bearer::Trust || statement.path == "KeyPolicy" {
            resources = BTreeSet::from([Scope::Is(resource.to_owned())]);
        }
        Grant {
            principals,
            actions: scopes("Action", "NotAction", true),
            resources,
            conditions: conditions(sight, statement.node),
            made: sight.made(statement.item),
        }
    }

    /// Each action on each resource by each principal.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.principals.iter().flat_map(move |principal| {
            self.actions.iter().flat_map(move |action| self.resources.iter().map(move |resource| Part { principal, action, resource }))
        })
    }

    /// Whether it takes in this part, whatever it asks for.
    pub fn takes_in(&self, part: &Part) -> bool {
        let any = |mine: &BTreeSet<Scope>, theirs: &Scope| mine.contains(theirs) || mine.iter().any(|one| one.covers(theirs));
        any(&self.principals, part.principal) && any(&self.actions, part.action) && any(&self.resources, part.resource)
    }

    /// Whether it is for everybody: no condition says who, or from where.
    pub fn is_public(&self, principal: &Scope) -> bool {
        let everybody = match principal {
            Scope::Is(who) => who == "*",
            Scope::Not(_) => true,
        };
        everybody && !self.conditions.iter().any(|((operator, key), values)| restricts(operator, key, values))
    }
}

/// Whether a condition keeps strangers out: that a caller uses TLS, or says something of itself, does not.
fn restricts(operator: &str, key: &str, values: &BTreeSet<String>) -> bool {
    const SAID_BY_ALL: [&str; 6] =
        ["aws:securetransport", "aws:useragent", "aws:referer", "aws:currenttime", "aws:epochtime", "lambda:functionurlauthtype"];
    let anything = values.iter().all(|value| value.chars().all(|letter| letter == '*') || value == "0.0.0.0/0" || value == "::/0");
    !SAID_BY_ALL.contains(&key) && !key.starts_with("s3:x-amz") && !operator.ends_with("ifexists") && !operator.contains("not") && !anything
}

fn principals(sight: &Sight, node: &Node, key: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for value in below(node, key) {
        match value {
            Node::Map(map) if value.intrinsic().is_none() => {
                for (kind, values) in map {
                    for one in each(below(values, "")) {
                        let text = sight.text(one);
                        found.insert(if kind == "AWS" && text == "*" { text } else { format!("{kind}:{text}") });
                    }
                }
            }
            other => found.extend(each(vec![other]).into_iter().map(|one| sight.text(one))),
        }
    }
    found
}

fn principals_but(sight: &Sight, node: &Node) -> BTreeSet<String> {
    principals(sight, node, "NotPrincipal")
}

fn conditions(sight: &Sight, node: &Node) -> Conditions {
    let mut found = Conditions::new();
    for (operator, keys) in below(node, "Condition").into_iter().filter_map(Node::as_map).flatten() {
        for (key, values) in keys.as_map().into_iter().flatten() {
            let values = each(vec![values]).into_iter().map(|value| sight.text(value)).collect();
            found.insert((operator.to_lowercase(), key.to_lowercase()), values);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_with_more_values_asks_for_less_unless_it_says_what_must_not_be() {
        let one = |operator: &str, values: &[&str]| {
            Conditions::from([((operator.to_owned(), "k".to_owned()), values.iter().map(|value| (*value).to_owned()).collect())])
        };
        assert!(asks_no_more(&one("stringequals", &["a", "b"]), &one("stringequals", &["a"])));
        assert!(!asks_no_more(&one("stringequals", &["a"]), &one("stringequals", &["a", "b"])));
        assert!(asks_no_more(&one("stringnotequals", &["a"]), &one("stringnotequals", &["a", "b"])));
        assert!(asks_no_more(&one("arnlike", &["a*"]), &one("arnlike", &["ab"])));
        assert!(asks_no_more(&Conditions::new(), &one("arnlike", &["ab"])));
        assert!(!asks_no_more(&one("arnlike", &["ab"]), &Conditions::new()));
    }
}
