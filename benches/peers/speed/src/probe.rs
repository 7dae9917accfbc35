//! A fixed piece of work whose time tells what the rest of the machine is doing.
//!
//! It keeps several execution ports busy, so that it slows down with a lower clock, with a busy
//! sibling thread of the core and with a hypervisor that takes the core away. It counts the
//! thread's CPU time: being preempted does not disturb it.

use core::hint::black_box;
use core::time::Duration;

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

/// How often it runs before the first measurement: about 50 milliseconds.
const FIRST: usize = 4096;
/// After so many new times the reference is found anew.
const REFRESH: usize = 1024;
/// The reference is the time that one in so many beats: the machine at rest. The very fastest would
/// not do, because now and then the clock of a thread that changes cores jumps.
const ONE_IN: usize = 100;

/// The probe, and what it took so far.
pub(crate) struct Probe {
    times: Vec<Duration>,
    reference: Duration,
}

impl Probe {
    /// Finds a first reference.
    pub(crate) fn new() -> Self {
        let mut probe = Self {
            times: Vec::new(),
            reference: Duration::MAX,
        };
        for _ in 0..FIRST {
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
        self.times.push(time);
        if self.times.len().is_multiple_of(REFRESH) {
            // The order of the times does not matter.
            let place = self.times.len().div_euclid(ONE_IN);
            self.reference = *self.times.select_nth_unstable(place).1;
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
        for _ in 1..super::REFRESH {
            probe.remember(Duration::from_micros(10));
        }
        assert!(probe.excess(Duration::from_micros(10)).abs() < 1e-9);
        assert!(probe.excess(Duration::from_micros(12)) > 0.19);
    }
}
