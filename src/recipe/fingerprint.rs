//! Fingerprints of what was put: for things that AWS makes anew only under a new logical ID, such as versions of functions and deployments of APIs.

use crate::block::Layers;

/// Eight digits that change when, and only when, the properties of these resources do.
pub fn of(layers: &Layers, chosen: impl Fn(&crate::block::Placed) -> bool) -> String {
    let mut hash = Fnv::new();
    for placed in layers.placed.iter().filter(|placed| chosen(placed)) {
        hash.add(&placed.logical_id);
        hash.add(&cfn::json::minified(&cfn::Node::Map(placed.resource.properties.clone())));
    }
    hash.digits()
}

/// FNV-1a: the same on every machine and in every release, which the standard library's hasher does not promise.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn digits(&self) -> String {
        format!("{:08x}", (self.0 >> 32) ^ (self.0 & 0xffff_ffff))
    }
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
