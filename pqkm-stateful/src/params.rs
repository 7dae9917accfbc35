//! Parameter sets of LM-OTS and LMS: RFC 8554, sections 4.1 and 5.1, and RFC 9858, sections 3 to 5.
//!
//! Every number here is computed from the hash, `n`, `w` and `h` in one place; the tests compare with the tables as printed.

use crate::error::DecodeError;

/// Length in bytes of the largest hash output (`n` and `m`).
pub const MAX_N: usize = 32;
/// Largest number of chains of an LM-OTS key (`p`, for n = 32 and w = 1).
pub const MAX_P: usize = 265;
/// Largest height of a tree (`h`).
pub const MAX_H: usize = 25;
/// Largest number of levels of an HSS key (`L`).
pub const MAX_LEVELS: usize = 8;
/// Length in bytes of a tree's identifier `I`.
pub const ID_LEN: usize = 16;

/// The hash function and its output length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashFunction {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-256 truncated to its first 24 bytes.
    Sha256N24,
    /// SHAKE256, 32 bytes of output.
    Shake256,
    /// SHAKE256, 24 bytes of output.
    Shake256N24,
}

impl HashFunction {
    /// Output length in bytes, `n` of LM-OTS and `m` of LMS.
    #[must_use]
    pub const fn n(self) -> usize {
        match self {
            Self::Sha256 | Self::Shake256 => 32,
            Self::Sha256N24 | Self::Shake256N24 => 24,
        }
    }
}

macro_rules! typecodes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $printed:literal, $hash:ident, $size:literal;)* }
     $size_fn:ident, $size_doc:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $printed, "`, typecode ", stringify!($code), ".")] $variant = $code,)*
        }

        impl $name {
            /// Every parameter set, in the order of the typecodes.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The typecode of the registry.
            #[must_use]
            pub const fn code(self) -> u32 {
                match self { $(Self::$variant => $code,)* }
            }

            /// The parameter set of a typecode.
            ///
            /// # Errors
            /// [`DecodeError::UnknownType`] if the registry's code is not one of these.
            pub const fn from_code(code: u32) -> Result<Self, DecodeError> {
                match code {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(DecodeError::UnknownType),
                }
            }

            /// The name as the RFC prints it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $printed,)* }
            }

            /// The hash function and output length.
            #[must_use]
            pub const fn hash(self) -> HashFunction {
                match self { $(Self::$variant => HashFunction::$hash,)* }
            }

            #[doc = $size_doc]
            #[must_use]
            pub const fn $size_fn(self) -> u8 {
                match self { $(Self::$variant => $size,)* }
            }
        }
    };
}

typecodes! {
    /// A parameter set of the one-time signature LM-OTS.
    LmotsAlgorithm {
        Sha256N32W1 = 1, "LMOTS_SHA256_N32_W1", Sha256, 1;
        Sha256N32W2 = 2, "LMOTS_SHA256_N32_W2", Sha256, 2;
        Sha256N32W4 = 3, "LMOTS_SHA256_N32_W4", Sha256, 4;
        Sha256N32W8 = 4, "LMOTS_SHA256_N32_W8", Sha256, 8;
        Sha256N24W1 = 5, "LMOTS_SHA256_N24_W1", Sha256N24, 1;
        Sha256N24W2 = 6, "LMOTS_SHA256_N24_W2", Sha256N24, 2;
        Sha256N24W4 = 7, "LMOTS_SHA256_N24_W4", Sha256N24, 4;
        Sha256N24W8 = 8, "LMOTS_SHA256_N24_W8", Sha256N24, 8;
        ShakeN32W1 = 9, "LMOTS_SHAKE_N32_W1", Shake256, 1;
        ShakeN32W2 = 10, "LMOTS_SHAKE_N32_W2", Shake256, 2;
        ShakeN32W4 = 11, "LMOTS_SHAKE_N32_W4", Shake256, 4;
        ShakeN32W8 = 12, "LMOTS_SHAKE_N32_W8", Shake256, 8;
        ShakeN24W1 = 13, "LMOTS_SHAKE_N24_W1", Shake256N24, 1;
        ShakeN24W2 = 14, "LMOTS_SHAKE_N24_W2", Shake256N24, 2;
        ShakeN24W4 = 15, "LMOTS_SHAKE_N24_W4", Shake256N24, 4;
        ShakeN24W8 = 16, "LMOTS_SHAKE_N24_W8", Shake256N24, 8;
    }
    w, "The Winternitz parameter `w`: bits of a digit, 1, 2, 4 or 8."
}

