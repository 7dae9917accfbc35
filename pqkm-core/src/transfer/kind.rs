//! Kinds of envelopes: what an envelope carries is its type.

use core::fmt::Debug;

mod sealed {
    /// The kind as the header says it.
    #[expect(unnameable_types, reason = "seals `Kind`")]
    #[derive(Clone, Copy, Debug, PartialEq, Eq, der::Enumerated)]
    #[repr(u8)]
    pub enum Code {
        Replication = 0,
        Secret = 1,
        Escrow = 2,
    }

    #[expect(unnameable_types, reason = "seals `Kind`")]
    pub trait Sealed {
        /// The kind as the header says it.
        const CODE: Code;
        /// Names the signed structure and the context of the derivations.
        const LABEL: &'static str;
        /// The label in PEM.
        const PEM_LABEL: &'static str;
    }
}

pub(super) use sealed::{Code, Sealed};

/// What an envelope carries. Sealed.
pub trait Kind: Sealed + Copy + Debug + Eq {}

macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident: $label:literal, $pem:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $kind {}

        impl Sealed for $kind {
            const CODE: Code = Code::$kind;
            const LABEL: &'static str = $label;
            const PEM_LABEL: &'static str = $pem;
        }

        impl Kind for $kind {}
    )+};
}

kinds! {
    /// A key, to a device that shall have it too.
    Replication: "pqkm ReplicationEnvelope v1", "PQKM REPLICATION ENVELOPE";
    /// Secret bytes, to one recipient.
    Secret: "pqkm SecretEnvelope v1", "PQKM SECRET ENVELOPE";
    /// A key or secret bytes, to agents who keep them closed until a policy is met.
    Escrow: "pqkm EscrowEnvelope v1", "PQKM ESCROW ENVELOPE";
}
