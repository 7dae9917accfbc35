//! Roles: what a key is for. A role is a type, and only this crate defines roles.
//!
//! An algorithm says which roles it has keys for ([`HasKey`]); a role says which operations its keys
//! may perform ([`MaySign`] and its siblings). Both are decided at compile time. The bounds stand on
//! the methods of [`Key`], so that the compiler answers a misuse with the sentence written here.

use core::fmt::Debug;

use crate::{algorithm::Algorithm, key::Key};

pub use crate::{
    rotate::MayRotate,
    wrap::{MayUnwrap, MayWrap},
};

mod sealed {
    #[expect(unnameable_types, reason = "seals `Role`")]
    pub trait Sealed {}
}

/// What a key is for. Sealed: no other crate can invent a role, or rights for one.
pub trait Role: sealed::Sealed + Copy + Debug + Send + Sync + 'static {
    /// The role as printed, in the words of the standards.
    const NAME: &'static str;
    /// The number of this role in our records (`KeyUsage` in the ASN.1 module).
    const NUMBER: u8;
}

/// A role whose keys are public: they can be printed, cloned and compared.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` is secret: it cannot be printed, cloned, compared or serialized",
    label = "only public keys (`VerifyingKey`, `EncapsulationKey`, `AgreementPublicKey`) can",
    note = "secret bytes leave through `expose`, which takes an `ExposeToken`"
)]
pub trait PublicRole: Role {}

/// A role whose keys are secret.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` is public: there is nothing to keep, wrap or expose",
    label = "a secret key is needed here"
)]
pub trait SecretRole: Role {
    /// Whether the key is symmetric or the private half of a pair.
    const KIND: KeyKind;
}

/// What kind of secret a key is (`KeyType` in the ASN.1 module).
#[derive(Clone, Copy, Debug, PartialEq, Eq, der::Enumerated)]
#[repr(u8)]
pub enum KeyKind {
    /// A symmetric key.
    Secret = 0,
    /// The private half of a pair.
    Private = 1,
}

/// A secret role whose keys have a public half and travel in PKCS#8.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` is not the private half of a pair",
    label = "PKCS#8 holds `SigningKey`, `DecapsulationKey` and `AgreementKey`"
)]
pub trait PrivateRole: SecretRole {}

/// A role whose keys, and handles to such keys, can wrap other keys.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` cannot wrap other keys",
    label = "wrapping is for the roles `Encapsulation` and `Wrapping`",
    note = "a key has one role for life: SP 800-57 Part 1 Rev. 5, section 5.2"
)]
pub trait WrappingRole: Role {}

/// A role whose keys, and handles to such keys, can unwrap other keys.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` cannot unwrap other keys",
    label = "unwrapping is for the roles `Decapsulation` and `Wrapping`",
    note = "a key has one role for life: SP 800-57 Part 1 Rev. 5, section 5.2"
)]
pub trait UnwrappingRole: Role {}

