//! Single elements, for what is too small for vectors.

/// The product.
#[must_use]
pub const fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0;
    let mut power = a;
    let mut bits = b;
    let mut i = 0;
    while i < 8 {
        product ^= power & (bits & 1).wrapping_neg();
        power = (power << 1) ^ (0x1b & (power >> 7).wrapping_neg());
        bits >>= 1;
        i += 1;
    }
    product
}

/// The inverse; of zero, zero.
#[must_use]
pub const fn invert(a: u8) -> u8 {
    let mut power = a;
    let mut i = 0;
    while i < 6 {
        power = multiply(multiply(power, power), a);
        i += 1;
    }
    multiply(power, power)
}
