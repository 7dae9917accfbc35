//! LMS: one tree of one-time keys. RFC 8554, section 5.

use crate::error::{DecodeError, InvalidSignature};
use crate::hash::{Node, leaf, parent};
use crate::lmots;
use crate::params::{ID_LEN, LmotsAlgorithm, LmsAlgorithm, MAX_N, lms_signature_len};
use crate::wire::Reader;

/// Length in bytes of the longest public key of one tree.
pub(crate) const MAX_PUBLIC_KEY_LEN: usize = 8 + ID_LEN + MAX_N;

/// The public key of one tree: typecodes, identifier `I` and root `T[1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LmsVerifyingKey {
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    id: [u8; ID_LEN],
    /// With m = 24 the last 8 bytes are zero.
    root: Node,
}

impl LmsVerifyingKey {
    #[cfg(feature = "alloc")]
    pub(crate) const fn new(
        lms: LmsAlgorithm,
        ots: LmotsAlgorithm,
        id: [u8; ID_LEN],
        root: Node,
    ) -> Self {
        Self { lms, ots, id, root }
    }

    /// Reads a public key: u32 LMS typecode, u32 LM-OTS typecode, `I` (16 bytes), root (24 or 32 bytes).
    ///
    /// # Errors
    /// [`DecodeError`] for a wrong length, an unknown typecode, or hash functions that differ.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let key = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(key)
    }

    /// Reads a public key and leaves what follows it.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let lms = LmsAlgorithm::from_code(reader.u32()?)?;
        let ots = LmotsAlgorithm::from_code(reader.u32()?)?;
        if lms.hash() != ots.hash() {
            return Err(DecodeError::MixedHash);
        }
        let id = reader.array()?;
        let mut root = Node::default();
        for (to, from) in root.iter_mut().zip(reader.take(lms.m())?) {
            *to = *from;
        }
        Ok(Self { lms, ots, id, root })
    }

    /// The encoding: as many bytes as [`LmsAlgorithm::public_key_len`] says, the rest of the buffer is zero.
    pub(crate) fn encode(&self) -> ([u8; MAX_PUBLIC_KEY_LEN], usize) {
        let mut out = [0; MAX_PUBLIC_KEY_LEN];
        let (codes, rest) = out.split_at_mut(8);
        codes[..4].copy_from_slice(&self.lms.code().to_be_bytes());
        codes[4..].copy_from_slice(&self.ots.code().to_be_bytes());
        rest[..ID_LEN].copy_from_slice(&self.id);
        rest[ID_LEN..].copy_from_slice(&self.root);
        (out, self.lms.public_key_len())
    }

    /// Writes the encoding of [`Self::from_bytes`].
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_bytes(&self) -> alloc::vec::Vec<u8> {
        let (bytes, len) = self.encode();
        bytes[..len].to_vec()
    }

    /// The parameter set of the tree.
    #[must_use]
    pub const fn lms(&self) -> LmsAlgorithm {
        self.lms
    }

    /// The parameter set of its one-time keys.
    #[must_use]
    pub const fn ots(&self) -> LmotsAlgorithm {
        self.ots
    }

    /// The identifier `I` of the tree, 16 bytes.
    #[must_use]
    pub const fn id(&self) -> &[u8; ID_LEN] {
        &self.id
    }

    /// Length in bytes of this key's signatures.
    #[must_use]
    pub fn signature_len(&self) -> usize {
        lms_signature_len(self.lms, self.ots)
    }

    /// Verifies a signature of one tree: RFC 8554, Algorithm 6. Takes no heap and, on the stack, about 12 KiB.
    ///
    /// # Errors
    /// [`InvalidSignature`] for every reason, wrong lengths and typecodes among them.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.verify_parts(&[message], signature)
    }

    pub(crate) fn verify_parts(
        &self,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if self.candidate_root(message, signature)? == self.root {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }

    /// RFC 8554, Algorithm 6a: the root that the signature implies.
    fn candidate_root(
        &self,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<Node, InvalidSignature> {
        let parsed = LmsSignature::parse(self.lms, self.ots, signature)?;
        let hash = self.lms.hash();
        let m = self.lms.m();
        let key = lmots::candidate(self.ots, &self.id, parsed.q, message, parsed.one_time)?;
        let mut node = self.lms.leaves() + parsed.q;
        let mut value = leaf(hash, &self.id, node, &key[..m]);
        for sibling in parsed.path.chunks_exact(m) {
            let (left, right) = if node & 1 == 1 {
                (sibling, &value[..m])
            } else {
                (&value[..m], sibling)
            };
            node >>= 1;
            value = parent(hash, &self.id, node, left, right);
        }
        Ok(value)
    }
}

/// A signature of one tree, cut into its fields.
pub(crate) struct LmsSignature<'a> {
    /// The leaf.
    pub(crate) q: u32,
    /// The one-time signature with its typecode.
    pub(crate) one_time: &'a [u8],
    /// Sibling nodes, from the leaf upwards.
    pub(crate) path: &'a [u8],
}

impl<'a> LmsSignature<'a> {
    /// Cuts up a signature of exactly these parameters; the one-time signature's own typecode is left to LM-OTS.
    pub(crate) fn parse(
        lms: LmsAlgorithm,
        ots: LmotsAlgorithm,
        signature: &'a [u8],
    ) -> Result<Self, InvalidSignature> {
        let mut reader = Reader::new(signature);
        let parsed = (|| {
            let q = reader.u32()?;
            let one_time = reader.take(ots.signature_len())?;
            let code = reader.u32()?;
            let path = reader.take(usize::from(lms.h()) * lms.m())?;
            reader.finish()?;
            Ok::<_, DecodeError>((code, Self { q, one_time, path }))
        })();
        match parsed {
            Ok((code, parsed)) if code == lms.code() && parsed.q < lms.leaves() => Ok(parsed),
            _ => Err(InvalidSignature),
        }
    }
}
