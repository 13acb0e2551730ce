//! One tree laid over another.

use cfn::{Map, Node};

/// Lays `over` on `under` and tells each leaf that changed, with what it was and what it is. Maps are merged; a list, a scalar or an
/// intrinsic function takes the place of what was there; `null` takes it away.
pub fn lay(under: &mut Map, over: &Map, path: &str, tell: &mut impl FnMut(String, Option<Node>, Option<Node>)) {
    for (key, value) in over {
        let below = if path.is_empty() { key.clone() } else { format!("{path}/{key}") };
        match value {
            Node::Null => {
                if let Some(was) = under.shift_remove(key) {
                    tell(below, Some(was), None);
                }
            }
            Node::Map(map) if value.intrinsic().is_none() => {
                let plain = under.get(key).is_some_and(|was| was.as_map().is_some() && was.intrinsic().is_none());
                if !plain {
                    let was = under.insert(key.clone(), Node::Map(Map::new()));
                    if was.is_some() || map.is_empty() {
                        tell(below.clone(), was, Some(value.clone()));
                    }
                }
                if let Some(Node::Map(inner)) = under.get_mut(key) {
                    lay(inner, map, &below, tell);
                }
            }
            _ => {
                let was = under.insert(key.clone(), value.clone());
                tell(below, was, Some(value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_merge_lists_and_functions_replace_and_null_takes_away() {
        let map = |text: &str| cfn::yaml::parse(text).expect("YAML").root.as_map().expect("a map").clone();
        let mut under = map("A: {B: 1, C: [1, 2], D: !Ref X}\nE: 5\nF: 6\n");
        let mut told = Vec::new();
        lay(&mut under, &map("A: {C: [3], D: {Y: 1}}\nE: null\nG: {H: !Ref Z}\n"), "", &mut |path, _, _| told.push(path));
        assert_eq!(under, map("A: {B: 1, C: [3], D: {Y: 1}}\nF: 6\nG: {H: !Ref Z}\n"));
        assert_eq!(told, ["A/C", "A/D", "A/D/Y", "E", "G/H"]);
    }
}
