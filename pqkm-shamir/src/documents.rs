//! What the documents of a ceremony have in common: DER and PEM around the reader that each of them has.

use alloc::{string::String, vec::Vec};

use der::{
    Encode,
    pem::{LineEnding, PemLabel},
};
use pqkm_core::DecodeError;

use crate::{Attestation, SignedManifest, Transcript, wire};

/// None of them is too long for either, so neither fails.
macro_rules! documents {
    ($($type:ident: $the:literal, $a:literal, $label:literal;)+) => {$(
        impl PemLabel for $type {
            const PEM_LABEL: &'static str = $label;
        }

        impl $type {
            #[doc = concat!("The ", $the, " in DER.")]
            #[must_use]
            pub fn to_der(&self) -> Vec<u8> {
                Encode::to_der(self).expect("short enough for DER")
            }

            #[doc = concat!("The ", $the, " in PEM, label `", $label, "`.")]
            #[must_use]
            pub fn to_pem(&self) -> String {
                der::pem::encode_string(Self::PEM_LABEL, LineEnding::LF, &self.to_der())
                    .expect("short enough for PEM")
            }

            #[doc = concat!("Reads ", $a, " in PEM.")]
            ///
            /// # Errors
            /// [`DecodeError::Pem`], or the errors of [`from_der`](Self::from_der).
            pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
                Self::from_der(&wire::pem_contents::<Self>(pem)?)
            }
        }
    )+};
}

documents! {
    SignedManifest: "manifest", "a manifest", "PQKM SHARE MANIFEST";
    Attestation: "attestation", "an attestation", "PQKM SHARE ATTESTATION";
    Transcript: "transcript", "a transcript", "PQKM CEREMONY TRANSCRIPT";
}
