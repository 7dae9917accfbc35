//! Shares of the crate `sharks`, versions 0.3 to 0.5: a byte of index and the values.
//!
//! Its coefficients are never zero (RUSTSEC-2024-0398), so that every share of a set rules out one value of every byte of
//! the secret; whoever sees shares of many sharings of one secret, fewer than the threshold of each, learns it. What
//! is recovered comes inside [`Biased`] for that reason.
//!
//! Its field is GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11d). Fields of one size are isomorphic: shares are mapped to
//! the field of this crate by a matrix over GF(2), combined here in constant time, and the secret is mapped back.

use alloc::{vec, vec::Vec};

use pqkm_core::{DecodeError, ExposeToken, SecretBytes};
use pqkm_kernels::gf256::multiply;
use zeroize::Zeroizing;

use crate::{
    CombineError, IndexSet,
    outcome::{Combined, Recovered, Unverified},
    raw::{self, RawShare},
};

/// What was shared with biased coefficients.
#[must_use]
pub struct Biased<T>(T);

impl<T> Biased<T> {
    /// Takes it. The caller knows that old shares of it leak, and shares it anew, or replaces it.
    #[must_use]
    pub fn accept_biased(self) -> T {
        self.0
    }
}

/// A share that `sharks` wrote.
pub struct SharksShare {
    index: u8,
    /// The values in the field of this crate.
    value: Zeroizing<Vec<u8>>,
}

impl SharksShare {
    /// Reads a share: its index, and as many bytes as the secret has. The original bytes stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if there are no values, [`DecodeError::Range`] for index 0, which `sharks` itself takes: such a
    /// share makes the secret whatever its bytes are.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (index, value) = bytes.split_first().ok_or(DecodeError::Length)?;
        if value.is_empty() {
            return Err(DecodeError::Length);
        }
        if *index == 0 {
            return Err(DecodeError::Range);
        }
        Ok(Self {
            index: *index,
            value: mapped(&TO_OURS, value),
        })
    }

    /// The index.
    #[must_use]
    pub const fn index(&self) -> u8 {
        self.index
    }
}

/// Combines shares that `sharks` made with threshold `threshold`; wrong ones are found as [`raw::combine`] finds them.
///
/// # Errors
/// As [`raw::combine`].
pub fn combine(threshold: u8, shares: &[SharksShare]) -> Result<Biased<Combined>, CombineError> {
    let ours: Vec<RawShare<'_>> = shares
        .iter()
        .map(|share| RawShare::of(map(&TO_OURS, share.index), &share.value))
        .collect();
    let combined = raw::combine(threshold, &ours).map_err(error_of_theirs)?;
    Ok(Biased(match combined {
        Combined::Recovered(recovered) => Combined::Recovered(Recovered {
            secret: secret_of_theirs(&recovered.secret),
            wrong: recovered
                .wrong
                .iter()
                .map(|index| map(&TO_THEIRS, index))
                .collect::<IndexSet>(),
        }),
        Combined::Unverified(secret) => {
            let secret = secret_of_theirs(&secret.accept_unverified());
            Combined::Unverified(Unverified::new(secret))
        }
    }))
}

fn secret_of_theirs(secret: &SecretBytes) -> SecretBytes {
    SecretBytes::new(mapped(
        &TO_THEIRS,
        secret.expose(ExposeToken::acknowledge()),
    ))
}

/// The error with the index as `sharks` counts.
const fn error_of_theirs(error: CombineError) -> CombineError {
    match error {
        CombineError::Duplicate { index } => CombineError::Duplicate {
            index: map(&TO_THEIRS, index),
        },
        CombineError::Mismatch { index } => CombineError::Mismatch {
            index: map(&TO_THEIRS, index),
        },
        other => other,
    }
}

/// Images of the powers of x.
type Map = [u8; 8];

/// The image of an element under a map that is linear over GF(2), without a table.
#[expect(clippy::indexing_slicing, reason = "a bit is below 8")]
const fn map(map: &Map, element: u8) -> u8 {
    let (mut image, mut bit) = (0, 0);
    while bit < 8 {
        image ^= map[bit] & (element >> bit & 1).wrapping_neg();
        bit += 1;
    }
    image
}

