//! Approvals: k of n people sign one transition, and this one only.

use der::{Encode as _, Sequence, asn1::Utf8StringRef};
use pqkm_core::{
    AnyPublicKey, Fingerprint, Message, Sign, VerificationAlgorithm as _, Verifiers,
    rand_core::TryCryptoRng, spki,
};

use crate::{
    error::PolicyRefusal,
    name::{KeyName, NameRef},
    table::KeyState,
    wire::Hash,
};

/// Names the signed structure.
const LABEL: &str = "pqkm approval v1";

/// What approvers sign: one transition of one key, at one point of its history.
///
/// After the transition, or any other, the number of steps is another one: an approval is good once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub(crate) registry: Hash,
    pub(crate) key: KeyName,
    pub(crate) steps: u64,
    pub(crate) from: KeyState,
    pub(crate) to: KeyState,
    pub(crate) by: String,
    pub(crate) reason: String,
}

#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    registry: Hash,
    key: NameRef,
    steps: u64,
    from: KeyState,
    to: KeyState,
    by: Utf8StringRef<'a>,
    reason: Utf8StringRef<'a>,
}

impl Proposal {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> KeyName {
        self.key
    }

    /// From which state to which.
    #[must_use]
    pub const fn transition(&self) -> (KeyState, KeyState) {
        (self.from, self.to)
    }

    fn message(&self) -> Option<Vec<u8>> {
        Signed {
            label: Utf8StringRef::new(LABEL).ok()?,
            registry: self.registry,
            key: self.key.into(),
            steps: self.steps,
            from: self.from,
            to: self.to,
            by: Utf8StringRef::new(&self.by).ok()?,
            reason: Utf8StringRef::new(&self.reason).ok()?,
        }
        .to_der()
        .ok()
    }

    /// Approves it.
    ///
    /// # Errors
    /// [`PolicyRefusal::Approvals`] if the approver's key cannot sign.
    pub fn approve<S: Sign, R: TryCryptoRng + ?Sized>(
        &self,
        approver: &S,
        rng: &mut R,
    ) -> Result<Approval, PolicyRefusal> {
        let message = self.message().ok_or(PolicyRefusal::Approvals)?;
        let signature = approver
            .sign_message(&Message::pure(&message), rng)
            .map_err(|_| PolicyRefusal::Approvals)?;
        Ok(Approval {
            approver: AnyPublicKey::from(&approver.verifying_key()),
            algorithm: S::Algorithm::signature_algorithm(),
            signature: signature.as_bytes().to_vec(),
        })
    }
}

/// An approver's signature on a [`Proposal`].
#[derive(Clone)]
pub struct Approval {
    approver: AnyPublicKey,
    algorithm: spki::AlgorithmIdentifierOwned,
    signature: Vec<u8>,
}

/// How many of whom must approve.
pub struct Quorum {
    /// How many.
    pub needed: usize,
    /// Of whom: the fingerprints of their public keys. Who is listed twice counts once.
    pub approvers: Vec<Fingerprint>,
    /// The signature algorithms that are accepted.
    pub verifiers: Verifiers,
}

impl Quorum {
    /// Whether enough different approvers signed this proposal.
    ///
    /// # Errors
    /// [`PolicyRefusal::Approvals`] if not.
    pub fn check(&self, proposal: &Proposal, approvals: &[Approval]) -> Result<(), PolicyRefusal> {
        let message = proposal.message().ok_or(PolicyRefusal::Approvals)?;
        let mut approved: Vec<Fingerprint> = approvals
            .iter()
            .filter(|approval| {
                let Approval {
                    approver,
                    algorithm,
                    signature,
                } = approval;
                let verified = self
                    .verifiers
                    .verify(algorithm, approver, &message, signature);
                verified.is_ok()
            })
            .map(|approval| approval.approver.fingerprint())
            .filter(|approver| self.approvers.contains(approver))
            .collect();
        // Who approves twice counts once.
        approved.sort_unstable();
        approved.dedup();
        let approved = approved.len();
        if self.needed > 0 && approved >= self.needed {
            Ok(())
        } else {
            Err(PolicyRefusal::Approvals)
        }
    }
}
