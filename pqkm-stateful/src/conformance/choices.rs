//! Choices that a test leaves open, gone through one by one or at random.

use alloc::vec::Vec;

/// A source of choices. In order, it makes the same run take every combination, one a run; at random, it samples.
#[derive(Clone, Debug)]
pub struct Choices {
    /// (chosen, out of how many) along the current run.
    path: Vec<(u32, u32)>,
    at: usize,
    random: Option<u64>,
}

impl Choices {
    /// Every combination, in order: call [`Choices::next_run`] between the runs.
    #[must_use]
    pub const fn every() -> Self {
        Self {
            path: Vec::new(),
            at: 0,
            random: None,
        }
    }

    /// Random choices that follow from the seed.
    #[must_use]
    pub const fn random(seed: u64) -> Self {
        Self {
            path: Vec::new(),
            at: 0,
            random: Some(seed),
        }
    }

    /// One of 0..n; zero if n is zero.
    pub fn pick(&mut self, n: u32) -> u32 {
        if n <= 1 {
            return 0;
        }
        if self.at == self.path.len() {
            let chosen = self.random.as_mut().map_or(0, |state| below(state, n));
            self.path.push((chosen, n));
        }
        let (chosen, _) = self.path[self.at];
        self.at += 1;
        chosen
    }

    /// Goes to the next combination; false when all were taken (at random: never).
    pub fn next_run(&mut self) -> bool {
        self.at = 0;
        if self.random.is_some() {
            self.path.clear();
            return true;
        }
        while let Some((chosen, n)) = self.path.pop() {
            if chosen + 1 < n {
                self.path.push((chosen + 1, n));
                return true;
            }
        }
        false
    }

    /// The choices of the current run so far, to report a failure.
    #[must_use]
    pub fn taken(&self) -> Vec<u32> {
        self.path
            .iter()
            .take(self.at)
            .map(|&(chosen, _)| chosen)
            .collect()
    }
}

/// `SplitMix64`, scaled: test choices need no more.
fn below(state: &mut u64, n: u32) -> u32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    u32::try_from(((z >> 32) * u64::from(n)) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_comes_once() {
        let mut choices = Choices::every();
        let mut seen = alloc::collections::BTreeSet::new();
        loop {
            let first = choices.pick(3);
            let second = if first == 1 { choices.pick(4) } else { 0 };
            assert!(seen.insert((first, second)), "twice");
            if !choices.next_run() {
                break;
            }
        }
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn random_choices_repeat_with_their_seed_and_reach_everything() {
        let sample = |seed| {
            let mut choices = Choices::random(seed);
            (0..200).map(|_| choices.pick(5)).collect::<Vec<_>>()
        };
        assert_eq!(sample(1), sample(1));
        assert_ne!(sample(1), sample(2));
        assert!((0..5).all(|value| sample(1).contains(&value)));
    }
}
