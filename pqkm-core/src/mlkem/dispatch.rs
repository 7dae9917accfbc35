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

/// A shared secret.
type Secret = [u8; SHARED_SECRET_BYTES];

/// A ciphertext and its shared secret.
pub(super) type Encapsulated<P> = (<P as super::reference::Reference>::CiphertextBytes, Secret);

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
    EncapsulateOne<'a>(key: &'a P::Ek, message: &'a [u8; M_BYTES])
        -> Encapsulated<P> = encapsulate_one;
    DecapsulateAll<'a>(key: &'a P::Dk, ciphertexts: &'a [&'a [u8]])
        -> Vec<[u8; SHARED_SECRET_BYTES]> = decapsulate_all;
    DecapsulateOne<'a>(key: &'a P::Dk, ciphertext: &'a [u8])
        -> [u8; SHARED_SECRET_BYTES] = decapsulate_one;
}

/// A batch of encapsulations, run on a part of its items, and what is made of each result.
trait Batch<P: MlKemParameters, I> {
    fn run<T>(&self, items: &[I], make: impl Fn(P::CiphertextBytes, Secret) -> T) -> Vec<T>;
}

/// To one key.
struct ToOne<'a, P: MlKemParameters>(Instance, &'a P::Ek);

impl<'m, P: MlKemParameters> Batch<P, &'m [u8; M_BYTES]> for ToOne<'_, P> {
    fn run<T>(
        &self,
        items: &[&'m [u8; M_BYTES]],
        make: impl Fn(P::CiphertextBytes, Secret) -> T,
    ) -> Vec<T> {
        struct All<'a, P: MlKemParameters, F>(&'a P::Ek, &'a [&'a [u8; M_BYTES]], F);

        impl<P: MlKemParameters, T, F: Fn(P::CiphertextBytes, Secret) -> T> Work for All<'_, P, F> {
            type Output = Vec<T>;

            fn run<B: Backend>(self, b: B) -> Vec<T> {
                P::encapsulate_all(b.many(), self.0, self.1, self.2)
            }
        }

        self.0.run(All::<P, _>(self.1, items, make))
    }
}

/// To a key each.
struct ToEach(Instance);

impl<'m, P: MlKemParameters> Batch<P, (&'m [u8], &'m [u8; M_BYTES])> for ToEach {
    fn run<T>(
        &self,
        items: &[(&'m [u8], &'m [u8; M_BYTES])],
        make: impl Fn(P::CiphertextBytes, Secret) -> T,
    ) -> Vec<T> {
        struct Each<'a, P, F>(&'a [&'a [u8]], &'a [&'a [u8; M_BYTES]], F, PhantomData<P>);

        impl<P: MlKemParameters, T, F: Fn(P::CiphertextBytes, Secret) -> T> Work for Each<'_, P, F> {
            type Output = Vec<T>;

            fn run<B: Backend>(self, b: B) -> Vec<T> {
                P::encapsulate_each(b.many(), self.0, self.1, self.2)
            }
        }

        let (eks, messages): (Vec<_>, Vec<_>) = items.iter().copied().unzip();
        self.0.run(Each(&eks, &messages, make, PhantomData::<P>))
    }
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

/// Encapsulates each message to one key, and makes something of each result.
pub(super) fn encapsulate<P: MlKemParameters, T>(
    key: &EkOf<P>,
    messages: &[&[u8; M_BYTES]],
    make: impl Fn(P::CiphertextBytes, Secret) -> T,
) -> Vec<T> {
    match key {
        Expanded::Reference(ek) => {
            let made = messages.iter().map(|m| P::encapsulate_internal(ek, m));
            made.map(|(ciphertext, secret)| make(ciphertext, secret))
                .collect()
        }
        Expanded::Kernels(instance, key) => made_of(&ToOne::<P>(*instance, key), messages, make),
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

/// Encapsulates each message to a key of its own, which passed its checks, and makes something of each result.
pub(super) fn encapsulate_each<P: MlKemParameters, T>(
    engine: Engine,
    items: &[(&[u8], &[u8; M_BYTES])],
    make: impl Fn(P::CiphertextBytes, Secret) -> T,
) -> Vec<T> {
    match Instance::of(engine) {
        None => {
            let keys = items.iter().map(|(ek, m)| (P::expand_ek(ek), m));
            let made = keys.map(|(ek, m)| P::encapsulate_internal(&ek, m));
            made.map(|(ciphertext, secret)| make(ciphertext, secret))
                .collect()
        }
        Some(instance) => made_of::<P, _, _>(&ToEach(instance), items, make),
    }
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

/// Runs a batch of encapsulations: over threads where that is asked for.
#[cfg(not(feature = "rayon"))]
fn made_of<P: MlKemParameters, I, T>(
    batch: &impl Batch<P, I>,
    items: &[I],
    make: impl Fn(P::CiphertextBytes, Secret) -> T,
) -> Vec<T> {
    batch.run(items, make)
}

/// Runs a batch of encapsulations: over threads where that is asked for. Their own blocks keep no secret.
#[cfg(feature = "rayon")]
fn made_of<P: MlKemParameters, I: Sync, T>(
    batch: &(impl Batch<P, I> + Sync),
    items: &[I],
    make: impl Fn(P::CiphertextBytes, Secret) -> T,
) -> Vec<T> {
    use rayon::prelude::*;

    if items.len() <= CHUNK {
        return batch.run(items, make);
    }
    let run = |items| batch.run(items, |ciphertext, secret| (ciphertext, secret));
    let mut parts: Vec<Vec<Encapsulated<P>>> = items.par_chunks(CHUNK).map(run).collect();
    let mut all = Vec::with_capacity(items.len());
    for (ciphertext, secret) in parts.iter_mut().flatten() {
        all.push(make(ciphertext.clone(), core::mem::take(secret)));
    }
    all
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
