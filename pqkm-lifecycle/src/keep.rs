//! How keys of each role are kept: private and symmetric ones wrapped under the root, public ones as
//! `SubjectPublicKeyInfo`. A key in a module is kept there; the registry has a reference.

use pqkm_core::{
    AgreementAlgorithm, AnyPublicKey, DataAlgorithm, DerivationAlgorithm, GenerateError,
    KemAlgorithm, Key, KeyHandle, KeyId, Rotate, SignatureAlgorithm, Unwrap as _,
    VerificationAlgorithm, Wrap as _, WrapAlgorithm, WrapContext, WrapItem, WrappedKey,
    rand_core::TryCryptoRng,
    role::{
        Agreement, DataEncryption, Decapsulation, Derivation, Encapsulation, PublicAgreement,
        Signing, Verification, Wrapping,
    },
};

use crate::{
    custody::Custody,
    error::Refusal,
    name::KeyName,
    table::{Half, RoleName},
    wire::Hash,
};

/// Names the context in which a key is wrapped under the root.
const LABEL: &[u8] = b"pqkm registry key v1";

/// A key that a registry can keep: every [`Key`] of the roles of `pqkm-core`.
#[diagnostic::on_unimplemented(
    message = "a registry cannot keep `{Self}`",
    label = "keys of `pqkm-core` can be kept; a handle to a key in a module is adopted",
    note = "see `ModuleKey` and `Registry::adopt`"
)]
pub trait Keep: KeyHandle + Sized {
    #[doc(hidden)]
    fn to_material<C: Custody, R: TryCryptoRng + ?Sized>(
        &self,
        place: &Place<'_, C>,
        rng: &mut R,
    ) -> Result<Vec<u8>, Refusal>;

    #[doc(hidden)]
    fn from_material<C: Custody>(material: &[u8], place: &Place<'_, C>) -> Result<Self, Refusal>;
}

/// A key that a registry can generate: private keys with their public halves, and symmetric keys.
#[diagnostic::on_unimplemented(
    message = "a registry cannot generate `{Self}`",
    label = "generate the private half: the public half follows from it"
)]
pub trait Generated: Keep + Rotate {
    #[doc(hidden)]
    fn generate<R: TryCryptoRng + ?Sized>(id: KeyId, rng: &mut R) -> Result<Self, GenerateError>;

    #[doc(hidden)]
    fn public_half(&self) -> Option<(RoleName, AnyPublicKey)>;

    #[doc(hidden)]
    #[must_use]
    fn with_export_forbidden(self) -> Self;
}

/// A handle to a key in a module, which a registry governs without having it.
pub trait ModuleKey: KeyHandle {
    /// By what the module knows the key: 1 to 1024 bytes.
    fn reference(&self) -> Vec<u8>;

    /// The public half, if there is one: that the handle is to the key on record is seen by it.
    fn public_half(&self) -> Option<AnyPublicKey>;
}

/// Where a key is kept: the root, and the name that it is bound to.
#[expect(unnameable_types, reason = "seals `Keep`")]
pub struct Place<'a, C> {
    pub(crate) custody: &'a C,
    pub(crate) registry: Hash,
    pub(crate) name: KeyName,
}

impl<C> Place<'_, C> {
    fn context(&self) -> Vec<u8> {
        let half = match self.name.half {
            Half::Secret => 0,
            Half::Public => 1,
        };
        [
            LABEL,
            self.registry.as_bytes().as_slice(),
            self.name.id.as_bytes(),
            &self.name.version.get().to_be_bytes(),
            &[half],
        ]
        .concat()
    }
}

macro_rules! secret {
    ($($role:ident: $algorithm:ident;)+) => {$(
        impl<A: $algorithm> Keep for Key<A, $role> {
            fn to_material<C: Custody, R: TryCryptoRng + ?Sized>(
                &self,
                place: &Place<'_, C>,
                rng: &mut R,
            ) -> Result<Vec<u8>, Refusal> {
                let context = place.context();
                let item = WrapItem {
                    key: self,
                    generation: place.name.version,
                    context: WrapContext::new(&context).map_err(|_| Refusal::Custody)?,
                };
                let record = place.custody.root().wrap_item(&item, rng);
                Ok(record.map_err(|_| Refusal::Custody)?.to_der())
            }

            fn from_material<C: Custody>(
                material: &[u8],
                place: &Place<'_, C>,
            ) -> Result<Self, Refusal> {
                let context = place.context();
                let context = WrapContext::new(&context).map_err(|_| Refusal::Custody)?;
                let record = WrappedKey::from_der(material).map_err(|_| Refusal::Custody)?;
                if record.attributes().generation() != place.name.version.get() {
                    return Err(Refusal::Custody);
                }
                let key = place.custody.root().unwrap_key(&record, context);
                key.map_err(|_| Refusal::Custody)
            }
        }
    )+};
}

macro_rules! public {
    ($($role:ident: $algorithm:ident;)+) => {$(
        impl<A: $algorithm> Keep for Key<A, $role> {
            fn to_material<C: Custody, R: TryCryptoRng + ?Sized>(
                &self,
                _: &Place<'_, C>,
                _: &mut R,
            ) -> Result<Vec<u8>, Refusal> {
                Ok(AnyPublicKey::from(self).as_spki_der().to_vec())
            }

            fn from_material<C: Custody>(
                material: &[u8],
                _: &Place<'_, C>,
            ) -> Result<Self, Refusal> {
                AnyPublicKey::from_spki_der(material)
                    .and_then(|key| key.promote())
                    .map_err(|_| Refusal::Type)
            }
        }
    )+};
}

secret! {
    Signing: SignatureAlgorithm;
    Decapsulation: KemAlgorithm;
    Agreement: AgreementAlgorithm;
    Wrapping: WrapAlgorithm;
    Derivation: DerivationAlgorithm;
    DataEncryption: DataAlgorithm;
}

public! {
    Verification: VerificationAlgorithm;
    Encapsulation: KemAlgorithm;
    PublicAgreement: AgreementAlgorithm;
}

macro_rules! generated {
    ($($role:ident: $algorithm:ident, |$id:ident, $rng:ident| $generate:expr
        $(, $half:ident as $public:ident)?;)+) => {$(
        impl<A: $algorithm> Generated for Key<A, $role> {
            fn generate<R: TryCryptoRng + ?Sized>(
                $id: KeyId,
                $rng: &mut R,
            ) -> Result<Self, GenerateError> {
                $generate
            }

            fn public_half(&self) -> Option<(RoleName, AnyPublicKey)> {
                generated!(@half self $($half $public)?)
            }

            fn with_export_forbidden(self) -> Self {
                self.into_non_exportable()
            }
        }
    )+};
    (@half $self:ident) => { None };
    (@half $self:ident $half:ident $public:ident) => {
        Some((RoleName::$public, AnyPublicKey::from(&$self.$half())))
    };
}

generated! {
    Signing: SignatureAlgorithm, |_id, rng| Self::generate_checked(rng), verifying_key as Verification;
    Decapsulation: KemAlgorithm, |_id, rng| Self::generate_checked(rng),
        encapsulation_key as Encapsulation;
    Agreement: AgreementAlgorithm, |_id, rng| Self::generate_checked(rng),
        agreement_public_key as PublicAgreement;
    // Records that it wraps name the registry's key.
    Wrapping: WrapAlgorithm, |id, rng| Self::generate_named(id, rng);
    Derivation: DerivationAlgorithm, |_id, rng| Self::generate(rng);
    DataEncryption: DataAlgorithm, |_id, rng| Self::generate(rng);
}
