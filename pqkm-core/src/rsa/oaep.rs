//! RSAES-OAEP as a KEM: a random secret of 32 bytes, encrypted. It is RSA's half of the composite KEMs.

use alloc::vec::Vec;
use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use rsa::sha2::Sha256;
use shake::{ExtendableOutput, Shake256, Shake256Reader, Update, XofReader};
use zeroize::Zeroizing;

use super::{Bits, RsaModulus, RsaPrivate, RsaPublic, material};
use crate::{
    algorithm::{Encapsulated, KemAlgorithm, KemMaterials, SecretMaterial},
    engine::Engine,
    error::{DecapsulateError, EncapsulateError, GenerateError},
    output::HeapBytes,
};

/// Length of a shared secret in bytes.
const SECRET_BYTES: usize = 32;

super::algorithm! {
    /// RSAES-OAEP with SHA-256, MGF1 with SHA-256 and the empty label, over a random secret of 32 bytes.
    ///
    /// Encapsulation draws the secret, then OAEP's seed of 32 bytes. Decapsulation fails, without a
    /// reason, for every ciphertext that does not hold 32 bytes.
    RsaOaepSha256 = "RSAES-OAEP-SHA256", super::identifier::rsa_encryption
}

/// A private key, and what blinds its operations.
pub struct PreparedRsaDecapsulation {
    key: rsa::PrivateKey,
    blinding: Zeroizing<Vec<u8>>,
}

impl<const BITS: usize> KemAlgorithm for RsaOaepSha256<BITS>
where
    Bits<BITS>: RsaModulus,
{
    type Encapsulation = RsaPublic<BITS>;
    type Decapsulation = RsaPrivate<BITS>;
    type PreparedEncapsulation = rsa::PublicKey;
    type PreparedDecapsulation = PreparedRsaDecapsulation;
    type Ciphertext = HeapBytes<Self>;
    type SharedSecret = [u8; SECRET_BYTES];

    fn generate_material<R: TryCryptoRng + ?Sized>(
        _: Engine,
        rng: &mut R,
    ) -> Result<KemMaterials<Self>, GenerateError> {
        material::generate(rng)
    }

    fn prepare_encapsulation(_: Engine, key: &RsaPublic<BITS>) -> rsa::PublicKey {
        key.inner().clone()
    }

    fn prepare_decapsulation(_: Engine, key: &RsaPrivate<BITS>) -> PreparedRsaDecapsulation {
        PreparedRsaDecapsulation {
            key: key.inner().clone(),
            blinding: key.to_bytes(),
        }
    }

    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &rsa::PublicKey,
        rng: &mut R,
    ) -> Result<Encapsulated<Self>, EncapsulateError> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        rng.try_fill_bytes(secret.as_mut_slice())
            .map_err(|_| EncapsulateError::Randomness)?;
        let ciphertext = key
            .oaep_encrypt_with_rng::<Sha256, R>(rng, secret.as_slice())
            .map_err(|error| match error {
                rsa::Error::Rng => EncapsulateError::Randomness,
                _ => EncapsulateError::InvalidKey,
            })?;
        let ciphertext = HeapBytes::new(ciphertext).ok_or(EncapsulateError::InvalidKey)?;
        Ok((ciphertext, *secret))
    }

    fn decapsulate(
        key: &PreparedRsaDecapsulation,
        ciphertext: &HeapBytes<Self>,
    ) -> Result<[u8; SECRET_BYTES], DecapsulateError> {
        let mut rng = Blinding::new(&key.blinding, ciphertext.as_ref());
        let secret = key
            .key
            .oaep_decrypt_with_rng::<Sha256, _>(&mut rng, ciphertext.as_ref())
            .map_err(|_| DecapsulateError::Failed)?;
        let secret = Zeroizing::new(secret);
        secret
            .as_slice()
            .try_into()
            .map_err(|_| DecapsulateError::Failed)
    }
}

/// Where blinding comes from where no generator is at hand: SHAKE256 of the private key and the
/// ciphertext, which nobody else can predict.
struct Blinding(Shake256Reader);

impl Blinding {
    fn new(private_key: &[u8], ciphertext: &[u8]) -> Self {
        let mut xof = Shake256::default();
        xof.update(b"pqkm RSA blinding v1");
        xof.update(private_key);
        xof.update(ciphertext);
        Self(xof.finalize_xof())
    }
}

impl TryRng for Blinding {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.read(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.read(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.0.read(out);
        Ok(())
    }
}

impl TryCryptoRng for Blinding {}
