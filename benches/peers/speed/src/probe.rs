//! A fixed piece of work whose time tells what the rest of the machine is doing.
//!
//! It keeps several execution ports busy, so that it slows down with a lower clock, with a busy
//! sibling thread of the core and with a hypervisor that takes the core away. It counts the
//! thread's CPU time: being preempted does not disturb it.

use core::hint::black_box;
use core::time::Duration;
use std::collections::VecDeque;

use rustix::time::{ClockId, clock_gettime};

/// Rounds of the loop: about 15 microseconds.
const ROUNDS: u32 = 8_000;
/// Independent chains, more than a core has ports.
const CHAINS: usize = 8;

/// The CPU time that this thread has used.
pub(crate) fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).expect("CPU time is not negative"),
        u32::try_from(time.tv_nsec).expect("nanoseconds are below 10^9"),
    )
}

/// So many of the latest times are remembered.
const REMEMBERED: usize = 4096;
/// After so many new ones the reference is found anew.
const REFRESH: usize = 64;
/// The reference is the time that one in so many of the remembered ones beats: the quiet state of the
/// machine. The very fastest would be a clock that was raised for a moment.
const ONE_IN: usize = 20;

/// The probe, and what it remembers.
pub(crate) struct Probe {
    times: VecDeque<Duration>,
    since_refresh: usize,
    reference: Duration,
}

impl Probe {
    /// Finds a first reference in a few hundred tries.
    pub(crate) fn new() -> Self {
        let mut probe = Self {
            times: VecDeque::with_capacity(REMEMBERED),
            since_refresh: 0,
            reference: Duration::MAX,
        };
        for _ in 0..512 {
            probe.time();
        }
        probe
    }

    /// Runs once.
    pub(crate) fn time(&mut self) -> Duration {
        let start = thread_time();
        work();
        let time = thread_time().saturating_sub(start);
        self.remember(time);
        time
    }

    fn remember(&mut self, time: Duration) {
        if self.times.len() == REMEMBERED {
            self.times.pop_front();
        }
        self.times.push_back(time);
        self.since_refresh += 1;
        if self.since_refresh >= REFRESH {
            self.since_refresh = 0;
            let mut times: Vec<Duration> = self.times.iter().copied().collect();
            let place = times.len().div_euclid(ONE_IN);
            self.reference = *times.select_nth_unstable(place).1;
        }
    }

    /// How much longer than the reference: 0.1 is a tenth.
    pub(crate) fn excess(&self, time: Duration) -> f64 {
        time.as_secs_f64() / self.reference.as_secs_f64() - 1.0
    }
}

fn work() {
    let mut chains: [u64; CHAINS] = black_box([3; CHAINS]);
    for _ in 0..ROUNDS {
        for chain in &mut chains {
            *chain = chain.rotate_left(9).wrapping_add(*chain ^ 0x9e37_79b9);
        }
    }
    black_box(chains);
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::Probe;

    #[test]
    fn one_lucky_time_is_no_reference() {
        let mut probe = Probe::new();
        probe.times.clear();
        probe.remember(Duration::from_micros(1));
        for _ in 0..200 {
            probe.remember(Duration::from_micros(10));
        }
        assert!(probe.excess(Duration::from_micros(10)).abs() < 1e-9);
        assert!(probe.excess(Duration::from_micros(12)) > 0.19);
    }
}
