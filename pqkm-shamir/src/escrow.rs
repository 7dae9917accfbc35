//! Escrow: a payload that k of n agents can open, under terms that are bound to it.

use alloc::vec::Vec;

use der::{Encode, Sequence, asn1::Utf8StringRef};
use pqkm_core::{Sign, UnixTime, WrapContext};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};

use crate::{Dealing, ShareSet, SplitError, error::EscrowError, seal_and_split};

/// Names the context of an escrowed payload.
const LABEL: &str = "pqkm Escrow v1";

/// The longest policy in bytes.
const MAX_POLICY_BYTES: usize = 16_384;

/// Under what terms agents keep shares and may open: whoever opens has to state the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    policy: &'a str,
    data_until: UnixTime,
}

#[derive(Sequence)]
struct TermsDer<'a> {
    label: Utf8StringRef<'a>,
    policy: Utf8StringRef<'a>,
    data_until: u64,
}

impl<'a> Terms<'a> {
    /// A policy's text, 1 to 16384 bytes, and the moment at which the lifetime of the data ends: from then on it is not to
    /// be opened.
    ///
    /// # Errors
    /// [`EscrowError::Policy`].
    pub const fn new(policy: &'a str, data_until: UnixTime) -> Result<Self, EscrowError> {
        if policy.is_empty() || policy.len() > MAX_POLICY_BYTES {
            return Err(EscrowError::Policy);
        }
        Ok(Self { policy, data_until })
    }

    /// The policy's text.
    #[must_use]
    pub const fn policy(&self) -> &'a str {
        self.policy
    }

    /// When the lifetime of the data ends.
    #[must_use]
    pub const fn data_until(&self) -> UnixTime {
        self.data_until
    }

    /// SHA-256 of the terms, 32 bytes: how a transcript names them.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_der()).into()
    }

    /// Whether the data may be opened at that moment.
    ///
    /// # Errors
    /// [`EscrowError::Expired`].
    pub fn check(&self, now: UnixTime) -> Result<(), EscrowError> {
        if now >= self.data_until {
            return Err(EscrowError::Expired);
        }
        Ok(())
    }

    /// The terms whose DER this is; none if it is not that of terms.
    pub(crate) fn from_der(der: &'a [u8]) -> Option<Self> {
        let terms: TermsDer<'a> = der::Decode::from_der(der).ok()?;
        let data_until = UnixTime::from_seconds(terms.data_until).ok()?;
        let terms = (terms.label.as_str() == LABEL).then_some(terms)?;
        Self::new(terms.policy.as_str(), data_until).ok()
    }

    /// The terms in DER: what the payload is bound to, and the context for resharing it under the same terms.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "a policy's length is checked when terms are made"
    )]
    #[must_use]
    pub fn to_der(self) -> Vec<u8> {
        let text = |text| Utf8StringRef::new(text).expect("short enough for DER");
        let terms = TermsDer {
            label: text(LABEL),
            policy: text(self.policy),
            data_until: self.data_until.seconds(),
        };
        terms.to_der().expect("short enough for DER")
    }
}

/// Seals a payload for k of n agents under terms. A [ceremony](crate::ceremony) opens it again.
///
/// # Errors
/// [`SplitError`].
pub fn deposit<S: Sign, R: TryCryptoRng + ?Sized>(
    payload: &[u8],
    terms: &Terms<'_>,
    dealing: &Dealing<'_>,
    dealer: &S,
    rng: &mut R,
) -> Result<ShareSet, SplitError> {
    let terms = terms.to_der();
    let context = WrapContext::new(&terms).map_err(|_| SplitError::TooLong)?;
    seal_and_split(payload, context, dealing, dealer, rng)
}
