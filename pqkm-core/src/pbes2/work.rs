//! How much work a password costs, and its limits.

use der::ErrorKind;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, Salt, ScryptParams};

use super::cipher;
use crate::error::DecryptKeyError;

/// Length of the salts that are written, bytes: 128 bits, as NIST SP 800-132, section 5.1 asks.
pub(super) const SALT_BYTES: usize = 16;

/// What it takes to derive a key from a password.
///
/// Documents are written and read within these limits, so that no document, whoever made it, costs more
/// than some seconds and 80 MiB:
///
/// | | least | most |
/// |---|---|---|
/// | PBKDF2 iterations | 1,000 to write, 1 to read | 10,000,000 |
/// | scrypt `128 * N * r`, bytes of memory | | 2^26 |
/// | scrypt `128 * r * p`, bytes of memory beside that | | 2^24 |
/// | scrypt `128 * N * r * p`, bytes touched | 2^20 to write | 2^29 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordWork {
    /// PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA-256.
    Pbkdf2 {
        /// The iteration count.
        iterations: u32,
    },
    /// scrypt (RFC 7914).
    Scrypt {
        /// The binary logarithm of the cost parameter `N`.
        log_n: u8,
        /// The block size parameter `r`.
        r: u16,
        /// The parallelization parameter `p`.
        p: u16,
    },
}

const MIN_ITERATIONS: u32 = 1_000;
const MAX_ITERATIONS: u32 = 10_000_000;
/// Of the array in which `scryptROMix` (RFC 7914, section 5) looks up, bytes.
const MAX_MEMORY: u64 = 1 << 26;
/// Of the blocks that go through it (RFC 7914, section 6), bytes.
const MAX_BLOCKS: u64 = 1 << 24;
const MIN_TOUCHED: u64 = 1 << 20;
const MAX_TOUCHED: u64 = 1 << 29;

impl PasswordWork {
    /// scrypt with `N` = 2^14, `r` = 8, `p` = 5: 16 MiB, which OpenSSL's readers still take.
    pub const SCRYPT: Self = Self::Scrypt {
        log_n: 14,
        r: 8,
        p: 5,
    };

    /// PBKDF2 with 600,000 iterations, for readers without scrypt and where only approved functions may
    /// be used (NIST SP 800-132).
    pub const PBKDF2: Self = Self::Pbkdf2 {
        iterations: 600_000,
    };

    /// Memory and bytes touched by scrypt; none if they overflow.
    fn scrypt_costs(log_n: u8, r: u16, p: u16) -> Option<(u64, u64)> {
        let n = 1_u64.checked_shl(log_n.into())?;
        let memory = n.checked_mul(128)?.checked_mul(r.into())?;
        Some((memory, memory.checked_mul(p.into())?))
    }

    /// Whether a document with this work is read.
    fn may_be_read(self) -> bool {
        match self {
            Self::Pbkdf2 { iterations } => (1..=MAX_ITERATIONS).contains(&iterations),
            Self::Scrypt { log_n, r, p } => {
                Self::scrypt_costs(log_n, r, p).is_some_and(|(memory, touched)| {
                    let blocks = 128 * u64::from(r) * u64::from(p);
                    let fits = memory <= MAX_MEMORY && blocks <= MAX_BLOCKS;
                    log_n > 0 && fits && (1..=MAX_TOUCHED).contains(&touched)
                })
            }
        }
    }

    /// Whether a document with this work is written.
    pub(super) fn is_within_limits(self) -> bool {
        self.may_be_read()
            && match self {
                Self::Pbkdf2 { iterations } => iterations >= MIN_ITERATIONS,
                Self::Scrypt { log_n, r, p } => Self::scrypt_costs(log_n, r, p)
                    .is_some_and(|(_, touched)| touched >= MIN_TOUCHED),
            }
    }

    /// The parameters of a new document.
    pub(super) fn parameters(
        self,
        salt: &[u8; SALT_BYTES],
        iv: [u8; cipher::BLOCK_BYTES],
    ) -> Option<Parameters> {
        let salt = Salt::new(salt).ok()?;
        let kdf = match self {
            Self::Pbkdf2 { iterations } => Kdf::Pbkdf2(Pbkdf2Params {
                salt,
                iteration_count: iterations,
                key_length: None,
                prf: Pbkdf2Prf::HmacWithSha256,
            }),
            Self::Scrypt { log_n, r, p } => Kdf::Scrypt(ScryptParams {
                salt,
                cost_parameter: 1_u64.checked_shl(log_n.into())?,
                block_size: r,
                parallelization: p,
                key_length: None,
            }),
        };
        Some(Parameters {
            kdf,
            encryption: cipher::scheme(iv),
        })
    }
}

/// The work that a document asks for, if it is within the limits.
pub(super) fn of(parameters: &Parameters) -> Result<PasswordWork, DecryptKeyError> {
    let work = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => PasswordWork::Pbkdf2 {
            iterations: pbkdf2.iteration_count,
        },
        Kdf::Scrypt(scrypt) => {
            // RFC 7914, section 2: a power of two larger than 1.
            if !scrypt.cost_parameter.is_power_of_two() {
                return Err(DecryptKeyError::Malformed);
            }
            let log_n = scrypt.cost_parameter.trailing_zeros();
            PasswordWork::Scrypt {
                log_n: u8::try_from(log_n).map_err(|_| DecryptKeyError::Work)?,
                r: scrypt.block_size,
                p: scrypt.parallelization,
            }
        }
        _ => return Err(DecryptKeyError::Algorithm),
    };
    if work.may_be_read() {
        Ok(work)
    } else {
        Err(DecryptKeyError::Work)
    }
}

/// An identifier that the reader does not know is no fault of the encoding.
pub(super) fn decode_error(error: der::Error) -> DecryptKeyError {
    match error.kind() {
        ErrorKind::OidUnknown { .. } => DecryptKeyError::Algorithm,
        _ => DecryptKeyError::Malformed,
    }
}
