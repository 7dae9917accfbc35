//! Approvals: k of n people sign one transition, of a key or of two that are linked, and this one only.

use der::{Encode as _, Sequence, asn1::Utf8StringRef};
use pqkm_core::{
    AnyPublicKey, Fingerprint, Message, Sign, VerificationAlgorithm as _, Verifiers,
    rand_core::TryCryptoRng, spki,
};

use crate::{
    error::PolicyRefusal,
    name::{KeyName, NameRef},
    record::KeyRecord,
    table::KeyState,
    wire::Hash,
};

/// Names the signed structure.
const LABEL: &str = "pqkm approval v1";

/// What approvers sign: one transition, at one point of the history of every key that it is of.
///
/// That is the key that is asked for and, where that is linked, the other one: an approval for a key alone is none
/// for both. The other halves of pairs are not named: where an edge takes both halves, the table says so. After the
/// transition, or any other, the number of steps is another one: an approval is good once.
///
/// For a rotation, the key is the predecessor, which goes from active to active: it hands over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub(crate) registry: Hash,
    pub(crate) key: Standing,
    pub(crate) to: KeyState,
    pub(crate) by: String,
    pub(crate) reason: String,
    pub(crate) linked: Option<Standing>,
}

/// A key at a point of its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    key: KeyName,
    steps: u64,
    state: KeyState,
}

impl Standing {
    pub(crate) fn of(key: KeyName, record: &KeyRecord) -> Self {
        Self {
            key,
            steps: record.steps(),
            state: record.state(),
        }
    }
}

/// A [`Standing`] in DER.
#[derive(Sequence)]
struct Stands {
    key: NameRef,
    steps: u64,
    state: KeyState,
}

impl From<Standing> for Stands {
    fn from(standing: Standing) -> Self {
        Self {
            key: standing.key.into(),
            steps: standing.steps,
            state: standing.state,
        }
    }
}

#[derive(Sequence)]
struct Signed<'a> {
    label: Utf8StringRef<'a>,
    registry: Hash,
    key: Stands,
    to: KeyState,
    by: Utf8StringRef<'a>,
    reason: Utf8StringRef<'a>,
    #[asn1(
        context_specific = "0",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    linked: Option<Stands>,
}

impl Proposal {
    /// The key that is asked for.
    #[must_use]
    pub const fn key(&self) -> KeyName {
        self.key.key
    }

    /// The key that is linked with it and comes along.
    #[must_use]
    pub fn linked(&self) -> Option<KeyName> {
        self.linked.map(|linked| linked.key)
    }

    /// From which state to which.
    #[must_use]
    pub const fn transition(&self) -> (KeyState, KeyState) {
        (self.key.state, self.to)
    }

    /// Whether it is about a key as that stands.
    pub(crate) fn is_about(&self, key: KeyName, record: &KeyRecord) -> bool {
        [Some(self.key), self.linked].contains(&Some(Standing::of(key, record)))
    }

    fn message(&self) -> Option<Vec<u8>> {
        Signed {
            label: Utf8StringRef::new(LABEL).ok()?,
            registry: self.registry,
            key: self.key.into(),
            to: self.to,
            by: Utf8StringRef::new(&self.by).ok()?,
            reason: Utf8StringRef::new(&self.reason).ok()?,
            linked: self.linked.map(Stands::from),
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
