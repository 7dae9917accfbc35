//! Key derivation and encryption of PBES2 (RFC 8018, section 6.2).

use alloc::vec::Vec;

use aes::{Aes256Dec, Aes256Enc};
use cbc::cipher::{
    BlockModeDecrypt, BlockModeEncrypt, KeyIvInit,
    block_padding::{NoPadding, Pkcs7},
};
use pbkdf2::pbkdf2_hmac;
use pkcs8::pkcs5::pbes2::{
    EncryptionScheme, Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, Salt, ScryptParams,
};
use pqkm_kernels::memcheck;
use sha2::{Sha256, Sha384, Sha512};
use subtle::{ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

use crate::error::{DecryptKeyError, EncryptKeyError};

/// Length of a block and of the initialization vector, bytes.
pub(super) const BLOCK_BYTES: usize = 16;
/// Length of the derived key, bytes.
const KEY_BYTES: usize = 32;

/// `aes256-CBC-PAD` (RFC 8018, appendix B.2.5).
pub(super) const fn scheme(iv: [u8; BLOCK_BYTES]) -> EncryptionScheme {
    EncryptionScheme::Aes256Cbc { iv }
}

/// Whether a document is one that can be decrypted at all.
pub(super) fn check(parameters: &Parameters, ciphertext: &[u8]) -> Result<(), DecryptKeyError> {
    let EncryptionScheme::Aes256Cbc { .. } = parameters.encryption else {
        return Err(DecryptKeyError::Algorithm);
    };
    if let Kdf::Pbkdf2(pbkdf2) = &parameters.kdf
        && !matches!(
            pbkdf2.prf,
            Pbkdf2Prf::HmacWithSha256 | Pbkdf2Prf::HmacWithSha384 | Pbkdf2Prf::HmacWithSha512
        )
    {
        return Err(DecryptKeyError::Algorithm);
    }
    let is_right_length = parameters
        .kdf
        .key_length()
        .is_none_or(|length| usize::from(length) == KEY_BYTES);
    if !is_right_length || ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
        return Err(DecryptKeyError::Malformed);
    }
    Ok(())
}

/// The encryption key of a password; none for a function that [`check`] refuses.
fn derive(kdf: &Kdf, password: &[u8]) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    match kdf {
        Kdf::Pbkdf2(pbkdf2) => {
            let derive = match pbkdf2.prf {
                Pbkdf2Prf::HmacWithSha256 => pbkdf2_hmac::<Sha256>,
                Pbkdf2Prf::HmacWithSha384 => pbkdf2_hmac::<Sha384>,
                Pbkdf2Prf::HmacWithSha512 => pbkdf2_hmac::<Sha512>,
                _ => return None,
            };
            let salt = pbkdf2.salt.as_bytes();
            derive(password, salt, pbkdf2.iteration_count, key.as_mut_slice());
        }
        Kdf::Scrypt(parameters) => {
            let log_n = u8::try_from(parameters.cost_parameter.trailing_zeros()).ok()?;
            let (r, p) = (parameters.block_size, parameters.parallelization);
            let work = scrypt::Params::new(log_n, r.into(), p.into()).ok()?;
            let salt = parameters.salt.as_bytes();
            scrypt::scrypt(password, salt, &work, key.as_mut_slice()).ok()?;
        }
        _ => return None,
    }
    Some(key)
}

