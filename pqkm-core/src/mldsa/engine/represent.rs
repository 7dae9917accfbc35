//! Message representatives of many messages, in lockstep where their lengths agree.

use alloc::{vec, vec::Vec};

use crate::{
    engine::Backend,
    message::Message,
    mldsa::{MU_BYTES, representative::Formatted},
};

/// FIPS 204, Algorithm 7 (ML-DSA.Sign_internal), line 6, for every message of one key
pub(in crate::mldsa) fn representatives<B: Backend>(
    b: B,
    tr: &[u8; 64],
    messages: &[Message<'_>],
) -> Vec<[u8; MU_BYTES]> {
    let mut mus = vec![[0; MU_BYTES]; messages.len()];
    for (messages, mus) in messages.chunks(b.lanes()).zip(mus.chunks_mut(b.lanes())) {
        of_group(b, tr, messages, mus);
    }
    mus
}

fn of_group<B: Backend>(b: B, tr: &[u8; 64], messages: &[Message<'_>], mus: &mut [[u8; MU_BYTES]]) {
    let mut formatted = Vec::with_capacity(messages.len());
    for (message, mu) in messages.iter().zip(mus.iter_mut()) {
        match Formatted::of(message) {
            Ok(parts) => formatted.push((parts, &mut mu[..])),
            Err(given) => *mu = *given,
        }
    }
    let mut left = &mut formatted[..];
    while let Some((first, _)) = left.first() {
        let lengths = first.pieces().map(<[u8]>::len);
        let same = |(parts, _): &&mut (Formatted<'_>, &mut [u8])| {
            parts.pieces().map(<[u8]>::len) == lengths
        };
        let n = left.iter_mut().take_while(same).count();
        let (group, rest) = left.split_at_mut(n);
        hash_group(b, tr, group);
        left = rest;
    }
}

/// Hashes up to eight messages whose pieces have the same lengths.
fn hash_group<B: Backend>(b: B, tr: &[u8; 64], group: &mut [(Formatted<'_>, &mut [u8])]) {
    let n = group.len();
    let mut pieces: [[&[u8]; 8]; 4] = Default::default();
    let mut outputs: [&mut [u8]; 8] = Default::default();
    for (i, (parts, out)) in group.iter_mut().enumerate() {
        for (piece, part) in pieces.iter_mut().zip(parts.pieces()) {
            piece[i] = part;
        }
        outputs[i] = out;
    }
    let [head, context, oid, body] = pieces.each_ref().map(|piece| &piece[..n]);
    let trs: [&[u8]; 8] = [tr; 8];
    b.shake256(&[&trs[..n], head, context, oid, body], &mut outputs[..n]);
}
