//! The registered pairs, each by its name, and the way from an X-Wing key to one of them.

use pqkm_core::{
    DecapsulationKey, DecodeError, EcdhP256, EcdhP384, EcdhP521, MlKem768, MlKem1024, X25519,
};
use shake::{ExtendableOutput, Shake256, Update, XofReader};
use zeroize::Zeroizing;

use super::{CompositeKem, RegisteredKem, sealed::Sealed};
use crate::registry::{KEMS, KemEntry};

/// The number of the table's first line.
const FIRST: usize = 55;

/// Length of an X-Wing seed in bytes.
const X_WING_SEED_BYTES: usize = 32;

macro_rules! pairs {
    ($( $number:literal: $name:ident = $post_quantum:ty, $traditional:ty; )+) => {$(
        #[doc = concat!("Composite KEM number ", $number, ": see [`KEMS`].")]
        pub type $name = CompositeKem<$post_quantum, $traditional>;

        impl Sealed for CompositeKem<$post_quantum, $traditional> {}

        impl RegisteredKem for CompositeKem<$post_quantum, $traditional> {
            const ENTRY: &'static KemEntry = &KEMS[$number - FIRST];
        }
    )+};
}

pairs! {
    58: MlKem768X25519 = MlKem768, X25519;
    59: MlKem768EcdhP256 = MlKem768, EcdhP256;
    60: MlKem768EcdhP384 = MlKem768, EcdhP384;
    63: MlKem1024EcdhP384 = MlKem1024, EcdhP384;
    66: MlKem1024EcdhP521 = MlKem1024, EcdhP521;
}

#[cfg(feature = "brainpool")]
pairs! {
    61: MlKem768EcdhBrainpoolP256r1 = MlKem768, pqkm_core::EcdhBrainpoolP256r1;
    64: MlKem1024EcdhBrainpoolP384r1 = MlKem1024, pqkm_core::EcdhBrainpoolP384r1;
}

#[cfg(feature = "rsa")]
pairs! {
    55: MlKem768Rsa2048 = MlKem768, pqkm_core::RsaOaepSha256<2048>;
    56: MlKem768Rsa3072 = MlKem768, pqkm_core::RsaOaepSha256<3072>;
    57: MlKem768Rsa4096 = MlKem768, pqkm_core::RsaOaepSha256<4096>;
    62: MlKem1024Rsa3072 = MlKem1024, pqkm_core::RsaOaepSha256<3072>;
}

#[cfg(feature = "unstable-448")]
pairs! {
    65: MlKem1024X448 = MlKem1024, crate::curve448::X448;
}

/// The composite key of an X-Wing seed, 32 bytes: what `expandDecapsulationKey` of
/// draft-connolly-cfrg-xwing-kem makes of it. Public keys, ciphertexts and shared secrets of both are
/// the same bytes, but there is no way back to the seed.
///
/// # Errors
/// [`DecodeError::Length`].
pub fn import_x_wing(seed: &[u8]) -> Result<DecapsulationKey<MlKem768X25519>, DecodeError> {
    if seed.len() != X_WING_SEED_BYTES {
        return Err(DecodeError::Length);
    }
    let mut xof = Shake256::default();
    xof.update(seed);
    let mut expanded = Zeroizing::new([0; 96]);
    xof.finalize_xof().read(expanded.as_mut_slice());
    DecapsulationKey::from_raw_private_key(expanded.as_slice())
}