fn mapped(by: &Map, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(vec![0; bytes.len()]);
    for (image, byte) in out.iter_mut().zip(bytes) {
        *image = map(by, *byte);
    }
    out
}

/// From their field to ours: x goes to a root of their modulus.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const TO_OURS: Map = {
    let root = root_of_their_modulus();
    let (mut images, mut power, mut i) = ([0; 8], 1, 0);
    while i < 8 {
        images[i] = power;
        power = multiply(power, root);
        i += 1;
    }
    images
};

/// From our field to theirs: the inverse.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const TO_THEIRS: Map = {
    let (mut images, mut element) = ([0; 8], 255u8);
    while element > 0 {
        let image = map(&TO_OURS, element);
        let mut bit = 0;
        while bit < 8 {
            if image == 1 << bit {
                images[bit] = element;
            }
            bit += 1;
        }
        element -= 1;
    }
    images
};

/// The least element of our field with r^8 + r^4 + r^3 + r^2 + 1 = 0.
const fn root_of_their_modulus() -> u8 {
    let mut root = 2;
    loop {
        let square = multiply(root, root);
        let cube = multiply(square, root);
        let fourth = multiply(square, square);
        if multiply(fourth, fourth) ^ fourth ^ cube ^ square ^ 1 == 0 {
            return root;
        }
        root += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Their product, by its definition.
    fn product(a: u8, b: u8) -> u8 {
        let mut wide = (0..8).fold(0u32, |sum, bit| {
            sum ^ ((u32::from(a) << bit) * (u32::from(b) >> bit & 1))
        });
        for bit in (8..16).rev() {
            wide ^= (0x11d << (bit - 8)) * (wide >> bit & 1);
        }
        u8::try_from(wide).unwrap()
    }

    #[test]
    fn the_map_is_an_isomorphism() {
        for a in 0..=255 {
            assert_eq!(map(&TO_THEIRS, map(&TO_OURS, a)), a);
            for b in 0..=255 {
                let image = map(&TO_OURS, product(a, b));
                assert_eq!(image, multiply(map(&TO_OURS, a), map(&TO_OURS, b)));
            }
        }
    }

    fn shares(secret: u8, coefficients: [u8; 2]) -> Vec<Vec<u8>> {
        (1..=5)
            .map(|x| {
                let [a, b] = coefficients;
                let y = secret ^ product(a, x) ^ product(b, product(x, x));
                vec![x, y, y ^ secret]
            })
            .collect()
    }

    fn read(shares: &[Vec<u8>]) -> Vec<SharksShare> {
        let read = shares.iter().map(|share| SharksShare::from_bytes(share));
        read.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn their_shares_combine_and_wrong_ones_are_named() {
        for secret in [0, 1, 0x57, 0xff] {
            let mut theirs = shares(secret, [3, 200]);
            let three = combine(3, &read(&theirs[1..4])).unwrap().accept_biased();
            let three = three.unverified().unwrap().accept_unverified();
            let token = ExposeToken::acknowledge;
            assert_eq!(three.expose(token()), [secret, 0]);
            theirs[3][2] ^= 0x11;
            let five = combine(3, &read(&theirs)).unwrap().accept_biased();
            let five = five.recovered().unwrap();
            assert_eq!(five.secret.expose(token()), [secret, 0]);
            assert_eq!(five.wrong, IndexSet::from_iter([4]));
        }
    }

    #[test]
    fn what_they_would_have_taken_is_refused() {
        assert_eq!(
            SharksShare::from_bytes(&[0, 1]).err(),
            Some(DecodeError::Range)
        );
        assert_eq!(
            SharksShare::from_bytes(&[3]).err(),
            Some(DecodeError::Length)
        );
        assert_eq!(
            SharksShare::from_bytes(&[]).err(),
            Some(DecodeError::Length)
        );
        let mut theirs = shares(7, [1, 2]);
        theirs[1] = theirs[0].clone();
        let error = combine(3, &read(&theirs[..3])).err();
        assert_eq!(error, Some(CombineError::Duplicate { index: 1 }));
        theirs[4].push(0);
        let error = combine(3, &read(&theirs[2..])).err();
        assert_eq!(error, Some(CombineError::Mismatch { index: 5 }));
    }
}
