//! What is signed: a message in a context, its digest, or its representative.

use crate::error::{ContextTooLong, DigestLength};

/// A context string of a signature: 0 to 255 bytes (FIPS 204, section 5.2; FIPS 205, section 10.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context<'a>(&'a [u8]);

impl<'a> Context<'a> {
    /// The longest context string in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The empty context, which plain `sign` and `verify` use.
    pub const EMPTY: Self = Self(&[]);

    /// Takes a context string.
    ///
    /// # Errors
    /// [`ContextTooLong`] beyond [`MAX_BYTES`](Self::MAX_BYTES).
    pub const fn new(bytes: &'a [u8]) -> Result<Self, ContextTooLong> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(ContextTooLong);
        }
        Ok(Self(bytes))
    }

    /// The context string.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

/// What a signature algorithm is given to sign or verify.
///
/// Keys build it from their methods' arguments; only algorithms look inside.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Message<'a> {
    /// A message, signed as it is.
    Pure {
        /// The message.
        message: &'a [u8],
        /// The context; algorithms without one refuse any but the empty one.
        context: Context<'a>,
    },
    /// A message's digest, signed by the pre-hash variant.
    PreHashed {
        /// The digest and its hash function.
        digest: PreHashed<'a>,
        /// The context.
        context: Context<'a>,
    },
    /// A message representative computed elsewhere: ML-DSA's mu, 64 bytes.
    Mu(&'a [u8; 64]),
}

impl<'a> Message<'a> {
    /// A message in the empty context.
    #[must_use]
    pub const fn pure(message: &'a [u8]) -> Self {
        Self::Pure {
            message,
            context: Context::EMPTY,
        }
    }

    /// A message in a context.
    #[must_use]
    pub const fn with_context(message: &'a [u8], context: Context<'a>) -> Self {
        Self::Pure { message, context }
    }
}

/// Hash functions that the pre-hash variants of ML-DSA and SLH-DSA admit
/// (FIPS 204, section 5.4.1; FIPS 205, section 10.2.2; OIDs registered by NIST under 2.16.840.1.101.3.4.2).
///
/// FIPS 204 and FIPS 205 ask for a hash whose collision strength matches the parameter set:
/// `Sha512` and `Shake256` serve all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the hash function of its name")]
pub enum PreHash {
    Sha2_224,
    Sha2_256,
    Sha2_384,
    Sha2_512,
    Sha2_512_224,
    Sha2_512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    /// SHAKE128 with 256 bits of output.
    Shake128,
    /// SHAKE256 with 512 bits of output.
    Shake256,
}

impl PreHash {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Sha2_224,
        Self::Sha2_256,
        Self::Sha2_384,
        Self::Sha2_512,
        Self::Sha2_512_224,
        Self::Sha2_512_256,
        Self::Sha3_224,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
        Self::Shake128,
        Self::Shake256,
    ];

    /// The length of its digest in bytes.
    #[must_use]
    pub const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha2_224 | Self::Sha2_512_224 | Self::Sha3_224 => 28,
            Self::Sha2_256 | Self::Sha2_512_256 | Self::Sha3_256 | Self::Shake128 => 32,
            Self::Sha2_384 | Self::Sha3_384 => 48,
            Self::Sha2_512 | Self::Sha3_512 | Self::Shake256 => 64,
        }
    }

    /// The DER encoding of its object identifier, tag and length included: 11 bytes.
    #[must_use]
    pub const fn oid_der(self) -> [u8; 11] {
        let last = match self {
            Self::Sha2_256 => 1,
            Self::Sha2_384 => 2,
            Self::Sha2_512 => 3,
            Self::Sha2_224 => 4,
            Self::Sha2_512_224 => 5,
            Self::Sha2_512_256 => 6,
            Self::Sha3_224 => 7,
            Self::Sha3_256 => 8,
            Self::Sha3_384 => 9,
            Self::Sha3_512 => 10,
            Self::Shake128 => 11,
            Self::Shake256 => 12,
        };
        [
            0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last,
        ]
    }

    /// Hashes a message: the first [`digest_bytes`](Self::digest_bytes) bytes of the result are the
    /// digest, the rest is zero.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> [u8; 64] {
        use sha2::Digest;
        use shake::{ExtendableOutput, Update, XofReader};

        fn fixed<D: Digest>(message: &[u8]) -> [u8; 64] {
            let mut out = [0; 64];
            for (to, from) in out.iter_mut().zip(D::digest(message)) {
                *to = from;
            }
            out
        }

        fn extendable<X: Default + Update + ExtendableOutput>(
            message: &[u8],
            bytes: usize,
        ) -> [u8; 64] {
            let mut out = [0; 64];
            let mut xof = X::default();
            xof.update(message);
            if let Some(out) = out.get_mut(..bytes) {
                xof.finalize_xof().read(out);
            }
            out
        }

        match self {
            Self::Sha2_224 => fixed::<sha2::Sha224>(message),
            Self::Sha2_256 => fixed::<sha2::Sha256>(message),
            Self::Sha2_384 => fixed::<sha2::Sha384>(message),
            Self::Sha2_512 => fixed::<sha2::Sha512>(message),
            Self::Sha2_512_224 => fixed::<sha2::Sha512_224>(message),
            Self::Sha2_512_256 => fixed::<sha2::Sha512_256>(message),
            Self::Sha3_224 => fixed::<sha3::Sha3_224>(message),
            Self::Sha3_256 => fixed::<sha3::Sha3_256>(message),
            Self::Sha3_384 => fixed::<sha3::Sha3_384>(message),
            Self::Sha3_512 => fixed::<sha3::Sha3_512>(message),
            Self::Shake128 => extendable::<shake::Shake128>(message, 32),
            Self::Shake256 => extendable::<shake::Shake256>(message, 64),
        }
    }
}

/// A digest and the function that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreHashed<'a> {
    hash: PreHash,
    digest: &'a [u8],
}

impl<'a> PreHashed<'a> {
    /// Takes a digest that the caller computed with `hash`.
    ///
    /// # Errors
    /// [`DigestLength`] if it has not the length of that function's digest.
    pub const fn new(hash: PreHash, digest: &'a [u8]) -> Result<Self, DigestLength> {
        if digest.len() != hash.digest_bytes() {
            return Err(DigestLength);
        }
        Ok(Self { hash, digest })
    }

    /// The hash function.
    #[must_use]
    pub const fn hash(&self) -> PreHash {
        self.hash
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.digest
    }
}
