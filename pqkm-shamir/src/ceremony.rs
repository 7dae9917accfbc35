//! Opening a set of shares in steps that cannot be left out.
//!
//! ```text
//! Planned --collect--> Collecting --verify--> Verified --open--> Opened --reshare--> Reshared
//! ```
//!
//! Each step consumes the one before it, and a step that is refused gives it back. Until [`Verified::open`] nobody but
//! the custodians sees a share: they attest, each for itself. The transcript
//! has every step that was taken, and every opening that was refused, unless there was no clock to say when.
//!
//! A step that is left out does not compile:
//!
//! ```compile_fail
//! use pqkm_core::{UnixTime, WrapContext};
//! use pqkm_shamir::{Share, ceremony::Collecting};
//!
//! fn hasty(ceremony: Collecting, shares: &[Share], context: WrapContext<'_>, now: &UnixTime) {
//!     let _ = ceremony.open(shares, context, now); // `Collecting` has no `open`: it has to be verified first
//! }
//! ```

use alloc::{boxed::Box, vec::Vec};

use pqkm_core::{
    Clock, Fingerprint, SecretBytes, Sign, UnixTime, VerificationAlgorithm, VerifyingKey,
    WrapContext,
};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};

use crate::{
    Attestation, Challenge, CombineError, Dealing, IndexSet, Plan, ShareSet, SplitError,
    error::CeremonyError,
    escrow::Terms,
    gather,
    manifest::VerifiedManifest,
    outcome::Recovered,
    seal_and_split,
    share::{Content, Share},
    split,
    transcript::{EventKind, MAX_PURPOSE_BYTES, Transcript},
};

/// A step was refused; the ceremony is as it was, but for its transcript.
#[derive(Debug)]
pub struct Refused<S> {
    /// The ceremony before the step.
    pub ceremony: Box<S>,
    /// Why.
    pub reason: CeremonyError,
}

impl<S> core::fmt::Display for Refused<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(&self.reason, f)
    }
}

impl<S: core::fmt::Debug> core::error::Error for Refused<S> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.reason)
    }
}

fn refuse<S>(ceremony: S, reason: CeremonyError) -> Refused<S> {
    Refused {
        ceremony: Box::new(ceremony),
        reason,
    }
}

/// What every step knows.
#[derive(Debug)]
struct Common {
    manifest: VerifiedManifest,
    /// Fingerprints of the custodians' verifying keys, by index from 1.
    custodians: Vec<Fingerprint>,
    transcript: Transcript,
}

fn now(clock: &impl Clock) -> Result<UnixTime, CeremonyError> {
    clock.now().map_err(|_| CeremonyError::Clock)
}

/// A ceremony over a set: its purpose and its custodians are fixed.
#[must_use]
#[derive(Debug)]
pub struct Planned(Common);

/// Attestations are being collected.
#[must_use]
#[derive(Debug)]
pub struct Collecting {
    common: Common,
    challenge: Challenge,
    attested: IndexSet,
}

/// Enough custodians attested.
#[must_use]
#[derive(Debug)]
pub struct Verified {
    common: Common,
    attested: IndexSet,
}

/// The secret is here, in memory that is zeroized on drop.
#[must_use]
pub struct Opened {
    common: Common,
    recovered: Recovered,
}

impl Planned {
    /// Plans a ceremony. `purpose` is 1 to 255 bytes of text; `custodians` are the fingerprints of the keys that the
    /// custodians sign with, by the index of their shares from 1.
    ///
    /// # Errors
    /// [`CeremonyError::Purpose`]; [`CeremonyError::Custodians`] if they are not n or two are one;
    /// [`CeremonyError::Clock`].
    pub fn new(
        purpose: &str,
        manifest: VerifiedManifest,
        custodians: &[Fingerprint],
        clock: &impl Clock,
    ) -> Result<Self, CeremonyError> {
        if purpose.is_empty() || purpose.len() > MAX_PURPOSE_BYTES {
            return Err(CeremonyError::Purpose);
        }
        let count = usize::from(manifest.set().threshold.count());
        let are_distinct = custodians
            .iter()
            .enumerate()
            .all(|(i, one)| !custodians.iter().take(i).any(|other| other == one));
        if custodians.len() != count || !are_distinct {
            return Err(CeremonyError::Custodians);
        }
        let mut transcript = Transcript::begin(purpose);
        let hash = manifest.hash();
        transcript.record(now(clock)?, EventKind::Planned, 0, hash.as_bytes());
        Ok(Self(Common {
            manifest,
            custodians: custodians.to_vec(),
            transcript,
        }))
    }

