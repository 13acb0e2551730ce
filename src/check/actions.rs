//! The actions of IAM, and the ARNs that each can be allowed on.

use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/iam_actions.txt");

/// One service of the table: the patterns of its ARNs without the partition, and its actions with the patterns that they apply to.
#[derive(Debug)]
pub struct Service {
    patterns: Vec<&'static str>,
    actions: &'static str,
}

/// The service of a prefix: `s3`, in any case.
pub fn service(prefix: &str) -> Option<Service> {
    static LINES: OnceLock<HashMap<&'static str, (&'static str, &'static str)>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        rows.filter_map(|line| line.split_once('|').and_then(|(prefix, rest)| Some((prefix, rest.split_once('|')?)))).collect()
    });
    let (patterns, actions) = lines.get(prefix.to_ascii_lowercase().as_str())?;
    Some(Service { patterns: patterns.split_whitespace().collect(), actions })
}

impl Service {
    /// The patterns of ARNs that an action can be allowed on, empty when it only goes with `*`; none when there is no such action.
    pub fn patterns(&self, action: &str) -> Option<Vec<&'static str>> {
        self.actions.split(' ').find_map(|entry| {
            let (name, indexes) = entry.split_once(':').unwrap_or((entry, ""));
            name.eq_ignore_ascii_case(action).then(|| {
                let indexes = indexes.split(',').filter_map(|index| index.parse::<usize>().ok());
                indexes.filter_map(|index| self.patterns.get(index).copied()).collect()
            })
        })
    }

    /// The names of its actions.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.actions.split(' ').map(|entry| entry.split_once(':').map_or(entry, |(name, _)| name))
    }
}

/// Whether some text fits both patterns, in which `*` stands for any letters and `?` for one.
pub fn meet(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // row[j]: whether a from i on and b from j on can be the same text.
    let mut below = vec![false; b.len() + 1];
    for i in (0..=a.len()).rev() {
        let mut row = vec![false; b.len() + 1];
        for j in (0..=b.len()).rev() {
            row[j] = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(b'*'), other) => below[j] || (other.is_some() && row[j + 1]),
                (_, Some(b'*')) => row[j + 1] || (i < a.len() && below[j]),
                (Some(one), Some(other)) => (one == other || *one == b'?' || *other == b'?') && below[j + 1],
                _ => false,
            };
        }
        below = row;
    }
    below[0]
}
