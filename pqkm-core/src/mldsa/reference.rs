//! The reference engine: RustCrypto's `ml-dsa`.

use alloc::vec::Vec;

use hybrid_array::Array;
use ml_dsa::{
    ExpandedSigningKey, Keypair as _, MlDsa44, MlDsa65, MlDsa87, Signature, SigningKey,
    VerifyingKey,
};
use zeroize::Zeroizing;

use super::{MU_BYTES, RND_BYTES, SEED_BYTES};
use crate::{algorithm::OutputBytes, given::GivenBytes};

/// What an engine does for a parameter set, without randomness of its own. Sealed by its module.
///
/// Lengths are the parameter set's: callers check them before.
#[expect(unnameable_types, reason = "seals `MlDsaParameters`")]
pub trait Reference: Sized {
    /// A signature: `[u8; N]`.
    type SignatureBytes: OutputBytes;
    /// An expanded public key.
    type ExpandedPk: Send + Sync + 'static;
    /// An expanded private key; zeroizes itself.
    type ExpandedSk: Send + Sync + 'static;

    /// FIPS 204, Algorithm 6 (ML-DSA.KeyGen_internal): `(sk, pk)` from `xi`.
    fn key_gen_internal(xi: &[u8; SEED_BYTES]) -> (Zeroizing<Vec<u8>>, Vec<u8>);

    /// Expands `pk`.
    fn expand_pk(pk: &[u8]) -> Self::ExpandedPk;

    /// Expands `sk`.
    fn expand_sk(sk: &[u8]) -> Self::ExpandedSk;

    /// The `pk` of an expanded `sk`, computed from `rho`, `s_1` and `s_2`.
    fn public_key(sk: &Self::ExpandedSk) -> Vec<u8>;

    /// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), from line 7 on; none if no attempt within the
    /// range of `kappa` succeeded.
    fn sign_mu(
        sk: &Self::ExpandedSk,
        mu: &[u8; MU_BYTES],
        rnd: &[u8; RND_BYTES],
    ) -> Option<Self::SignatureBytes>;

    /// FIPS 204, Algorithm 8 (ML-DSA.Verify_internal), from line 7 on.
    fn verify_mu(
        pk: &Self::ExpandedPk,
        mu: &[u8; MU_BYTES],
        signature: &Self::SignatureBytes,
    ) -> bool;
}

macro_rules! reference {
    ($($name:ident: $bytes:literal),+) => {$(
        impl Reference for super::$name {
            type SignatureBytes = [u8; $bytes];
            type ExpandedPk = VerifyingKey<$name>;
            type ExpandedSk = ExpandedSigningKey<$name>;

            fn key_gen_internal(xi: &[u8; SEED_BYTES]) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
                let xi = Zeroizing::new(Array::from(*xi));
                let key = SigningKey::<$name>::from_seed(&xi);
                #[expect(deprecated, reason = "FIPS 204 defines the expanded form, and keys carry it")]
                let expanded = Zeroizing::new(key.expanded_key().to_expanded());
                (Zeroizing::new(expanded.to_vec()), key.verifying_key().encode().to_vec())
            }

            fn expand_pk(pk: &[u8]) -> Self::ExpandedPk {
                VerifyingKey::decode(pk.try_into().expect("length was checked"))
            }

            fn expand_sk(sk: &[u8]) -> Self::ExpandedSk {
                #[expect(deprecated, reason = "FIPS 204 defines the expanded form, and keys carry it")]
                ExpandedSigningKey::from_expanded(sk.try_into().expect("length was checked"))
            }

            fn public_key(sk: &Self::ExpandedSk) -> Vec<u8> {
                sk.verifying_key().encode().to_vec()
            }

            fn sign_mu(
                sk: &Self::ExpandedSk,
                mu: &[u8; MU_BYTES],
                rnd: &[u8; RND_BYTES],
            ) -> Option<Self::SignatureBytes> {
                // The crate signs mu with randomness of a generator only, so `rnd` is given as one.
                let signature = sk.sign_mu_randomized(&Array::from(*mu), &mut GivenBytes::new(rnd)).ok()?;
                Some(signature.encode().into())
            }

            fn verify_mu(
                pk: &Self::ExpandedPk,
                mu: &[u8; MU_BYTES],
                signature: &Self::SignatureBytes,
            ) -> bool {
                Signature::<$name>::decode(&Array::from(*signature))
                    .is_some_and(|signature| pk.verify_mu(&Array::from(*mu), &signature))
            }
        }
    )+};
}

reference!(MlDsa44: 2420, MlDsa65: 3309, MlDsa87: 4627);
