//! Patterns of policies, and whether one takes in another.

use std::collections::BTreeSet;

/// Whom, what action or what resource a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A pattern with `*` and `?`.
    Is(String),
    /// Everything but these patterns.
    Not(BTreeSet<String>),
}

impl Scope {
    /// Whether everything that the other takes in lies in this. Never a yes that is not sure.
    pub fn covers(&self, other: &Scope) -> bool {
        match (self, other) {
            (Scope::Is(wide), Scope::Is(narrow)) => matches(wide, narrow),
            (Scope::Is(wide), Scope::Not(_)) => wide == "*",
            (Scope::Not(left_out), Scope::Not(more)) => left_out.iter().all(|one| more.iter().any(|other| matches(other, one))),
            // A pattern may reach into what is left out; a plain name does or does not.
            (Scope::Not(left_out), Scope::Is(narrow)) => {
                !narrow.contains(['*', '?'])
                    && !narrow.contains("${")
                    && left_out.iter().all(|one| !matches(one, narrow) && !one.contains("${"))
            }
        }
    }

    /// Whether it is everything.
    pub fn is_all(&self) -> bool {
        matches!(self, Scope::Is(pattern) if pattern.chars().all(|letter| letter == '*') && !pattern.is_empty())
    }
}

/// Whether a pattern takes in every text that another pattern does: `*` there is only taken in by `*` here.
pub fn matches(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (wide.as_bytes(), narrow.as_bytes());
    let (mut at, mut to) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = narrow.get(to) {
        match wide.get(at) {
            Some(b'*') => {
                star = Some((at, to));
                at += 1;
            }
            Some(b'?') if *letter != b'*' => {
                at += 1;
                to += 1;
            }
            Some(same) if same == letter => {
                at += 1;
                to += 1;
            }
            _ => match star {
                Some((from, reached)) => {
                    star = Some((from, reached + 1));
                    at = from + 1;
                    to = reached + 1;
                }
                None => return false,
            },
        }
    }
    wide.get(at..).is_some_and(|rest| rest.iter().all(|letter| *letter == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_in_only_what_it_surely_does() {
        for (wide, narrow, yes) in [
            ("*", "sqs:*", true),
            ("sqs:*", "sqs:send*", true),
            ("sqs:send*", "sqs:*", false),
            ("s3:get?bject", "s3:getobject", true),
            ("s3:get?bject", "s3:get*bject", false),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3", false),
            ("a", "ab", false),
            ("", "", true),
            ("**", "x", true),
        ] {
            assert_eq!(matches(wide, narrow), yes, "{wide} takes in {narrow}");
        }
    }

    #[test]
    fn everything_but_a_few_is_wider_when_less_is_left_out() {
        let but = |names: &[&str]| Scope::Not(names.iter().map(|name| (*name).to_owned()).collect());
        assert!(but(&["iam:*"]).covers(&but(&["iam:*", "s3:*"])));
        assert!(!but(&["iam:*", "s3:*"]).covers(&but(&["iam:*"])));
        assert!(but(&["iam:*"]).covers(&Scope::Is("s3:getobject".to_owned())));
        assert!(!but(&["iam:*"]).covers(&Scope::Is("iam:passrole".to_owned())));
        assert!(!but(&["iam:*"]).covers(&Scope::Is("*".to_owned())));
    }
}