typecodes! {
    /// A parameter set of the tree signature LMS.
    LmsAlgorithm {
        Sha256M32H5 = 5, "LMS_SHA256_M32_H5", Sha256, 5;
        Sha256M32H10 = 6, "LMS_SHA256_M32_H10", Sha256, 10;
        Sha256M32H15 = 7, "LMS_SHA256_M32_H15", Sha256, 15;
        Sha256M32H20 = 8, "LMS_SHA256_M32_H20", Sha256, 20;
        Sha256M32H25 = 9, "LMS_SHA256_M32_H25", Sha256, 25;
        Sha256M24H5 = 10, "LMS_SHA256_M24_H5", Sha256N24, 5;
        Sha256M24H10 = 11, "LMS_SHA256_M24_H10", Sha256N24, 10;
        Sha256M24H15 = 12, "LMS_SHA256_M24_H15", Sha256N24, 15;
        Sha256M24H20 = 13, "LMS_SHA256_M24_H20", Sha256N24, 20;
        Sha256M24H25 = 14, "LMS_SHA256_M24_H25", Sha256N24, 25;
        ShakeM32H5 = 15, "LMS_SHAKE_M32_H5", Shake256, 5;
        ShakeM32H10 = 16, "LMS_SHAKE_M32_H10", Shake256, 10;
        ShakeM32H15 = 17, "LMS_SHAKE_M32_H15", Shake256, 15;
        ShakeM32H20 = 18, "LMS_SHAKE_M32_H20", Shake256, 20;
        ShakeM32H25 = 19, "LMS_SHAKE_M32_H25", Shake256, 25;
        ShakeM24H5 = 20, "LMS_SHAKE_M24_H5", Shake256N24, 5;
        ShakeM24H10 = 21, "LMS_SHAKE_M24_H10", Shake256N24, 10;
        ShakeM24H15 = 22, "LMS_SHAKE_M24_H15", Shake256N24, 15;
        ShakeM24H20 = 23, "LMS_SHAKE_M24_H20", Shake256N24, 20;
        ShakeM24H25 = 24, "LMS_SHAKE_M24_H25", Shake256N24, 25;
    }
    h, "The height `h` of the tree: 5, 10, 15, 20 or 25."
}

impl LmotsAlgorithm {
    /// Output length of the hash in bytes.
    #[must_use]
    pub const fn n(self) -> usize {
        self.hash().n()
    }

    /// Largest digit, `2^w - 1`: the length of a chain.
    #[must_use]
    pub const fn max_digit(self) -> u8 {
        u8::MAX >> (8 - self.w())
    }

    /// Number of digits of a message digest, `u = 8n / w`.
    #[must_use]
    pub const fn u(self) -> usize {
        match self.w() {
            1 => self.n() * 8,
            2 => self.n() * 4,
            4 => self.n() * 2,
            _ => self.n(),
        }
    }

    /// Number of chains `p`: digits of the digest and of its checksum (RFC 8554, Appendix B).
    #[must_use]
    pub const fn p(self) -> usize {
        self.u() + self.checksum_digits()
    }

    /// Left shift `ls` of the checksum in its 16 bits.
    #[must_use]
    pub const fn ls(self) -> u32 {
        let used = match self.w() {
            1 => self.checksum_digits(),
            2 => self.checksum_digits() * 2,
            4 => self.checksum_digits() * 4,
            _ => self.checksum_digits() * 8,
        };
        match used {
            0..=8 => 8,
            9 => 7,
            10 => 6,
            11..=12 => 4,
            _ => 0,
        }
    }

