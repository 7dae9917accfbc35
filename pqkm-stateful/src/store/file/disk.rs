//! The few operations that the file store asks of an operating system: the real one, or a simulated one.

use crate::error::StoreError;

/// Why a read, write or sync failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskError {
    /// The file ends before the range that was to be read.
    Short,
    /// The operating system's error, with its code if it has one.
    Os {
        /// `errno`
        code: Option<i32>,
    },
}

impl DiskError {
    /// After a failed write or sync nobody knows what is on the disk.
    pub(crate) const fn on_write(self) -> StoreError {
        match self {
            Self::Short => StoreError::Indeterminate { code: None },
            Self::Os { code } => StoreError::Indeterminate { code },
        }
    }

    pub(crate) const fn on_read(self) -> StoreError {
        match self {
            Self::Short => StoreError::Corrupt,
            Self::Os { code } => StoreError::Io { code },
        }
    }
}

/// A place in a directory where the file of one key is or will be.
pub trait Disk: Send {
    /// An open and locked file.
    type File: DiskFile;

    /// Creates the file, which must not exist, and locks it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] or [`StoreError::Io`].
    fn create_new(&self) -> Result<Self::File, StoreError>;

    /// Opens the file and locks it; refuses links.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Locked`], [`StoreError::Linked`] or [`StoreError::Io`].
    fn open(&self) -> Result<Self::File, StoreError>;

    /// Makes the file's name durable.
    ///
    /// # Errors
    /// [`DiskError`]
    fn sync_directory(&self) -> Result<(), DiskError>;

    /// Removes the file's name, durably.
    ///
    /// # Errors
    /// [`StoreError::Indeterminate`] if it may be there or not.
    fn remove(&self) -> Result<(), StoreError>;
}

/// A locked file; offsets and lengths are in bytes.
pub trait DiskFile: Send {
    /// Length of the file.
    ///
    /// # Errors
    /// [`DiskError`]
    fn len(&self) -> Result<u64, DiskError>;

    /// Whether nothing was ever written.
    ///
    /// # Errors
    /// [`StoreError::Io`]
    fn is_empty(&self) -> Result<bool, StoreError> {
        self.len().map(|len| len == 0).map_err(DiskError::on_read)
    }

    /// Fills `out` from `offset`.
    ///
    /// # Errors
    /// [`DiskError::Short`] if the file ends before.
    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<(), DiskError>;

    /// Writes all of `bytes` at `offset`; they are not durable yet.
    ///
    /// # Errors
    /// [`DiskError`]
    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError>;

    /// Makes the file longer (new bytes are zero) or shorter; not durable yet.
    ///
    /// # Errors
    /// [`DiskError`]
    fn set_len(&mut self, len: u64) -> Result<(), DiskError>;

    /// Makes everything written durable, the length too.
    ///
    /// # Errors
    /// [`DiskError`]
    fn sync(&mut self) -> Result<(), DiskError>;
}
