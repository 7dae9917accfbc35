//! Polynomials: coefficients, and values under the number theoretic transform.

/// A polynomial of the ring `Z_q`\[X\]/(X^256 + 1): 256 coefficients, the constant one first.
///
/// A coefficient stands for a residue modulo q; each kernel says between which bounds it takes and returns them.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Poly(pub(crate) [[i32; 16]; 16]);

/// A polynomial under the number theoretic transform (an element of `T_q`), in the order in which the transform
/// leaves it: value 16 i + j of the standard's order is at index 16 j + i. Every instance has this order.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct NttPoly(pub(crate) [[i32; 16]; 16]);

macro_rules! array {
    ($name:ident) => {
        impl $name {
            /// All zero.
            pub const ZERO: Self = Self([[0; 16]; 16]);

            /// Overwrites every word, in a way that the optimiser keeps.
            pub fn zeroize(&mut self) {
                self.0 = [[0; 16]; 16];
                core::hint::black_box(self);
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ZERO
            }
        }
    };
}

array!(Poly);
array!(NttPoly);

impl Poly {
    /// The polynomial with these coefficients.
    #[must_use]
    pub const fn new(coefficients: &[i32; 256]) -> Self {
        Self(square(coefficients))
    }

    /// The coefficients, the constant one first.
    #[must_use]
    pub const fn coefficients(&self) -> &[i32] {
        self.0.as_flattened()
    }

    /// The coefficients, the constant one first.
    #[must_use]
    pub const fn coefficients_mut(&mut self) -> &mut [i32] {
        self.0.as_flattened_mut()
    }
}

impl NttPoly {
    /// From values in the order of FIPS 204.
    #[must_use]
    pub const fn from_standard_order(values: &[i32; 256]) -> Self {
        Self(transposed(&square(values)))
    }

    /// The values in the order of FIPS 204.
    #[must_use]
    pub fn to_standard_order(&self) -> [i32; 256] {
        let mut values = [0; 256];
        values.copy_from_slice(transposed(&self.0).as_flattened());
        values
    }
}

const fn square(flat: &[i32; 256]) -> [[i32; 16]; 16] {
    let mut rows = [[0; 16]; 16];
    let mut i = 0;
    while i < 256 {
        rows[i >> 4][i & 15] = flat[i];
        i += 1;
    }
    rows
}

const fn transposed(rows: &[[i32; 16]; 16]) -> [[i32; 16]; 16] {
    let mut result = [[0; 16]; 16];
    let mut i = 0;
    while i < 256 {
        result[i & 15][i >> 4] = rows[i >> 4][i & 15];
        i += 1;
    }
    result
}