pub(super) fn encrypt(
    parameters: &Parameters,
    password: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, EncryptKeyError> {
    let EncryptionScheme::Aes256Cbc { iv } = parameters.encryption else {
        return Err(EncryptKeyError::Work);
    };
    let key = derive(&parameters.kdf, password).ok_or(EncryptKeyError::Work)?;
    let cipher = cbc::Encryptor::<Aes256Enc>::new_from_slices(key.as_slice(), &iv)
        .map_err(|_| EncryptKeyError::Work)?;
    let mut buffer = Zeroizing::new(Vec::with_capacity(plaintext.len() + BLOCK_BYTES));
    buffer.extend_from_slice(plaintext);
    buffer.extend_from_slice(&[0; BLOCK_BYTES]);
    let ciphertext = cipher
        .encrypt_padded::<Pkcs7>(&mut buffer, plaintext.len())
        .map_err(|_| EncryptKeyError::TooLong)?;
    Ok(ciphertext.to_vec())
}

/// The plaintext, without its padding.
///
/// # Side channels
/// Whether the padding is one, and then its length, are public: the one is a part of the error that a wrong password
/// causes, the other follows from the plaintext's own length. Nothing else of the plaintext is looked at.
pub(super) fn decrypt(
    parameters: &Parameters,
    password: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptKeyError> {
    let EncryptionScheme::Aes256Cbc { iv } = parameters.encryption else {
        return Err(DecryptKeyError::Algorithm);
    };
    let key = derive(&parameters.kdf, password).ok_or(DecryptKeyError::Algorithm)?;
    let cipher = cbc::Decryptor::<Aes256Dec>::new_from_slices(key.as_slice(), &iv)
        .map_err(|_| DecryptKeyError::Algorithm)?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    cipher
        .decrypt_padded::<NoPadding>(&mut buffer)
        .map_err(|_| DecryptKeyError::Failed)?;
    let last = buffer.last_chunk().ok_or(DecryptKeyError::Failed)?;
    let padding = padding_bytes(last).ok_or(DecryptKeyError::Failed)?;
    // Shortened in place: the block stays where it is and is erased whole.
    let length = buffer.len() - padding;
    buffer.truncate(length);
    Ok(buffer)
}

/// How many bytes of the last block are padding, 1 to 16, each of which says so (RFC 5652, section 6.3); none if they
/// do not.
fn padding_bytes(block: &[u8; BLOCK_BYTES]) -> Option<usize> {
    let [.., count] = *block;
    let mut wrong = count.ct_eq(&0) | count.ct_gt(&16);
    for (place, byte) in (0_u8..).zip(block.iter().rev()) {
        wrong |= count.ct_gt(&place) & byte.ct_ne(&count);
    }
    // CT: that a password is wrong, or a document damaged, is the result; of the right ones the padding's length
    // follows from the plaintext's, which the caller gets.
    if memcheck::declassify(wrong.into()) {
        return None;
    }
    usize::try_from(memcheck::declassify(u32::from(count))).ok()
}

/// RFC 7914, sections 11 and 12: the first test of PBKDF2 with HMAC-SHA-256 and of scrypt, of each the
/// first half of what is derived.
pub(super) fn known_answers() -> bool {
    const PBKDF2: [u8; KEY_BYTES] = [
        0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f, 0xec, 0x16, 0x91, 0xc2, 0x25, 0x44, 0xb6,
        0x05, 0xf9, 0x41, 0x85, 0x21, 0x6d, 0xde, 0x04, 0x65, 0xe6, 0x8b, 0x9d, 0x57, 0xc2, 0x0d,
        0xac, 0xbc,
    ];
    const SCRYPT: [u8; KEY_BYTES] = [
        0x77, 0xd6, 0x57, 0x62, 0x38, 0x65, 0x7b, 0x20, 0x3b, 0x19, 0xca, 0x42, 0xc1, 0x8a, 0x04,
        0x97, 0xf1, 0x6b, 0x48, 0x44, 0xe3, 0x07, 0x4a, 0xe8, 0xdf, 0xdf, 0xfa, 0x3f, 0xed, 0xe2,
        0x14, 0x42,
    ];
    let (Ok(salt), Ok(no_salt)) = (Salt::new(b"salt"), Salt::new(b"")) else {
        return false;
    };
    let pbkdf2 = Kdf::Pbkdf2(Pbkdf2Params {
        salt,
        iteration_count: 1,
        key_length: None,
        prf: Pbkdf2Prf::HmacWithSha256,
    });
    let scrypt = Kdf::Scrypt(ScryptParams {
        salt: no_salt,
        cost_parameter: 16,
        block_size: 1,
        parallelization: 1,
        key_length: None,
    });
    derive(&pbkdf2, b"passwd").is_some_and(|key| *key == PBKDF2)
        && derive(&scrypt, b"").is_some_and(|key| *key == SCRYPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_its_length_repeated() {
        for count in 1..=16_u8 {
            let mut block = [0xaa; BLOCK_BYTES];
            let at = BLOCK_BYTES - usize::from(count);
            block[at..].fill(count);
            assert_eq!(padding_bytes(&block), Some(count.into()));
            for wrong in at..BLOCK_BYTES - 1 {
                let mut block = block;
                block[wrong] ^= 0x40;
                assert_eq!(padding_bytes(&block), None, "{count} {wrong}");
            }
        }
        for count in [0, 17, 18, 32, 0x80, 0xff] {
            assert_eq!(padding_bytes(&[count; BLOCK_BYTES]), None, "{count}");
        }
    }
}
