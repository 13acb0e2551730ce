//! Fingerprints of what was put: for things that AWS makes anew only under a new logical ID, such as versions of functions and deployments of APIs.

use crate::block::Layers;
use crate::digest::Digest;

/// Eight digits that change when, and only when, the properties of these resources do.
pub fn of(layers: &Layers, chosen: impl Fn(&crate::block::Placed) -> bool) -> String {
    let mut hash = Digest::default();
    for placed in layers.placed.iter().filter(|placed| chosen(placed)) {
        hash.text(&placed.logical_id);
        hash.text(&cfn::json::minified(&cfn::Node::Map(placed.resource.properties.clone())));
    }
    hash.digits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Layer;
    use cfn::Id;
    use cfn::resource::sns::Topic;

    fn digits(name: &str) -> String {
        let mut layers = Layers::default();
        layers.put(Layer::App, &Id::<Topic>::new("Topic"), "why", Topic::new().display_name(name));
        of(&layers, |_| true)
    }

    #[test]
    fn a_fingerprint_follows_the_properties_and_nothing_else() {
        assert_eq!(digits("a"), digits("a"));
        assert_ne!(digits("a"), digits("b"));
        assert_eq!(digits("a").len(), 8);
    }
}