    /// Draws the challenge that makes every attestation fresh.
    ///
    /// # Errors
    /// [`CeremonyError::Randomness`], [`CeremonyError::Clock`].
    pub fn collect<R: TryCryptoRng + ?Sized>(
        self,
        clock: &impl Clock,
        rng: &mut R,
    ) -> Result<Collecting, Refused<Self>> {
        let at = match now(clock) {
            Ok(at) => at,
            Err(reason) => return Err(refuse(self, reason)),
        };
        let mut nonce = [0; 32];
        if rng.try_fill_bytes(&mut nonce).is_err() {
            return Err(refuse(self, CeremonyError::Randomness));
        }
        let Self(mut common) = self;
        let challenge = Challenge::new(nonce, common.manifest.hash());
        common
            .transcript
            .record(at, EventKind::Collecting, 0, &nonce);
        Ok(Collecting {
            common,
            challenge,
            attested: IndexSet::new(),
        })
    }
}

impl Collecting {
    /// What custodians are to answer.
    #[must_use]
    pub const fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// Takes an attestation: the index of the share that is attested to.
    ///
    /// # Errors
    /// [`CeremonyError::Attestation`] if it is not that custodian's answer to this challenge, or is about another
    /// custodian's share; [`CeremonyError::Clock`].
    pub fn admit<A: VerificationAlgorithm>(
        &mut self,
        attestation: &Attestation,
        custodian: &VerifyingKey<A>,
        clock: &impl Clock,
    ) -> Result<u8, CeremonyError> {
        let at = now(clock)?;
        let (index, _) = attestation
            .verify(&self.challenge, custodian)
            .map_err(|_| CeremonyError::Attestation)?;
        let fingerprint = custodian.fingerprint();
        let planned = index
            .checked_sub(1)
            .and_then(|at| self.common.custodians.get(usize::from(at)));
        if planned != Some(&fingerprint) {
            return Err(CeremonyError::Attestation);
        }
        if self.attested.insert(index) {
            let subject = fingerprint.as_bytes();
            let transcript = &mut self.common.transcript;
            transcript.record(at, EventKind::Attested, index, subject);
        }
        Ok(index)
    }

    /// Whose attestations were taken.
    #[must_use]
    pub const fn attested(&self) -> IndexSet {
        self.attested
    }

    /// Goes on if k custodians attested.
    ///
    /// # Errors
    /// [`CeremonyError::TooFew`], [`CeremonyError::Clock`].
    pub fn verify(mut self, clock: &impl Clock) -> Result<Verified, Refused<Self>> {
        let needed = self.common.manifest.set().threshold.threshold();
        if self.attested.len() < usize::from(needed) {
            return Err(refuse(self, CeremonyError::TooFew));
        }
        match now(clock) {
            Err(reason) => Err(refuse(self, reason)),
            Ok(at) => {
                let transcript = &mut self.common.transcript;
                transcript.record(at, EventKind::Verified, 0, &[]);
                Ok(Verified {
                    common: self.common,
                    attested: self.attested,
                })
            }
        }
    }
}

impl Verified {
    /// Combines shares of custodians who attested. Wrong ones are named, in [`Opened::wrong`] and in the transcript.
    ///
    /// `context` is what a sealed payload was bound to; a set that shares the secret itself takes an empty one. A context
    /// that is an escrow's terms is taken as those: see [`open_escrow`](Self::open_escrow).
    ///
    /// # Errors
    /// [`CeremonyError::NotAttested`], [`CeremonyError::Combine`], [`CeremonyError::Purpose`],
    /// [`CeremonyError::Escrow`], [`CeremonyError::Clock`].
    pub fn open(
        self,
        shares: &[Share],
        context: WrapContext<'_>,
        clock: &impl Clock,
    ) -> Result<Opened, Refused<Self>> {
        self.open_under(shares, context, clock)
    }

    /// Opens what was [deposited](crate::escrow::deposit) under the same terms, while the lifetime of the data lasts.
    ///
    /// # Errors
    /// [`CeremonyError::Escrow`], and those of [`open`](Self::open).
    pub fn open_escrow(
        self,
        shares: &[Share],
        terms: &Terms<'_>,
        clock: &impl Clock,
    ) -> Result<Opened, Refused<Self>> {
        let der = terms.to_der();
        match WrapContext::new(&der) {
            Ok(context) => self.open_under(shares, context, clock),
            Err(_) => Err(refuse(self, CeremonyError::Purpose)),
        }
    }

    fn open_under(
        mut self,
        shares: &[Share],
        context: WrapContext<'_>,
        clock: &impl Clock,
    ) -> Result<Opened, Refused<Self>> {
        let at = match now(clock) {
            Ok(at) => at,
            Err(reason) => return Err(refuse(self, reason)),
        };
        let terms = Terms::from_der(context.as_bytes());
        let opened = self.join(shares, context, terms, at);
        let transcript = &mut self.common.transcript;
        match opened {
            Ok(recovered) => {
                for share in shares {
                    let index = share.index();
                    let kind = if recovered.wrong.contains(index) {
                        EventKind::WrongShare
                    } else {
                        EventKind::UsedShare
                    };
                    transcript.record(at, kind, index, &[]);
                }
                let terms = terms.map(|terms| terms.hash());
                let subject = terms.as_ref().map_or(&[][..], |hash| hash);
                transcript.record(at, EventKind::Opened, 0, subject);
                Ok(Opened {
                    common: self.common,
                    recovered,
                })
            }
            Err(reason) => {
                if let CeremonyError::Combine(CombineError::TooFewGood { wrong, .. }) = reason {
                    for index in wrong.iter() {
                        transcript.record(at, EventKind::WrongShare, index, &[]);
                    }
                }
                transcript.record(at, EventKind::Refused, 0, &[]);
                Err(refuse(self, reason))
            }
        }
    }

