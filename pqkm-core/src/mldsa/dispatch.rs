//! The one place where ML-DSA chooses between the reference engine and those of the kernels.

use alloc::vec::Vec;
use core::marker::PhantomData;

use super::{
    MU_BYTES, MlDsaParameters, RND_BYTES, SEED_BYTES,
    engine::{
        ExpandedSigning, ExpandedVerification, KeyBytes, ToSign, key_pairs,
        public_key_if_consistent, representatives, sign_all, verify_all,
    },
    representative,
};
use crate::{
    engine::{Backend, Engine, Instance, Work},
    message::Message,
};

/// Messages that one thread takes at a time: several times the lanes of any engine.
#[cfg(feature = "rayon")]
const CHUNK: usize = 64;

/// A key as the engine that expanded it has it.
pub(super) enum Expanded<R, K> {
    /// By RustCrypto's crate.
    Reference(R),
    /// By the kernels.
    Kernels(Instance, K),
}

/// An expanded private key.
pub(super) type SigningOf<P> =
    Expanded<<P as super::reference::Reference>::ExpandedSk, ExpandedSigning>;
/// An expanded public key.
pub(super) type VerificationOf<P> =
    Expanded<<P as super::reference::Reference>::ExpandedPk, ExpandedVerification>;

/// What is run with the tokens of an engine: a function that is generic over them, and its arguments.
macro_rules! work {
    ($($name:ident<$life:lifetime>($($arg:ident: $type:ty),+) -> $output:ty = $function:path;)+) => {$(
        struct $name<$life, P> {
            $($arg: $type,)+
            parameters: PhantomData<&$life P>,
        }

        impl<P: MlDsaParameters> Work for $name<'_, P> {
            type Output = $output;

            fn run<B: Backend>(self, b: B) -> Self::Output {
                $function(b, $(self.$arg),+)
            }
        }
    )+};
}

work! {
    KeyPairs<'a>(seeds: &'a [&'a [u8; SEED_BYTES]]) -> Vec<KeyBytes> = key_pairs::<P, B>;
    ExpandSk<'a>(sk: &'a [u8]) -> ExpandedSigning = ExpandedSigning::new::<P, B>;
    ExpandPk<'a>(pk: &'a [u8]) -> ExpandedVerification = ExpandedVerification::new::<P, B>;
    PublicKey<'a>(sk: &'a [u8]) -> Option<Vec<u8>> = public_key_if_consistent::<P, B>;
    SignAll<'a>(messages: &'a [ToSign<'a>]) -> Vec<Option<Vec<u8>>> = sign_all::<P, B>;
    VerifyAll<'a>(key: &'a ExpandedVerification, items: &'a [(&'a [u8; MU_BYTES], &'a [u8])])
        -> Vec<bool> = verify_all::<P, B>;
}

/// Key pairs of the seeds.
pub(super) fn generate<P: MlDsaParameters>(
    engine: Engine,
    seeds: &[&[u8; SEED_BYTES]],
) -> Vec<KeyBytes> {
    let Some(instance) = Instance::of(engine) else {
        return seeds.iter().map(|xi| P::key_gen_internal(xi)).collect();
    };
    chunked(seeds, |seeds| {
        instance.run(KeyPairs::<P> {
            seeds,
            parameters: PhantomData,
        })
    })
}

/// Expands a private key of the right length.
pub(super) fn expand_sk<P: MlDsaParameters>(engine: Engine, sk: &[u8]) -> SigningOf<P> {
    match Instance::of(engine) {
        None => Expanded::Reference(P::expand_sk(sk)),
        Some(instance) => Expanded::Kernels(
            instance,
            instance.run(ExpandSk::<P> {
                sk,
                parameters: PhantomData,
            }),
        ),
    }
}

