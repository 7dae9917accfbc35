//! The one place where ML-KEM chooses between the reference engine and those of the kernels.

use alloc::vec::Vec;
use core::marker::PhantomData;

use super::{M_BYTES, MlKemParameters, SEED_BYTES, SHARED_SECRET_BYTES, engine::KeyBytes};
use crate::engine::{Backend, Engine, Instance, Work};

/// Operations that one thread takes at a time: several times the lanes of any engine.
#[cfg(feature = "rayon")]
const CHUNK: usize = 64;

/// A key as the engine that expanded it has it.
pub(super) enum Expanded<R, K> {
    /// By RustCrypto's crate.
    Reference(R),
    /// By the kernels.
    Kernels(Instance, K),
}

/// An expanded encapsulation key.
pub(super) type EkOf<P> =
    Expanded<<P as super::reference::Reference>::ExpandedEk, <P as super::engine::Kernels>::Ek>;
/// An expanded decapsulation key.
pub(super) type DkOf<P> =
    Expanded<<P as super::reference::Reference>::ExpandedDk, <P as super::engine::Kernels>::Dk>;

/// A ciphertext and its shared secret.
pub(super) type Encapsulated<P> = (
    <P as super::reference::Reference>::CiphertextBytes,
    [u8; SHARED_SECRET_BYTES],
);

/// What is run with the tokens of an engine: a function that is generic over them, and its arguments.
macro_rules! work {
    ($($name:ident<$life:lifetime>($($arg:ident: $type:ty),+) -> $output:ty = $function:ident;)+) => {$(
        struct $name<$life, P: MlKemParameters> {
            $($arg: $type,)+
            parameters: PhantomData<&$life P>,
        }

        impl<'a, P: MlKemParameters> Work for $name<'a, P> {
            type Output = $output;

            fn run<B: Backend>(self, b: B) -> Self::Output {
                P::$function(b.many(), $(self.$arg),+)
            }
        }
    )+};
}

work! {
    KeyPairs<'a>(seeds: &'a [&'a [u8; SEED_BYTES]]) -> Vec<KeyBytes> = key_pairs;
    ExpandEk<'a>(ek: &'a [u8]) -> P::Ek = prepare_ek;
    ExpandDk<'a>(dk: &'a [u8]) -> P::Dk = prepare_dk;
    EncapsulateAll<'a>(key: &'a P::Ek, messages: &'a [&'a [u8; M_BYTES]])
        -> Vec<Encapsulated<P>> = encapsulate_all;
    EncapsulateOne<'a>(key: &'a P::Ek, message: &'a [u8; M_BYTES])
        -> Encapsulated<P> = encapsulate_one;
    EncapsulateEach<'a>(eks: &'a [&'a [u8]], messages: &'a [&'a [u8; M_BYTES]])
        -> Vec<Encapsulated<P>> = encapsulate_each;
    DecapsulateAll<'a>(key: &'a P::Dk, ciphertexts: &'a [&'a [u8]])
        -> Vec<[u8; SHARED_SECRET_BYTES]> = decapsulate_all;
    DecapsulateOne<'a>(key: &'a P::Dk, ciphertext: &'a [u8])
        -> [u8; SHARED_SECRET_BYTES] = decapsulate_one;
}

/// Key pairs of the seeds.
pub(super) fn generate<P: MlKemParameters>(
    engine: Engine,
    seeds: &[&[u8; SEED_BYTES]],
) -> Vec<KeyBytes> {
    let Some(instance) = Instance::of(engine) else {
        return seeds.iter().map(|seed| P::key_gen_internal(seed)).collect();
    };
    chunked(
        seeds,
        |seeds| {
            instance.run(KeyPairs::<P> {
                seeds,
                parameters: PhantomData,
            })
        },
        core::mem::take,
    )
}

/// Expands an encapsulation key that passed its checks.
pub(super) fn expand_ek<P: MlKemParameters>(engine: Engine, ek: &[u8]) -> EkOf<P> {
    match Instance::of(engine) {
        None => Expanded::Reference(P::expand_ek(ek)),
        Some(instance) => Expanded::Kernels(
            instance,
            instance.run(ExpandEk::<P> {
                ek,
                parameters: PhantomData,
            }),
        ),
    }
}

/// Expands a decapsulation key that passed its checks.
pub(super) fn expand_dk<P: MlKemParameters>(engine: Engine, dk: &[u8]) -> DkOf<P> {
    match Instance::of(engine) {
        None => Expanded::Reference(P::expand_dk(dk)),
        Some(instance) => Expanded::Kernels(
            instance,
            instance.run(ExpandDk::<P> {
                dk,
                parameters: PhantomData,
            }),
        ),
    }
}