    fn join(
        &self,
        shares: &[Share],
        context: WrapContext<'_>,
        terms: Option<Terms<'_>>,
        at: UnixTime,
    ) -> Result<Recovered, CeremonyError> {
        let has_attested = |share: &Share| self.attested.contains(share.index());
        if !shares.iter().all(has_attested) {
            return Err(CeremonyError::NotAttested);
        }
        if let Some(terms) = terms {
            terms.check(at).map_err(CeremonyError::Escrow)?;
        }
        let manifest = &self.common.manifest;
        let joined = match manifest.set().content {
            Content::Secret if !context.as_bytes().is_empty() => {
                return Err(CeremonyError::Purpose);
            }
            Content::Secret => gather::combine_with(manifest, shares),
            Content::SealKey => gather::open_with(manifest, shares, context),
        };
        joined.map_err(CeremonyError::Combine)
    }
}

/// The secret was dealt anew, and is here no more.
#[must_use]
#[derive(Debug)]
pub struct Reshared {
    /// The shares of the next generation.
    pub set: ShareSet,
    /// What happened.
    pub transcript: Transcript,
}

impl Opened {
    /// The secret, or the payload that was sealed.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        &self.recovered.secret
    }

    /// The shares that were given and are wrong.
    #[must_use]
    pub const fn wrong(&self) -> IndexSet {
        self.recovered.wrong
    }

    /// Deals the same secret anew, as the next generation: to other custodians, or with another threshold. A payload is
    /// sealed anew, under a fresh key, bound to `context`; a set that shares the secret itself takes an empty one.
    ///
    /// Old shares still give what they gave: destroying them is the custodians' part. This ends the ceremony, so that it
    /// deals one next generation; that no other ceremony over the same set deals another one is the dealer's to see to.
    ///
    /// # Errors
    /// [`CeremonyError::Split`], [`CeremonyError::Purpose`], [`CeremonyError::Clock`].
    pub fn reshare<S: Sign, R: TryCryptoRng + ?Sized>(
        mut self,
        plan: &Plan,
        context: WrapContext<'_>,
        dealer: &S,
        clock: &impl Clock,
        rng: &mut R,
    ) -> Result<Reshared, Refused<Self>> {
        let dealt = now(clock).and_then(|at| Ok((at, self.deal(plan, context, dealer, rng)?)));
        match dealt {
            Err(reason) => Err(refuse(self, reason)),
            Ok((at, set)) => {
                let hash = Sha256::digest(set.manifest.to_der());
                let transcript = &mut self.common.transcript;
                transcript.record(at, EventKind::Reshared, 0, &hash);
                Ok(Reshared {
                    set,
                    transcript: self.common.transcript,
                })
            }
        }
    }

    fn deal<S: Sign, R: TryCryptoRng + ?Sized>(
        &self,
        plan: &Plan,
        context: WrapContext<'_>,
        dealer: &S,
        rng: &mut R,
    ) -> Result<ShareSet, CeremonyError> {
        let set = self.common.manifest.set();
        let generation = set
            .generation
            .next()
            .ok_or(CeremonyError::Split(SplitError::Generation))?;
        let dealing = Dealing {
            set_id: set.set_id,
            generation,
            plan,
        };
        let secret = &self.recovered.secret;
        let dealt = match set.content {
            Content::Secret if !context.as_bytes().is_empty() => {
                return Err(CeremonyError::Purpose);
            }
            Content::Secret => split(secret, &dealing, dealer, rng),
            Content::SealKey => {
                let payload = secret.expose(pqkm_core::ExposeToken::acknowledge());
                seal_and_split(payload, context, &dealing, dealer, rng)
            }
        };
        dealt.map_err(CeremonyError::Split)
    }

    /// Ends the ceremony: the secret is erased, the transcript stays.
    #[must_use]
    pub fn close(self) -> Transcript {
        self.common.transcript
    }
}

/// Shows no secret.
impl core::fmt::Debug for Opened {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Opened")
            .field("common", &self.common)
            .field("wrong", &self.recovered.wrong)
            .finish_non_exhaustive()
    }
}

macro_rules! transcript {
    ($($state:ident: $($field:tt).+;)+) => {$(
        impl $state {
            /// What happened so far.
            #[must_use]
            pub const fn transcript(&self) -> &Transcript {
                &self.$($field).+.transcript
            }
        }
    )+};
}

transcript! {
    Planned: 0;
    Collecting: common;
    Verified: common;
    Opened: common;
}