    /// Number of digits of the checksum, `v`.
    const fn checksum_digits(self) -> usize {
        match (self.n(), self.w()) {
            (32, 1) => 9,
            (24, 1) => 8,
            (32, 2) => 5,
            (_, 2) => 5,
            (_, 4) => 3,
            _ => 2,
        }
    }

    /// Length in bytes of a signature: typecode, `C` and `p` strings of `n` bytes.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        4 + self.n() * (self.p() + 1)
    }
}

impl LmsAlgorithm {
    /// Length of a node in bytes.
    #[must_use]
    pub const fn m(self) -> usize {
        self.hash().n()
    }

    /// Number of one-time keys, `2^h`.
    #[must_use]
    pub const fn leaves(self) -> u32 {
        1 << self.h()
    }

    /// Length in bytes of a public key: two typecodes, `I` and the root.
    #[must_use]
    pub const fn public_key_len(self) -> usize {
        8 + ID_LEN + self.m()
    }
}

/// Length in bytes of an LMS signature: `q`, the one-time signature, typecode and path.
pub(crate) fn lms_signature_len(lms: LmsAlgorithm, ots: LmotsAlgorithm) -> usize {
    4 + ots.signature_len() + 4 + usize::from(lms.h()) * lms.m()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `n`, `w`, `p`, `ls`, signature length: RFC 8554, Table 1, and RFC 9858, section 3 (the same numbers hold for SHAKE).
    const PRINTED: [(usize, u8, usize, u32, usize); 8] = [
        (32, 1, 265, 7, 8516),
        (32, 2, 133, 6, 4292),
        (32, 4, 67, 4, 2180),
        (32, 8, 34, 0, 1124),
        (24, 1, 200, 8, 4828),
        (24, 2, 101, 6, 2452),
        (24, 4, 51, 4, 1252),
        (24, 8, 26, 0, 652),
    ];

    #[test]
    fn lmots_numbers_are_the_printed_ones() {
        assert_eq!(LmotsAlgorithm::ALL.len(), 16);
        for ((i, ots), printed) in LmotsAlgorithm::ALL
            .iter()
            .enumerate()
            .zip(PRINTED.into_iter().cycle())
        {
            let (n, w, p, ls, len) = printed;
            assert_eq!(
                (ots.n(), ots.w(), ots.p(), ots.ls(), ots.signature_len()),
                (n, w, p, ls, len)
            );
            assert_eq!(usize::try_from(ots.code()).unwrap(), i + 1);
        }
    }

    /// RFC 8554, Appendix B computes `v` and `ls` from `n` and `w`.
    #[test]
    fn checksum_size_follows_appendix_b() {
        for ots in LmotsAlgorithm::ALL {
            let w = u32::from(ots.w());
            let largest = usize::from(ots.max_digit()) * ots.u();
            let bits = usize::BITS - largest.leading_zeros();
            let v = usize::try_from(bits.div_ceil(w)).unwrap();
            let shift = 16 - usize::from(ots.w()) * v;
            assert_eq!(
                (ots.p() - ots.u(), ots.ls()),
                (v, u32::try_from(shift).unwrap()),
                "{}",
                ots.name()
            );
        }
    }

    #[test]
    fn typecodes_round_trip_and_nothing_else_is_known() {
        for code in 0..=200 {
            let lms = LmsAlgorithm::from_code(code).map(LmsAlgorithm::code);
            assert_eq!(lms.is_ok(), (5..=24).contains(&code));
            assert!(lms.is_err() || lms == Ok(code));
            let ots = LmotsAlgorithm::from_code(code).map(LmotsAlgorithm::code);
            assert_eq!(ots.is_ok(), (1..=16).contains(&code));
            assert!(ots.is_err() || ots == Ok(code));
        }
        let heights = [5, 10, 15, 20, 25].into_iter().cycle();
        assert!(
            LmsAlgorithm::ALL
                .iter()
                .map(|lms| lms.h())
                .eq(heights.take(20))
        );
    }
}
