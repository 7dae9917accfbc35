//! Operations of derivation keys.

use alloc::vec::Vec;

use der::{
    Encode, Sequence,
    asn1::{OctetStringRef, Utf8StringRef},
};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    error::DeriveError,
    ident::KeyId,
    key::{DataKey, DerivationKey, Key, WrappingKey},
    role::{DataEncryption, Derivation, HasKey, MayDerive, Role, Wrapping},
    secret::SecretBytes,
    state,
    symmetric::{DataAlgorithm, DerivationAlgorithm, SymmetricAlgorithm, WrapAlgorithm},
};

/// What separates derived keys from each other: their algorithm and role are part of the input, so
/// the same `info` never gives related keys for two purposes.
#[derive(Sequence)]
struct DerivedKeyInfo<'a> {
    label: Utf8StringRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
    role: u8,
    info: &'a OctetStringRef,
}

impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Derives bytes exactly as the algorithm's standard says, with `salt` (KMAC: the customization
    /// string) and `info` as they are: for interoperation.
    ///
    /// # Errors
    /// [`DeriveError`] for more bytes than the algorithm gives (HKDF: 255 digests) or memory holds.
    pub fn derive_bytes(
        &self,
        salt: &[u8],
        info: &[u8],
        bytes: usize,
    ) -> Result<SecretBytes, DeriveError>
    where
        R: MayDerive,
        A: DerivationAlgorithm,
    {
        expand::<A>(R::as_derivation(self), salt, info, bytes).map(SecretBytes::new)
    }

    /// Derives a data key. Its algorithm and role enter the derivation beside `info`.
    ///
    /// # Errors
    /// [`DeriveError`] if `info` is too long to encode.
    pub fn derive_data_key<B: DataAlgorithm>(&self, info: &[u8]) -> Result<DataKey<B>, DeriveError>
    where
        R: MayDerive,
        A: DerivationAlgorithm,
    {
        let bytes = typed::<A, B, DataEncryption>(R::as_derivation(self), info)?;
        DataKey::import(&bytes).map_err(|_| DeriveError)
    }

    /// Derives another derivation key. Its algorithm and role enter the derivation beside `info`.
    ///
    /// # Errors
    /// [`DeriveError`] if `info` is too long to encode.
    pub fn derive_derivation_key<B: DerivationAlgorithm>(
        &self,
        info: &[u8],
    ) -> Result<DerivationKey<B>, DeriveError>
    where
        R: MayDerive,
        A: DerivationAlgorithm,
    {
        let bytes = typed::<A, B, Derivation>(R::as_derivation(self), info)?;
        DerivationKey::import(&bytes).map_err(|_| DeriveError)
    }

    /// Derives a wrapping key with the identifier by which records will name it. Its algorithm and
    /// role enter the derivation beside `info`.
    ///
    /// # Errors
    /// [`DeriveError`] if `info` is too long to encode.
    pub fn derive_wrapping_key<B: WrapAlgorithm>(
        &self,
        id: KeyId,
        info: &[u8],
    ) -> Result<WrappingKey<B>, DeriveError>
    where
        R: MayDerive,
        A: DerivationAlgorithm,
    {
        let bytes = typed::<A, B, Wrapping>(R::as_derivation(self), info)?;
        WrappingKey::import(id, &bytes).map_err(|_| DeriveError)
    }
}

fn expand<A: DerivationAlgorithm>(
    key: &DerivationKey<A>,
    salt: &[u8],
    info: &[u8],
    bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, DeriveError> {
    state::check().map_err(|_| DeriveError)?;
    if bytes > A::MAX_OUTPUT_BYTES {
        return Err(DeriveError);
    }
    let mut output = Zeroizing::new(Vec::new());
    output.try_reserve_exact(bytes).map_err(|_| DeriveError)?;
    output.resize(bytes, 0);
    A::derive(key.material().as_bytes(), salt, info, &mut output)?;
    Ok(output)
}

fn typed<A: DerivationAlgorithm, B: SymmetricAlgorithm, R: Role>(
    key: &DerivationKey<A>,
    info: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DeriveError> {
    let info = DerivedKeyInfo {
        label: Utf8StringRef::new("pqkm derived key v1").map_err(|_| DeriveError)?,
        algorithm: B::key_algorithm(),
        role: R::NUMBER,
        info: OctetStringRef::new(info).map_err(|_| DeriveError)?,
    };
    expand::<A>(
        key,
        b"",
        &info.to_der().map_err(|_| DeriveError)?,
        B::KEY_BYTES,
    )
}
