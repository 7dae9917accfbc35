//! Bytes of a vector file, with gzip read through.

use std::fs::File;
use std::io::{Read, Take};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::error::{Problem, VectorError};

/// The most that is read of one file after unpacking: 256 MiB, far above any published vector file.
pub const MAX_BYTES: u64 = 256 << 20;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Reads a file; what begins with the gzip magic is unpacked.
///
/// # Errors
/// [`Problem::Io`], [`Problem::Gzip`], [`Problem::TooLarge`].
pub fn read(path: &Path) -> Result<Vec<u8>, VectorError> {
    let io = |error: std::io::Error| VectorError::whole(Problem::Io(error.kind())).in_file(path);
    let file = File::open(path).map_err(io)?;
    let raw =
        limited(file.take(MAX_BYTES + 1), Problem::Io).map_err(|error| error.in_file(path))?;
    unpack(raw).map_err(|error| error.in_file(path))
}

/// Unpacks bytes that begin with the gzip magic and returns all others as they are.
///
/// # Errors
/// [`Problem::Gzip`], [`Problem::TooLarge`].
pub fn unpack(raw: Vec<u8>) -> Result<Vec<u8>, VectorError> {
    if raw.starts_with(&GZIP_MAGIC) {
        let reader = MultiGzDecoder::new(raw.as_slice()).take(MAX_BYTES + 1);
        return limited(reader, |_| Problem::Gzip);
    }
    Ok(raw)
}

/// Reads a file as text, with gzip read through.
///
/// # Errors
/// As [`read`], and [`Problem::NotUtf8`].
pub fn read_text(path: &Path) -> Result<String, VectorError> {
    String::from_utf8(read(path)?).map_err(|_| VectorError::whole(Problem::NotUtf8).in_file(path))
}

fn limited<R: Read>(
    mut reader: Take<R>,
    problem: impl Fn(std::io::ErrorKind) -> Problem,
) -> Result<Vec<u8>, VectorError> {
    let mut bytes = Vec::new();
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| VectorError::whole(problem(error.kind())))?;
    if reader.limit() == 0 {
        return Err(VectorError::whole(Problem::TooLarge));
    }
    Ok(bytes)
}
