//! Digests of what is written: FNV-1a, the same on every machine and in every release, which the standard library's hasher does not promise.

/// A digest that grows by what it is given.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Takes a text in, with its end.
    pub fn text(&mut self, text: &str) {
        text.bytes().chain([0]).for_each(|byte| self.byte(byte));
    }

    /// Takes a number in, such as the digest of a part.
    pub fn number(&mut self, number: u64) {
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    /// All of it.
    pub fn value(self) -> u64 {
        self.0
    }

    /// Eight digits of it, for names and screens.
    pub fn digits(self) -> String {
        digits(self.0)
    }
}

/// The digest of these texts.
pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> u64 {
    let mut digest = Digest::default();
    texts.into_iter().for_each(|text| digest.text(text));
    digest.value()
}

/// Eight digits of a digest.
pub fn digits(digest: u64) -> String {
    format!("{:08x}", (digest >> 32) ^ (digest & 0xffff_ffff))
}
