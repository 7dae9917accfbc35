//! Keys with certificates, and what is issued below them.

use core::time::Duration;

use pqkm::composite::{
    MlDsa65EcdsaP256,
    x509::{Certificate, Issuance, Profile, issue, name},
    x509_cert::{
        der::asn1::GeneralizedTime,
        serial_number::SerialNumber,
        time::{Time, Validity},
    },
};
use pqkm::core::{AnyPublicKey, Clock, SigningKey, SystemClock, UnixTime, rand_core::TryCryptoRng};

use crate::Fault;

/// How long a certificate is valid, in seconds.
const LIFETIME: u64 = 30 * 86_400;

/// A key and its certificate.
pub(crate) struct Named {
    pub(crate) key: SigningKey<MlDsa65EcdsaP256>,
    pub(crate) certificate: Certificate,
}

/// A key that issues.
pub(crate) type Authority = Named;

/// From now until a month from now.
pub(crate) fn times(now: UnixTime) -> Result<(Time, Time), Fault> {
    let time = |seconds| -> Result<Time, Fault> {
        let seconds = Duration::from_secs(seconds);
        Ok(Time::GeneralTime(GeneralizedTime::from_unix_duration(
            seconds,
        )?))
    };
    Ok((time(now.seconds())?, time(now.seconds() + LIFETIME)?))
}

fn issuance<'a>(key: &'a AnyPublicKey, rng: &mut impl TryCryptoRng) -> Result<Issuance<'a>, Fault> {
    let mut serial = [0; 16];
    rng.try_fill_bytes(&mut serial)
        .map_err(|_| "the random number generator failed")?;
    // A positive number of full length, whatever was drawn.
    serial[0] = serial[0] & 0x3f | 0x40;
    let (from, until) = times(SystemClock.now()?)?;
    Ok(Issuance {
        serial_number: SerialNumber::new(&serial)?,
        validity: Validity::new(from, until),
        subject_key: key,
    })
}

impl Named {
    /// A root that allows one authority below it.
    pub(crate) fn root(subject: &str, rng: &mut impl TryCryptoRng) -> Result<Self, Fault> {
        let key = SigningKey::generate_checked(rng)?;
        let public = AnyPublicKey::from(&key.verifying_key());
        let issuance = issuance(&public, rng)?;
        let certificate = issue(
            Profile::root(name(subject)?, Some(1)),
            issuance,
            None,
            &key,
            rng,
        )?;
        Ok(Self { key, certificate })
    }

    /// An authority that allows none below it.
    pub(crate) fn below(&self, subject: &str, rng: &mut impl TryCryptoRng) -> Result<Self, Fault> {
        let key = SigningKey::generate_checked(rng)?;
        let profile = Profile::authority(&self.certificate, name(subject)?, Some(0))?;
        let certificate = self.issue(profile, &AnyPublicKey::from(&key.verifying_key()), rng)?;
        Ok(Self { key, certificate })
    }

    /// A subject with a new key.
    pub(crate) fn leaf(&self, subject: &str, rng: &mut impl TryCryptoRng) -> Result<Self, Fault> {
        let key = SigningKey::generate_checked(rng)?;
        self.certify(key, subject, rng)
    }

    /// A subject with a key that it has.
    pub(crate) fn certify(
        &self,
        key: SigningKey<MlDsa65EcdsaP256>,
        subject: &str,
        rng: &mut impl TryCryptoRng,
    ) -> Result<Self, Fault> {
        let profile = Profile::end_entity(&self.certificate, name(subject)?)?;
        let certificate = self.issue(profile, &AnyPublicKey::from(&key.verifying_key()), rng)?;
        Ok(Self { key, certificate })
    }

    fn issue(
        &self,
        profile: Profile,
        public: &AnyPublicKey,
        rng: &mut impl TryCryptoRng,
    ) -> Result<Certificate, Fault> {
        let issuance = issuance(public, rng)?;
        Ok(issue(
            profile,
            issuance,
            Some(&self.certificate),
            &self.key,
            rng,
        )?)
    }
}
