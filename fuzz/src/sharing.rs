//! Shares, manifests, envelopes, attestations, transcripts, and lines of text.

use pqkm_core::{
    DecapsulationKey, KeyId, MlDsa44, MlKem512, SecretBytes, SigningKey, UnixTime, Version,
    WrapContext,
};
use pqkm_shamir::{
    Attestation, Challenge, Dealing, Plan, Purpose, Share, ShareEnvelope, ShareSet, SignedManifest,
    Transcript, Validity,
    ceremony::Planned,
    import::sharks::{self, SharksShare},
    import::slip39::Mnemonic,
    seal_and_split, split,
};

use crate::{Target, rng::TestRng, target};

pub const TARGETS: &[Target] = &[
    target!(share, || dealt().0),
    target!(share_paper, || dealt().1),
    target!(share_manifest, || dealt().2),
    target!(share_envelope, || dealt().3),
    target!(share_attestation, || dealt().4),
    target!(ceremony_transcript, || dealt().5),
    target!(sharks_shares, || vec![sharks_seed()]),
    target!(slip39_mnemonic, || vec![MNEMONIC.into()]),
];

/// A published mnemonic: the first vector of SLIP-0039.
const MNEMONIC: &str = "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal \
                        husband erode duke ajar critical decision keyboard";

/// Reads DER, and the same as PEM where the input is text: what is read is written again as it was.
macro_rules! record {
    ($($name:ident: $record:ty;)+) => {$(
        fn $name(data: &[u8]) -> bool {
            if let Ok(record) = <$record>::from_der(data) {
                assert_eq!(AsRef::<[u8]>::as_ref(&record.to_der()), data);
                return true;
            }
            let pem = core::str::from_utf8(data).ok().and_then(|pem| <$record>::from_pem(pem).ok());
            // PEM may be broken into lines in more than one way, so its contents are compared.
            pem.is_some_and(|record| {
                let again = <$record>::from_pem(&record.to_pem()).unwrap();
                again.to_der() == record.to_der()
            })
        }
    )+};
}

record! {
    share: Share;
    share_manifest: SignedManifest;
    share_envelope: ShareEnvelope;
    share_attestation: Attestation;
    ceremony_transcript: Transcript;
}

fn share_paper(data: &[u8]) -> bool {
    let Some(share) = core::str::from_utf8(data)
        .ok()
        .and_then(|text| Share::from_paper(text).ok())
    else {
        return false;
    };
    let again = Share::from_paper(&share.to_paper().unwrap()).unwrap();
    assert_eq!(again.to_der(), share.to_der());
    true
}

/// Four shares that `sharks` made with threshold 2: two more than it takes, so that noise does not pass for shares.
fn sharks_shares(data: &[u8]) -> bool {
    if data.len() != 4 * SHARKS_BYTES {
        let _one = SharksShare::from_bytes(data);
        return false;
    }
    let shares: Result<Vec<_>, _> = data
        .chunks(SHARKS_BYTES)
        .map(SharksShare::from_bytes)
        .collect();
    shares.is_ok_and(|shares| {
        let combined = sharks::combine(2, &shares).map(sharks::Biased::accept_biased);
        combined.is_ok_and(|combined| combined.recovered().is_some())
    })
}

/// An index and 16 values.
const SHARKS_BYTES: usize = 17;

/// Polynomials without coefficients: the same values at every index.
fn sharks_seed() -> Vec<u8> {
    (1..=4)
        .flat_map(|index| [vec![index], vec![7; 16]].concat())
        .collect()
}

fn slip39_mnemonic(data: &[u8]) -> bool {
    core::str::from_utf8(data).is_ok_and(|text| Mnemonic::from_words(text).is_ok())
}

type Inputs = Vec<Vec<u8>>;

fn time(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds).unwrap()
}

/// One of each, in DER and in PEM.
fn dealt() -> (Inputs, Inputs, Inputs, Inputs, Inputs, Inputs) {
    let mut rng = TestRng::new(17);
    let dealer = SigningKey::<MlDsa44>::generate(&mut rng).unwrap();
    let plan = Plan::new(2, &["Ada", "Bela", "Chidi"]).unwrap();
    let dealing = Dealing {
        set_id: KeyId::from_bytes([1; 16]),
        generation: Version::FIRST,
        plan: &plan,
    };
    let secret = SecretBytes::copy_from(&[7; 32]);
    let plain: ShareSet = split(&secret, &dealing, &dealer, &mut rng).unwrap();
    let context = WrapContext::new(b"context").unwrap();
    let sealed = seal_and_split(b"payload", context, &dealing, &dealer, &mut rng).unwrap();
    let recipient = DecapsulationKey::<MlKem512>::generate(&mut rng)
        .unwrap()
        .encapsulation_key();
    let validity = Validity {
        not_before: time(1_800_000_000),
        expires: time(1_800_003_600),
    };
    let envelope = ShareEnvelope::seal(
        &plain.shares[0],
        Purpose::Custody,
        validity,
        &dealer,
        &recipient,
        &mut rng,
    )
    .unwrap();
    let manifest = plain.manifest.verify(&dealer.verifying_key()).unwrap();
    let challenge = Challenge::new([3; 32], manifest.hash());
    let attestation = Attestation::make(
        &plain.shares[0],
        &manifest,
        &challenge,
        &dealer,
        time(9),
        &mut rng,
    )
    .unwrap();
    let keys = [1, 2, 3].map(|byte| pqkm_core::Fingerprint::from_bytes([byte; 32]));
    let planned = Planned::new("drill", manifest, &keys, &time(1)).unwrap();
    let transcript = planned
        .collect(&time(2), &mut rng)
        .unwrap()
        .transcript()
        .clone();
    let both = |der: &[u8], pem: &str| vec![der.to_vec(), pem.as_bytes().to_vec()];
    let share = |share: &Share| both(&share.to_der(), &share.to_pem());
    (
        [share(&plain.shares[0]), share(&sealed.shares[1])].concat(),
        vec![plain.shares[2].to_paper().unwrap().as_bytes().to_vec()],
        both(&plain.manifest.to_der(), &plain.manifest.to_pem()),
        both(&envelope.to_der(), &envelope.to_pem()),
        both(&attestation.to_der(), &attestation.to_pem()),
        both(&transcript.to_der(), &transcript.to_pem()),
    )
}
