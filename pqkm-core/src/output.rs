//! What operations return: signatures, ciphertexts and shared secrets, each typed by its algorithm.

use core::fmt;

use zeroize::Zeroize;

use crate::{
    algorithm::{KemAlgorithm, VerificationAlgorithm},
    error::DecodeError,
    key::DerivationKey,
    secret::ExposeToken,
    symmetric::{DerivationAlgorithm, SymmetricMaterial},
};

mod bytes;

pub use bytes::{HeapBytes, OutputLength};

/// A signature by a key of algorithm `A`.
///
/// Its bytes were checked for length only; whether they are a signature is for
/// [`Key::verify`](crate::Key::verify) to say.
pub struct Signature<A: VerificationAlgorithm>(pub(crate) A::Signature);

/// A ciphertext of algorithm `A`: an encapsulated shared secret.
pub struct Ciphertext<A: KemAlgorithm>(pub(crate) A::Ciphertext);

/// A ciphertext and the shared secret in it.
pub type EncapsulatedSecret<A> = (Ciphertext<A>, SharedSecret<A>);

macro_rules! output {
    ($name:ident, $bound:ident, $inner:ident) => {
        impl<A: $bound> $name<A> {
            /// The bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_ref()
            }

            /// Takes bytes of the length that the algorithm prescribes.
            ///
            /// # Errors
            /// [`DecodeError::Length`].
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
                A::$inner::try_from(bytes)
                    .map(Self)
                    .map_err(|_| DecodeError::Length)
            }

            /// Takes the algorithm's own type.
            #[must_use]
            pub const fn from_inner(inner: A::$inner) -> Self {
                Self(inner)
            }

            /// The algorithm's own type.
            #[must_use]
            pub const fn as_inner(&self) -> &A::$inner {
                &self.0
            }
        }

        impl<A: $bound> AsRef<[u8]> for $name<A> {
            fn as_ref(&self) -> &[u8] {
                self.as_bytes()
            }
        }

        impl<A: $bound> TryFrom<&[u8]> for $name<A> {
            type Error = DecodeError;

            fn try_from(bytes: &[u8]) -> Result<Self, DecodeError> {
                Self::from_bytes(bytes)
            }
        }

        impl<A: $bound> Clone for $name<A> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<A: $bound> PartialEq for $name<A> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl<A: $bound> Eq for $name<A> {}

        /// Shows algorithm and length.
        impl<A: $bound> fmt::Debug for $name<A> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("algorithm", &A::NAME)
                    .field("bytes", &self.as_bytes().len())
                    .finish()
            }
        }
    };
}

output!(Ciphertext, KemAlgorithm, Ciphertext);
output!(Signature, VerificationAlgorithm, Signature);

/// A shared secret of algorithm `A` (ML-KEM: the shared secret key `K`, 32 bytes).
///
/// It is not a key for anything yet: keys are [derived](Self::into_derivation_key) from it.
/// It is zeroized on drop, and not `Clone`, `Debug` or `PartialEq`.
pub struct SharedSecret<A: KemAlgorithm>(A::SharedSecret);

impl<A: KemAlgorithm> SharedSecret<A> {
    pub(crate) const fn new(secret: A::SharedSecret) -> Self {
        Self(secret)
    }

    /// Takes a shared secret that was established elsewhere: how a handle to a decapsulation key in a
    /// hardware module returns what the module computed. The original bytes stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if it has not the algorithm's length.
    pub fn import(bytes: &[u8]) -> Result<Self, DecodeError>
    where
        A::SharedSecret: for<'a> TryFrom<&'a [u8]>,
    {
        A::SharedSecret::try_from(bytes)
            .map(Self)
            .map_err(|_| DecodeError::Length)
    }

    /// Makes the shared secret the input of a key derivation function.
    ///
    /// A KEM of another crate whose secret is shorter than the derivation accepts, or longer, does not
    /// build: the secrets of all KEMs here fit every [`DerivationAlgorithm`].
    pub fn into_derivation_key<D: DerivationAlgorithm>(self) -> DerivationKey<D> {
        const { crate::symmetric::assert_derives::<A::SharedSecret, D>() };
        DerivationKey::from_material(SymmetricMaterial::copy_from(self.as_bytes()))
    }

    /// Reveals the shared secret.
    #[must_use]
    pub fn expose(&self, _: ExposeToken) -> &[u8] {
        self.as_bytes()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl<A: KemAlgorithm> Drop for SharedSecret<A> {
    fn drop(&mut self) {
        self.0.as_mut().zeroize();
    }
}

impl<A: KemAlgorithm> zeroize::ZeroizeOnDrop for SharedSecret<A> {}

impl<A: KemAlgorithm> subtle::ConstantTimeEq for SharedSecret<A> {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.as_bytes().ct_eq(other.as_bytes())
    }
}
