//! Stateful hash-based signatures: LMS and HSS (RFC 8554), XMSS (RFC 8391).

mod dump;
mod lms;
mod xmss;

pub(crate) use self::dump::{case as dump_case, recognise as recognise_dump};
pub use self::lms::{LmsCase, LmsKeyGen, PublicKeyForm};
pub(crate) use self::lms::{cases as lms_cases, recognise as recognise_lms};
pub use self::xmss::{XmssCase, XmssOperation};
pub(crate) use self::xmss::{cases as xmss_cases, recognise as recognise_xmss};