/// Encapsulates each message to one key.
pub(super) fn encapsulate<P: MlKemParameters>(
    key: &EkOf<P>,
    messages: &[&[u8; M_BYTES]],
) -> Vec<Encapsulated<P>> {
    match key {
        Expanded::Reference(ek) => messages
            .iter()
            .map(|m| P::encapsulate_internal(ek, m))
            .collect(),
        Expanded::Kernels(instance, key) => chunked(
            messages,
            |messages| {
                instance.run(EncapsulateAll::<P> {
                    key,
                    messages,
                    parameters: PhantomData,
                })
            },
            move_encapsulated::<P>,
        ),
    }
}

/// Encapsulates one message.
pub(super) fn encapsulate_one<P: MlKemParameters>(
    key: &EkOf<P>,
    message: &[u8; M_BYTES],
) -> Encapsulated<P> {
    match key {
        Expanded::Reference(ek) => P::encapsulate_internal(ek, message),
        Expanded::Kernels(instance, key) => instance.run(EncapsulateOne::<P> {
            key,
            message,
            parameters: PhantomData,
        }),
    }
}

/// Encapsulates each message to a key of its own, which passed its checks.
pub(super) fn encapsulate_each<P: MlKemParameters>(
    engine: Engine,
    items: &[(&[u8], &[u8; M_BYTES])],
) -> Vec<Encapsulated<P>> {
    let Some(instance) = Instance::of(engine) else {
        return items
            .iter()
            .map(|(ek, m)| {
                let ek = P::expand_ek(ek);
                P::encapsulate_internal(&ek, m)
            })
            .collect();
    };
    chunked(
        items,
        |items| {
            let (eks, messages): (Vec<_>, Vec<_>) = items.iter().copied().unzip();
            instance.run(EncapsulateEach::<P> {
                eks: &eks,
                messages: &messages,
                parameters: PhantomData,
            })
        },
        move_encapsulated::<P>,
    )
}

/// Decapsulates each ciphertext with one key.
pub(super) fn decapsulate<P: MlKemParameters>(
    key: &DkOf<P>,
    ciphertexts: &[&P::CiphertextBytes],
) -> Vec<[u8; SHARED_SECRET_BYTES]> {
    match key {
        Expanded::Reference(dk) => ciphertexts
            .iter()
            .map(|ciphertext| P::decapsulate_internal(dk, ciphertext))
            .collect(),
        Expanded::Kernels(instance, key) => chunked(
            ciphertexts,
            |ciphertexts| {
                let ciphertexts: Vec<&[u8]> = ciphertexts.iter().map(|c| c.as_ref()).collect();
                instance.run(DecapsulateAll::<P> {
                    key,
                    ciphertexts: &ciphertexts,
                    parameters: PhantomData,
                })
            },
            core::mem::take,
        ),
    }
}

/// Decapsulates one ciphertext.
pub(super) fn decapsulate_one<P: MlKemParameters>(
    key: &DkOf<P>,
    ciphertext: &P::CiphertextBytes,
) -> [u8; SHARED_SECRET_BYTES] {
    match key {
        Expanded::Reference(dk) => P::decapsulate_internal(dk, ciphertext),
        Expanded::Kernels(instance, key) => instance.run(DecapsulateOne::<P> {
            key,
            ciphertext: ciphertext.as_ref(),
            parameters: PhantomData,
        }),
    }
}

/// Moves a result to its place in a batch and leaves none of its secret behind.
fn move_encapsulated<P: MlKemParameters>(from: &mut Encapsulated<P>) -> Encapsulated<P> {
    (from.0.clone(), core::mem::take(&mut from.1))
}

/// Runs a batch: over threads where that is asked for. `take` moves a result out of a thread's own block and
/// leaves none of its secret there.
#[cfg(not(feature = "rayon"))]
fn chunked<T, U>(items: &[T], run: impl Fn(&[T]) -> Vec<U>, _take: impl Fn(&mut U) -> U) -> Vec<U> {
    run(items)
}

/// Runs a batch: over threads where that is asked for. `take` moves a result out of a thread's own block and
/// leaves none of its secret there.
#[cfg(feature = "rayon")]
fn chunked<T: Sync, U: Send>(
    items: &[T],
    run: impl Fn(&[T]) -> Vec<U> + Send + Sync,
    take: impl Fn(&mut U) -> U,
) -> Vec<U> {
    use rayon::prelude::*;

    if items.len() <= CHUNK {
        return run(items);
    }
    let mut parts: Vec<Vec<U>> = items.par_chunks(CHUNK).map(run).collect();
    let mut all = Vec::with_capacity(items.len());
    for part in &mut parts {
        all.extend(part.iter_mut().map(&take));
    }
    all
}
