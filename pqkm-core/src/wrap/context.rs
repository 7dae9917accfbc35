//! What a wrapped key is bound to.

use crate::error::ContextTooLong;

/// What a record is bound to besides itself, such as `tenant-42/db`: it is not stored, and only the
/// same context unwraps the record. 0 to 65535 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapContext<'a>(&'a [u8]);

impl<'a> WrapContext<'a> {
    /// The longest context in bytes.
    pub const MAX_BYTES: usize = 65_535;

    /// Takes a context.
    ///
    /// # Errors
    /// [`ContextTooLong`] beyond [`MAX_BYTES`](Self::MAX_BYTES).
    pub const fn new(bytes: &'a [u8]) -> Result<Self, ContextTooLong> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(ContextTooLong);
        }
        Ok(Self(bytes))
    }

    /// The context.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}
