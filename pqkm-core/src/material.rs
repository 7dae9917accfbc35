//! What the keys of this crate's algorithms are made of: the associated types of their traits; and with what other
//! crates build algorithms of their own on them. Programs use [`Key`](crate::Key) and its prepared forms and have no
//! need to name these.

#[cfg(feature = "brainpool")]
pub use crate::ec::{BrainpoolP256r1, BrainpoolP384r1};
#[cfg(feature = "rsa")]
pub use crate::rsa::{Bits as RsaBits, PreparedRsaDecapsulation, RsaPrivate, RsaPublic};
pub use crate::{
    algorithm::encapsulate_one,
    ec::{Curve, EcPrivate, EcPublic, NistP256, NistP384, NistP521},
    ed25519::{Ed25519Signing, Ed25519Verification},
    given::{Exhausted, GivenBytes},
    mldsa::{
        MlDsaSigning, MlDsaVerification, PreparedSigning as PreparedMlDsaSigning,
        PreparedVerification as PreparedMlDsaVerification,
    },
    mlkem::{
        MlKemDecapsulation, MlKemEncapsulation,
        PreparedDecapsulation as PreparedMlKemDecapsulation,
        PreparedEncapsulation as PreparedMlKemEncapsulation,
    },
    output::HeapBytes,
    slhdsa::{SlhDsaSigning, SlhDsaVerification},
    symmetric::{SymmetricMaterial, WrappingMaterial},
    x25519::{X25519Private, X25519Public},
    xwing::{
        PreparedXWingDecapsulation, PreparedXWingEncapsulation, XWingDecapsulation,
        XWingEncapsulation,
    },
};