/// Expands a public key of the right length.
pub(super) fn expand_pk<P: MlDsaParameters>(engine: Engine, pk: &[u8]) -> VerificationOf<P> {
    match Instance::of(engine) {
        None => Expanded::Reference(P::expand_pk(pk)),
        Some(instance) => Expanded::Kernels(
            instance,
            instance.run(ExpandPk::<P> {
                pk,
                parameters: PhantomData,
            }),
        ),
    }
}

/// The public key of a private key of the right length, if key generation could have made it.
pub(super) fn public_key<P: MlDsaParameters>(sk: &[u8]) -> Option<Vec<u8>> {
    Instance::detect().run(PublicKey::<P> {
        sk,
        parameters: PhantomData,
    })
}

/// The message representatives of messages that one key signs or verifies; `tr` is the hash of its public key.
pub(super) fn mus<R, K>(
    key: &Expanded<R, K>,
    tr: &[u8; 64],
    messages: &[Message<'_>],
) -> Vec<[u8; MU_BYTES]> {
    struct Mus<'a>(&'a [u8; 64], &'a [Message<'a>]);

    impl Work for Mus<'_> {
        type Output = Vec<[u8; MU_BYTES]>;

        fn run<B: Backend>(self, b: B) -> Self::Output {
            representatives(b, self.0, self.1)
        }
    }

    match key {
        Expanded::Reference(_) => messages
            .iter()
            .map(|message| representative::mu(tr, message))
            .collect(),
        Expanded::Kernels(instance, _) => {
            let instance = *instance;
            chunked(messages, |messages| instance.run(Mus(tr, messages)))
        }
    }
}

/// Signs message representatives, each with its randomness; none where no attempt succeeded.
pub(super) fn sign<P: MlDsaParameters>(
    key: &SigningOf<P>,
    items: &[([u8; MU_BYTES], &[u8; RND_BYTES])],
) -> Vec<Option<P::SignatureBytes>> {
    match key {
        Expanded::Reference(sk) => items
            .iter()
            .map(|(mu, rnd)| P::sign_mu(sk, mu, rnd))
            .collect(),
        Expanded::Kernels(instance, key) => chunked(items, |items| {
            let messages: Vec<_> = items
                .iter()
                .map(|(mu, rnd)| ToSign { key, mu, rnd })
                .collect();
            let work = SignAll::<P> {
                messages: &messages,
                parameters: PhantomData,
            };
            let signatures = instance.run(work).into_iter();
            signatures
                .map(|bytes| P::SignatureBytes::try_from(bytes?.as_slice()).ok())
                .collect()
        }),
    }
}

/// Verifies signatures of message representatives.
pub(super) fn verify<P: MlDsaParameters>(
    key: &VerificationOf<P>,
    items: &[([u8; MU_BYTES], &P::SignatureBytes)],
) -> Vec<bool> {
    match key {
        Expanded::Reference(pk) => items
            .iter()
            .map(|(mu, signature)| P::verify_mu(pk, mu, signature))
            .collect(),
        Expanded::Kernels(instance, key) => chunked(items, |items| {
            let items: Vec<_> = items
                .iter()
                .map(|(mu, signature)| (mu, signature.as_ref()))
                .collect();
            instance.run(VerifyAll::<P> {
                key,
                items: &items,
                parameters: PhantomData,
            })
        }),
    }
}

/// Runs a batch: over threads where that is asked for.
#[cfg(not(feature = "rayon"))]
fn chunked<T, U>(items: &[T], run: impl Fn(&[T]) -> Vec<U>) -> Vec<U> {
    run(items)
}

/// Runs a batch: over threads where that is asked for.
#[cfg(feature = "rayon")]
fn chunked<T: Sync, U: Send>(items: &[T], run: impl Fn(&[T]) -> Vec<U> + Sync) -> Vec<U> {
    use rayon::prelude::*;

    if items.len() <= CHUNK {
        return run(items);
    }
    items.par_chunks(CHUNK).flat_map_iter(&run).collect()
}