macro_rules! roles {
    ($( $(#[$meta:meta])* $role:ident = $name:literal, $number:literal; )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $role {}

        impl sealed::Sealed for $role {}
        impl Role for $role {
            const NAME: &'static str = $name;
            const NUMBER: u8 = $number;
        }
    )+};
}

roles! {
    /// Makes signatures.
    Signing = "signing", 0;
    /// Verifies signatures.
    Verification = "verification", 1;
    /// Encapsulates a shared secret to the holder of the decapsulation key.
    Encapsulation = "encapsulation", 2;
    /// Decapsulates shared secrets.
    Decapsulation = "decapsulation", 3;
    /// Wraps and unwraps other keys.
    Wrapping = "wrapping", 4;
    /// Derives other keys.
    Derivation = "derivation", 5;
    /// Encrypts and decrypts data.
    DataEncryption = "data encryption", 6;
    /// Agrees on a shared secret with the holder of another agreement key.
    Agreement = "agreement", 7;
    /// The public half of an agreement key.
    PublicAgreement = "public agreement", 8;
}

macro_rules! kinds {
    (public: $($public:ident),+; private: $($private:ident),+; symmetric: $($symmetric:ident),+) => {
        $( impl PublicRole for $public {} )+
        $(
            impl SecretRole for $private {
                const KIND: KeyKind = KeyKind::Private;
            }
            impl PrivateRole for $private {}
        )+
        $(
            impl SecretRole for $symmetric {
                const KIND: KeyKind = KeyKind::Secret;
            }
        )+
    };
}

kinds! {
    public: Verification, Encapsulation, PublicAgreement;
    private: Signing, Decapsulation, Agreement;
    symmetric: Wrapping, Derivation, DataEncryption
}

impl WrappingRole for Encapsulation {}
impl WrappingRole for Wrapping {}
impl UnwrappingRole for Decapsulation {}
impl UnwrappingRole for Wrapping {}

/// States that algorithm `Self` has keys in role `R`, and what they are made of.
///
/// It follows from the algorithm traits by blanket implementations: implement
/// [`KemAlgorithm`](crate::KemAlgorithm) and there are encapsulation and decapsulation keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no keys in the role `{R}`",
    label = "there is no such key"
)]
pub trait HasKey<R: Role>: Algorithm {
    /// What a key of this role is made of.
    type Material: Send + Sync + 'static;
}

/// Declares an operation: which roles may perform it, and what the compiler says to the others.
macro_rules! operations {
    ($(
        $(#[$meta:meta])*
        $may:ident, $verb:literal, $needed:literal, $note:literal: $as:ident -> $role:ident;
    )+) => {$(
        $(#[$meta])*
        #[diagnostic::on_unimplemented(
            message = $verb,
            label = $needed,
            note = $note
        )]
        pub trait $may: Role {
            /// The key, seen as a key of the one role that may do this.
            #[doc(hidden)]
            fn $as<A: HasKey<Self> + HasKey<$role>>(key: &Key<A, Self>) -> &Key<A, $role>
            where
                Self: Sized;
        }

        impl $may for $role {
            fn $as<A: HasKey<Self>>(key: &Key<A, Self>) -> &Key<A, Self> {
                key
            }
        }
    )+};
}

operations! {
    /// May make signatures.
    MaySign, "a key in the role `{Self}` cannot sign", "signing needs a `SigningKey`",
        "a key has one role for life: SP 800-57 Part 1 Rev. 5, section 5.2": as_signing -> Signing;
    /// May verify signatures.
    MayVerify, "a key in the role `{Self}` cannot verify signatures", "verifying needs a `VerifyingKey`",
        "`SigningKey::verifying_key` gives the public half": as_verification -> Verification;
    /// May encapsulate a shared secret.
    MayEncapsulate, "a key in the role `{Self}` cannot encapsulate", "encapsulating needs an `EncapsulationKey`",
        "`DecapsulationKey::encapsulation_key` gives the public half":
        as_encapsulation -> Encapsulation;
    /// May decapsulate a shared secret.
    MayDecapsulate, "a key in the role `{Self}` cannot decapsulate",
        "decapsulating needs a `DecapsulationKey`",
        "a key has one role for life: SP 800-57 Part 1 Rev. 5, section 5.2":
        as_decapsulation -> Decapsulation;
    /// May derive other keys.
    MayDerive, "a key in the role `{Self}` cannot derive other keys", "deriving needs a `DerivationKey`",
        "a shared secret becomes a `DerivationKey` through `SharedSecret::into_derivation_key`":
        as_derivation -> Derivation;
    /// May agree on a shared secret.
    MayAgree, "a key in the role `{Self}` cannot agree on a shared secret", "agreement needs an `AgreementKey`",
        "a KEM is not a key exchange: see `Encapsulate` and `Decapsulate`":
        as_agreement -> Agreement;
}
