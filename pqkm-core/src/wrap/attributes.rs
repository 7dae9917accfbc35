//! What a record says about the key in it.

use alloc::vec::Vec;

use der::Sequence;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    algorithm::SecretMaterial,
    error::DecodeError,
    ident::Version,
    key::Key,
    role::{HasKey, KeyKind, Role, SecretRole},
};

/// What a record says about the key in it. All of it is bound: a record with other attributes does not
/// unwrap.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct KeyAttributes {
    kind: KeyKind,
    algorithm: AlgorithmIdentifierOwned,
    usage: KeyUsage,
    generation: u64,
    exportable: bool,
}

/// The role of the key in a record (`KeyUsage` in the ASN.1 module).
#[derive(Clone, Copy, Debug, PartialEq, Eq, der::Enumerated)]
#[repr(u8)]
enum KeyUsage {
    Signing = 0,
    Decapsulation = 3,
    Wrapping = 4,
    Derivation = 5,
    DataEncryption = 6,
    Agreement = 7,
}

impl KeyAttributes {
    /// Whether the key is symmetric or private.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// The number of the key's role: see [`Role::NUMBER`].
    #[must_use]
    pub const fn usage(&self) -> u8 {
        #[expect(clippy::as_conversions, reason = "the discriminants are u8")]
        {
            self.usage as u8
        }
    }

    /// The version of the key's material, from 1.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether the key may leave the process that unwraps it in the clear.
    #[must_use]
    pub const fn exportable(&self) -> bool {
        self.exportable
    }

    pub(super) const fn has_valid_generation(&self) -> bool {
        self.generation != 0
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "seals `Wrappable`")]
    pub trait Sealed {}

    /// Only this crate makes one, so only this crate calls what takes one. Hiding the functions of a
    /// public trait from the documentation would not keep anyone from calling them.
    #[expect(unnameable_types, reason = "seals the functions of `Wrappable`")]
    pub struct Internal(pub(in crate::wrap) ());
}

pub(super) use sealed::Internal;

/// A secret key that can be wrapped: any [`Key`] in a secret role. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a secret key that can be wrapped",
    label = "secret keys are wrapped as typed keys, never as bytes",
    note = "import raw bytes into their type first, for example with `DataKey::import`"
)]
pub trait Wrappable: Sized + Send + Sync + sealed::Sealed {
    /// What a record says about this key.
    #[doc(hidden)]
    fn attributes(&self, generation: Version, _: Internal) -> KeyAttributes;

    /// The bytes that are wrapped.
    #[doc(hidden)]
    fn to_wrap_bytes(&self, _: Internal) -> Zeroizing<Vec<u8>>;

    /// Whether a record says that it holds such a key.
    #[doc(hidden)]
    fn matches(attributes: &KeyAttributes, _: Internal) -> bool;

    /// Reads the bytes that were wrapped.
    #[doc(hidden)]
    fn from_wrap_bytes(
        bytes: &[u8],
        attributes: &KeyAttributes,
        _: Internal,
    ) -> Result<Self, DecodeError>;
}

impl<A: HasKey<R>, R: Role> sealed::Sealed for Key<A, R> {}

impl<A: HasKey<R>, R: SecretRole> Wrappable for Key<A, R>
where
    A::Material: SecretMaterial,
{
    #[expect(clippy::expect_used, reason = "a test maps every secret role")]
    fn attributes(&self, generation: Version, _: Internal) -> KeyAttributes {
        KeyAttributes {
            kind: R::KIND,
            algorithm: A::record_algorithm(),
            usage: KeyUsage::try_from(R::NUMBER).expect("every secret role is a usage"),
            generation: generation.get(),
            exportable: self.is_exportable(),
        }
    }

    fn to_wrap_bytes(&self, _: Internal) -> Zeroizing<Vec<u8>> {
        self.material().to_bytes()
    }

    fn matches(attributes: &KeyAttributes, _: Internal) -> bool {
        attributes.kind == R::KIND
            && attributes.usage() == R::NUMBER
            && attributes.algorithm == A::record_algorithm()
    }

    fn from_wrap_bytes(
        bytes: &[u8],
        attributes: &KeyAttributes,
        _: Internal,
    ) -> Result<Self, DecodeError> {
        let material = A::Material::from_bytes(bytes)?;
        Ok(Self::from_material(material).with_exportable(attributes.exportable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::{Agreement, DataEncryption, Decapsulation, Derivation, Signing, Wrapping};

    #[test]
    fn every_secret_role_is_a_usage() {
        fn check<R: SecretRole>() {
            assert!(KeyUsage::try_from(R::NUMBER).is_ok());
        }
        check::<Signing>();
        check::<Decapsulation>();
        check::<Agreement>();
        check::<Wrapping>();
        check::<Derivation>();
        check::<DataEncryption>();
    }
}
