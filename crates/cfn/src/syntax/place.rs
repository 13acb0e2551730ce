//! Where in the text a value stands.

use crate::node::Node;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, counted from one.
    pub line: usize,
    /// Column in characters, counted from one.
    pub column: usize,
}

impl Place {
    pub(crate) const START: Place = Place { line: 1, column: 1 };
}

/// A node's place and those of what is below it: the values of a map by their keys, the items of a list, which have no names, by their index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub place: Place,
    pub children: Vec<(String, Spot)>,
}

impl Spot {
    pub(crate) fn leaf(place: Place) -> Spot {
        Spot { place, children: Vec::new() }
    }
}

/// What was read, and where each part of it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The whole tree; short tags stand in it in their long form.
    pub root: Node,
    spots: Spot,
}

impl Document {
    pub(crate) fn new(root: Node, spots: Spot) -> Self {
        Document { root, spots }
    }

    /// Where the value at `path` stands: its key in a map, itself in a list (whose items are `"0"`, `"1"` …).
    /// A short tag is one step like its long form: `["Fn::GetAtt"]`. What `!GetAtt A.B` merges into one word has no place of its own.
    pub fn place(&self, path: &[&str]) -> Option<Place> {
        let (depth, place) = self.descend(path);
        (depth == path.len()).then_some(place)
    }

    /// Like [`Document::place`], or where the last step stands that does exist: the resource, for a property that it lacks.
    pub fn nearest(&self, path: &[&str]) -> Place {
        self.descend(path).1
    }

    fn descend(&self, path: &[&str]) -> (usize, Place) {
        let mut spot = &self.spots;
        for (depth, step) in path.iter().enumerate() {
            let named = spot.children.iter().find(|(name, _)| name == step);
            let item = || step.parse().ok().and_then(|index: usize| spot.children.get(index)).filter(|(name, _)| name.is_empty());
            match named.or_else(item) {
                Some((_, child)) => spot = child,
                None => return (depth, spot.place),
            }
        }
        (path.len(), spot.place)
    }
}
