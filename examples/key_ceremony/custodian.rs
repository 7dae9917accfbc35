//! A custodian: two keys, a share, and a line of paper.

use std::fs;

use pqkm::core::{
    Clock, DecapsulationKey, EncapsulationKey, ExposeToken, Fingerprint, MlDsa65, MlKem768,
    SigningKey, SysRng, SystemClock, UnixTime, VerifyingKey,
    pkcs8::{EncodePrivateKey, LineEnding},
    transfer::{FileReplayStore, MemoryReplayStore},
};
use pqkm::shamir::{
    Attestation, Challenge, Purpose, Share, ShareEnvelope, Validity, VerifiedManifest,
};

use crate::{Outcome, room::Room};

/// How long an envelope can be opened, in seconds.
const VALID_SECONDS: u64 = 3600;

pub(crate) struct Custodian {
    name: String,
    signing: SigningKey<MlDsa65>,
    kem: DecapsulationKey<MlKem768>,
    replays: FileReplayStore,
    share: Option<Share>,
}

impl Custodian {
    /// Makes a custodian's keys. An example keeps them beside everything else, in the clear; a custodian would not.
    pub(crate) fn create(room: &Room, name: &str) -> Outcome<Self> {
        let signing = SigningKey::generate_checked(&mut SysRng)?;
        let kem = DecapsulationKey::generate_checked(&mut SysRng)?;
        let token = ExposeToken::acknowledge;
        let pem = signing.expose(token())?.to_pkcs8_pem(LineEnding::LF)?;
        room.write(&format!("{name}/signing-key.pem"), &pem)?;
        let pem = kem.expose(token())?.to_pkcs8_pem(LineEnding::LF)?;
        room.write(&format!("{name}/decapsulation-key.pem"), &pem)?;
        Ok(Self {
            replays: FileReplayStore::create(room.path(&format!("{name}/replays")))?,
            name: name.into(),
            signing,
            kem,
            share: None,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn verifying_key(&self) -> VerifyingKey<MlDsa65> {
        self.signing.verifying_key()
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.verifying_key().fingerprint()
    }

    pub(crate) fn encapsulation_key(&self) -> EncapsulationKey<MlKem768> {
        self.kem.encapsulation_key()
    }

    pub(crate) fn share(&self) -> Outcome<&Share> {
        Ok(self.share.as_ref().ok_or("the custodian has no share")?)
    }

    /// Puts a share into an envelope from `source`.
    pub(crate) fn send(
        &self,
        share: &Share,
        purpose: Purpose,
        source: &SigningKey<MlDsa65>,
        recipient: &EncapsulationKey<MlKem768>,
    ) -> Outcome<ShareEnvelope> {
        let not_before = SystemClock.now()?;
        let validity = Validity {
            not_before,
            expires: UnixTime::from_seconds(not_before.seconds() + VALID_SECONDS)?,
        };
        Ok(ShareEnvelope::seal(
            share,
            purpose,
            validity,
            source,
            recipient,
            &mut SysRng,
        )?)
    }

    /// Opens the dealer's envelope, and writes the share to paper.
    pub(crate) fn receive(
        &mut self,
        room: &Room,
        envelope: &ShareEnvelope,
        dealer: &VerifyingKey<MlDsa65>,
    ) -> Outcome<()> {
        let share = envelope.open(
            Purpose::Custody,
            dealer,
            &self.kem,
            &SystemClock,
            &mut self.replays,
        )?;
        room.write(&self.file("envelope", &share, "pem"), &envelope.to_pem())?;
        room.write(&self.file("paper", &share, "txt"), &share.to_paper()?)?;
        self.share = Some(share);
        Ok(())
    }

    pub(crate) fn read_paper(&self, room: &Room) -> Outcome<Share> {
        let file = self.file("paper", self.share()?, "txt");
        Ok(Share::from_paper(&fs::read_to_string(room.path(&file))?)?)
    }

    fn file(&self, what: &str, share: &Share, extension: &str) -> String {
        let generation = share.set().generation.get();
        format!("{}/{what}-{generation}.{extension}", self.name)
    }

    pub(crate) fn attest(
        &self,
        manifest: &VerifiedManifest,
        challenge: &Challenge,
    ) -> Outcome<Attestation> {
        let now = SystemClock.now()?;
        let share = self.share()?;
        Ok(Attestation::make(
            share,
            manifest,
            challenge,
            &self.signing,
            now,
            &mut SysRng,
        )?)
    }

    /// Sends the share to the room, whose machine has a key for this one envelope.
    pub(crate) fn bring(&self) -> Outcome<Share> {
        let machine = DecapsulationKey::<MlKem768>::generate_checked(&mut SysRng)?;
        let share = self.share()?;
        let envelope = self.send(
            share,
            Purpose::Opening,
            &self.signing,
            &machine.encapsulation_key(),
        )?;
        Ok(envelope.open(
            Purpose::Opening,
            &self.verifying_key(),
            &machine,
            &SystemClock,
            &mut MemoryReplayStore::new(),
        )?)
    }
}
