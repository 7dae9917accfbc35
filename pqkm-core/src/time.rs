//! Time as an argument: seconds since 1970, and where they come from.

use core::time::Duration;

use der::asn1::GeneralizedTime;

use crate::error::{ClockUnavailable, DecodeError};

/// A moment: whole seconds since 1970-01-01T00:00:00Z, before the year 10000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The last moment: 9999-12-31T23:59:59Z.
    pub const MAX: Self = Self(253_402_300_799);

    /// Takes seconds since 1970.
    ///
    /// # Errors
    /// [`DecodeError::Range`] after [`MAX`](Self::MAX).
    pub const fn from_seconds(seconds: u64) -> Result<Self, DecodeError> {
        if seconds > Self::MAX.0 {
            return Err(DecodeError::Range);
        }
        Ok(Self(seconds))
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    pub(crate) fn to_generalized(self) -> Result<GeneralizedTime, DecodeError> {
        GeneralizedTime::from_unix_duration(Duration::from_secs(self.0))
            .map_err(|_| DecodeError::Range)
    }

    pub(crate) fn of_generalized(time: &GeneralizedTime) -> Self {
        Self(time.to_unix_duration().as_secs())
    }
}

/// Says what time it is. A device without a battery may not know: that is an error.
pub trait Clock {
    /// The current time.
    ///
    /// # Errors
    /// [`ClockUnavailable`].
    fn now(&self) -> Result<UnixTime, ClockUnavailable>;
}

/// A moment is a clock that stands still: for time that came from elsewhere.
impl Clock for UnixTime {
    fn now(&self) -> Result<UnixTime, ClockUnavailable> {
        Ok(*self)
    }
}

/// The operating system's clock.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "std")]
impl Clock for SystemClock {
    fn now(&self) -> Result<UnixTime, ClockUnavailable> {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_err(|_| ClockUnavailable)?;
        UnixTime::from_seconds(since.as_secs()).map_err(|_| ClockUnavailable)
    }
}
