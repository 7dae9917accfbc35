//! ECDH (NIST SP 800-56A Rev. 3, section 5.7.1.2: cofactor Diffie-Hellman, whose cofactor is 1 here):
//! the shared secret is the x-coordinate of the shared point.

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;

#[cfg(feature = "brainpool")]
use crate::ec::{BrainpoolP256r1, BrainpoolP384r1};
use crate::{
    agreement::{AgreementAlgorithm, AgreementMaterials},
    algorithm::Algorithm,
    ec::{self, Curve, EcPrivate, EcPublic, NistP256, NistP384, NistP521},
    error::{AgreeError, GenerateError},
};

macro_rules! algorithms {
    ($( $(#[$meta:meta])* $name:ident = $text:literal, $curve:ident; )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                ec::key_algorithm::<$curve>()
            }
        }

        impl AgreementAlgorithm for $name {
            type Agreement = EcPrivate<$curve>;
            type PublicAgreement = EcPublic<$curve>;
            type AgreedSecret = <$curve as Curve>::Coordinate;

            fn generate_material<R: TryCryptoRng + ?Sized>(
                rng: &mut R,
            ) -> Result<AgreementMaterials<Self>, GenerateError> {
                ec::generate(rng)
            }

            fn agree(
                private: &Self::Agreement,
                peer: &Self::PublicAgreement,
            ) -> Result<Self::AgreedSecret, AgreeError> {
                $curve::multiply(private.private(), peer.point()).ok_or(AgreeError::InvalidKey)
            }
        }
    )+};
}

algorithms! {
    /// ECDH on P-256: public keys are 65 bytes, secrets 32.
    EcdhP256 = "ECDH-P256", NistP256;
    /// ECDH on P-384: public keys are 97 bytes, secrets 48.
    EcdhP384 = "ECDH-P384", NistP384;
    /// ECDH on P-521: public keys are 133 bytes, secrets 66.
    EcdhP521 = "ECDH-P521", NistP521;
}

#[cfg(feature = "brainpool")]
algorithms! {
    /// ECDH on brainpoolP256r1: public keys are 65 bytes, secrets 32.
    EcdhBrainpoolP256r1 = "ECDH-brainpoolP256r1", BrainpoolP256r1;
    /// ECDH on brainpoolP384r1: public keys are 97 bytes, secrets 48.
    EcdhBrainpoolP384r1 = "ECDH-brainpoolP384r1", BrainpoolP384r1;
}
