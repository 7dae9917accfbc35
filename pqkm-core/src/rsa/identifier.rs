//! Algorithm identifiers of RSA (RFC 8017, appendix A; RFC 4055).

use der::{Any, asn1::Null};
use rsa::{
    pss::get_default_pss_signature_algo_id,
    sha2::{Sha256, Sha384, Sha512},
};
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};

fn with_null(oid: &str) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters: Some(Any::from(Null)),
    }
}

macro_rules! identifiers {
    (plain { $($name:ident = $oid:literal;)+ } pss { $($pss:ident = $hash:ty;)+ }) => {
        $(
            pub(super) fn $name() -> AlgorithmIdentifierOwned {
                with_null($oid)
            }
        )+
        $(
            pub(super) fn $pss() -> AlgorithmIdentifierOwned {
                get_default_pss_signature_algo_id::<$hash>().expect("constants encode")
            }
        )+
    };
}

identifiers! {
    plain {
        rsa_encryption = "1.2.840.113549.1.1.1";
        pkcs1_sha256 = "1.2.840.113549.1.1.11";
        pkcs1_sha384 = "1.2.840.113549.1.1.12";
        pkcs1_sha512 = "1.2.840.113549.1.1.13";
    }
    pss {
        pss_sha256 = Sha256;
        pss_sha384 = Sha384;
        pss_sha512 = Sha512;
    }
}
