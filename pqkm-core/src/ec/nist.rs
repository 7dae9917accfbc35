//! The curves P-256, P-384 and P-521 (NIST SP 800-186, section 3.2.1), by RustCrypto's crates.

/// Implements a curve by a RustCrypto crate.
macro_rules! curves {
    ($(
        $(#[$meta:meta])*
        $name:ident = $oid:literal, $bytes:literal $(, $first:literal)?: $($path:ident)::+;
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl crate::ec::Curve for $name {
            const OID: spki::ObjectIdentifier = spki::ObjectIdentifier::new_unwrap($oid);
            const BYTES: usize = $bytes;
            $( const FIRST_BYTE: u8 = $first; )?

            type Coordinate = [u8; $bytes];
            type Signer = ::ecdsa::SigningKey<$($path)::+::$name>;
            type Verifier = ::ecdsa::VerifyingKey<$($path)::+::$name>;

            fn public_key(private: &[u8]) -> Option<alloc::vec::Vec<u8>> {
                use p256::elliptic_curve::{SecretKey, point::AffineCoordinates};

                let key = SecretKey::<$($path)::+::$name>::from_slice(private).ok()?;
                let public = key.public_key();
                let mut point = alloc::vec![4];
                point.extend_from_slice(public.as_affine().x().as_ref());
                point.extend_from_slice(public.as_affine().y().as_ref());
                // CT: the public key is published.
                pqkm_kernels::memcheck::declassify_bytes(&mut point);
                Some(point)
            }

            fn is_on_curve(point: &[u8]) -> bool {
                p256::elliptic_curve::PublicKey::<$($path)::+::$name>::from_sec1_bytes(point).is_ok()
            }

            fn multiply(private: &[u8], peer: &[u8]) -> Option<Self::Coordinate> {
                use p256::elliptic_curve::{PublicKey, SecretKey};

                let key = SecretKey::<$($path)::+::$name>::from_slice(private).ok()?;
                let peer = PublicKey::<$($path)::+::$name>::from_sec1_bytes(peer).ok()?;
                Some((*key.diffie_hellman(&peer).raw_secret_bytes()).into())
            }

            fn signer(private: &[u8]) -> Option<Self::Signer> {
                Self::Signer::from_slice(private).ok()
            }

            fn verifier(point: &[u8]) -> Option<Self::Verifier> {
                Self::Verifier::from_sec1_bytes(point).ok()
            }

            fn sign(
                signer: &Self::Signer,
                message: &[u8],
                additional: &[u8],
            ) -> Option<alloc::vec::Vec<u8>> {
                use signature::RandomizedSigner;

                let mut additional = crate::given::GivenBytes::new(additional);
                let signature: ::ecdsa::Signature<$($path)::+::$name> =
                    signer.try_sign_with_rng(&mut additional, message).ok()?;
                Some(signature.to_bytes().to_vec())
            }

            fn verify(verifier: &Self::Verifier, message: &[u8], signature: &[u8]) -> bool {
                use signature::Verifier;

                ::ecdsa::Signature::<$($path)::+::$name>::from_slice(signature)
                    .is_ok_and(|signature| verifier.verify(message, &signature).is_ok())
            }
        }
    )+};
}

#[cfg(feature = "brainpool")]
pub(super) use curves;

curves! {
    /// P-256 (secp256r1), with SHA-256.
    NistP256 = "1.2.840.10045.3.1.7", 32: p256;
    /// P-384 (secp384r1), with SHA-384.
    NistP384 = "1.3.132.0.34", 48: p384;
    /// P-521 (secp521r1), with SHA-512.
    NistP521 = "1.3.132.0.35", 66, 0x01: p521;
}
