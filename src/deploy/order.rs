//! Which stack waits for which: from the parameters' sources and the explicit order.

use super::error::DeployError;

use super::unit::{Key, Supply, Unit};
use std::collections::BTreeMap;

/// For each unit the indices of the units that must be complete before it.
///
/// # Errors
/// A stack that is given twice, or stacks that wait for each other.
pub fn needs(units: &[Unit]) -> Result<Vec<Vec<usize>>, DeployError> {
    let mut index = BTreeMap::new();
    for (i, unit) in units.iter().enumerate() {
        if index.insert(unit.key(), i).is_some() {
            return Err(DeployError::Twice(unit.key()));
        }
    }
    let needs: Vec<Vec<usize>> =
        units.iter().map(|unit| sources(unit).iter().filter_map(|key| index.get(key).copied()).collect()).collect();
    match cycle(&needs) {
        Some(path) => Err(DeployError::Cycle(path.iter().map(|i| units[*i].key().to_string()).collect())),
        None => Ok(needs),
    }
}

/// The stacks that a unit waits for, each once.
pub fn sources(unit: &Unit) -> Vec<Key> {
    let mut sources = unit.after.clone();
    sources.extend(unit.template_bucket.iter().map(|(stack, _)| stack.clone()));
    for parameter in &unit.parameters {
        if let Supply::Output { stack, region, .. } = &parameter.supply {
            sources.push(Key::new(stack, region));
        }
    }
    sources.sort();
    sources.dedup();
    sources
}

/// A path that ends where it begins, when there is one.
fn cycle(needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut left: Vec<usize> = (0..needs.len()).collect();
    loop {
        let before = left.len();
        let waiting = left.clone();
        left.retain(|i| needs[*i].iter().any(|need| waiting.contains(need)));
        if left.len() == before {
            break;
        }
    }
    // Each of those left waits for another of those left, so that following them leads into the cycle.
    let mut path = vec![*left.first()?];
    loop {
        let next = needs[*path.last()?].iter().copied().find(|need| left.contains(need))?;
        if let Some(start) = path.iter().position(|seen| *seen == next) {
            path.drain(..start);
            path.push(next);
            return Some(path);
        }
        path.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, after: &[&str]) -> Unit {
        let after = after.iter().map(|name| Key::new(*name, "r")).collect();
        Unit { stack: name.into(), region: "r".into(), after, ..Unit::default() }
    }

    #[test]
    fn a_cycle_is_named() {
        let error = needs(&[unit("free", &[]), unit("a", &["b"]), unit("b", &["c", "free"]), unit("c", &["a"])]).unwrap_err();
        assert_eq!(error.to_string(), "these stacks wait for each other: a (r) → b (r) → c (r) → a (r); one of the references has to go");
    }

    #[test]
    fn what_is_not_deployed_here_is_not_waited_for() {
        assert_eq!(needs(&[unit("b", &["a", "elsewhere"]), unit("a", &[])]).unwrap(), vec![vec![1], vec![]]);
    }

    #[test]
    fn a_stack_given_twice_is_an_error() {
        assert_eq!(needs(&[unit("a", &[]), unit("a", &[])]).unwrap_err(), DeployError::Twice(Key::new("a", "r")));
    }
}
