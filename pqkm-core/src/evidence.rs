//! Evidence of when data was protected.
//!
//! Some keys may still process what was protected before a moment and nothing later: a suspended
//! verification key verifies signatures made before the suspension (SP 800-57 Part 1 Rev. 5,
//! section 7). That moment cannot be read off a signature or a ciphertext. It is shown by a
//! [`ProtectedAt`]: a time-stamp, an event in an audit log, or the word of the caller. What each is
//! worth is for the policy of whoever asks; here stands what it is.

use crate::{error::NotEvidence, time::UnixTime};

/// Evidence that data were protected by a certain moment.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no evidence of when data was protected",
    label = "a time-stamp, a proof of inclusion in an audit log, or an `AssertedAt` is needed here"
)]
pub trait ProtectedAt {
    /// Checks the evidence against the protected bytes (the signature, the ciphertext, or the DER of
    /// the record) and gives the moment that it shows.
    ///
    /// # Errors
    /// [`NotEvidence`] if it is not valid or not about these bytes.
    fn protected_at(&self, protected: &[u8]) -> Result<ProtectionTime, NotEvidence>;
}

impl<P: ProtectedAt + ?Sized> ProtectedAt for &P {
    fn protected_at(&self, protected: &[u8]) -> Result<ProtectionTime, NotEvidence> {
        (**self).protected_at(protected)
    }
}

/// What checked evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectionTime {
    /// The data were protected at this moment or before. How long before is not shown.
    pub latest: UnixTime,
    /// What shows it.
    pub evidence: Evidence,
}

impl ProtectionTime {
    /// Whether the data were protected before `moment`. The second of `moment` itself is too late.
    #[must_use]
    pub fn is_before(&self, moment: UnixTime) -> bool {
        self.latest < moment
    }
}

/// A kind of evidence, and what an audit event names it by.
///
/// The enum is closed: whoever decides by it has to decide anew when a kind is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The caller says so. Nothing is proven; that it was said is recorded.
    Asserted,
    /// An event of an audit log, whose inclusion was proven.
    Logged {
        /// The hash of its leaf (RFC 9162, section 2.1.1; SHA-256).
        leaf: [u8; 32],
    },
    /// A token of a time-stamping authority that the checker trusts.
    TimeStamped {
        /// SHA-256 of the token (RFC 3161: the DER of the `TimeStampToken`).
        token: [u8; 32],
    },
}

/// The caller's word that data were protected at a moment or before: for archives without time-stamps.
///
/// It is about any data, so it is evidence of nothing but who is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssertedAt(UnixTime);

impl AssertedAt {
    /// Asserts that the data were protected at `latest` or before.
    #[must_use]
    pub const fn new(latest: UnixTime) -> Self {
        Self(latest)
    }
}

impl ProtectedAt for AssertedAt {
    fn protected_at(&self, _: &[u8]) -> Result<ProtectionTime, NotEvidence> {
        Ok(ProtectionTime {
            latest: self.0,
            evidence: Evidence::Asserted,
        })
    }
}
