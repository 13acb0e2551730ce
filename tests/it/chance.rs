//! Random numbers that are the same in every run: SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014).

/// A source of them.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Above 0, at most 1: 53 bits.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Every number of the range alike.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Every ratio alike: as often between 1 and 10 as between 10 and 100.
    pub fn spread(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    /// A time until something that happens at any moment alike, with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }

    /// One of several.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.next() % of.len() as u64) as usize]
    }
}

#[test]
fn the_numbers_are_those_of_the_published_generator_and_evenly_spread() {
    // The first outputs of the reference implementation for the seed 1234567 (prng.di.unimi.it/splitmix64.c).
    let mut chance = Chance::new(1_234_567);
    assert_eq!(
        [chance.next(), chance.next(), chance.next()],
        [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    );
    let count = 20_000;
    let mean = |of: &mut dyn FnMut() -> f64| (0..count).map(|_| of()).sum::<f64>() / f64::from(count);
    assert!((mean(&mut || chance.between(0.0, 1.0)) - 0.5).abs() < 0.01);
    assert!((mean(&mut || chance.exponential(2.0)) - 2.0).abs() < 0.06);
}
