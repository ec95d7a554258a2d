//! Random numbers by a seed: the same seed draws the same numbers on every machine.

/// A source of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The source of a seed and a stream: each process has a stream of its own.
    pub fn of(seed: u64, stream: usize) -> Self {
        let mut chance = Self(seed ^ (stream as u64 + 1).wrapping_mul(0xd6e8_feb8_6659_fd93));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below another, which is not zero.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    /// Draws whether an event happens, with a probability of `times` in `of`.
    pub fn hits(&mut self, times: usize, of: usize) -> bool {
        self.below(of.max(1)) < times
    }

    /// Draws one of some values.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}
