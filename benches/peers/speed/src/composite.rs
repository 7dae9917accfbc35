//! Composites and certificates, beside what they are made of: the cost of joining two halves, of DER, of rules.
//!
//! There is no peer: what stands in its place is the signatures alone, ours too, on keys as prepared.

use core::time::Duration;

use pqkm::composite::x509::{
    Certificate, ChainVerifier, Issuance, Policy, Profile, issue, name, verify_issued,
};
use pqkm::composite::{MlDsa44EcdsaP256, MlDsa65EcdsaP256, MlDsa65Ed25519, MlDsa87EcdsaP384};
use pqkm::composite::{family_verifiers, x509_cert};
use pqkm::core::{
    AnyPublicKey, EcdsaP256, EcdsaP384, Ed25519, Engine, MlDsa44, MlDsa65, MlDsa87,
    PreparedSigningKey, Signature, SignatureAlgorithm, SigningKey, SysRng, UnixTime, VerifyingKey,
};
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::GeneralizedTime;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use crate::measure::Contender;
use crate::ours::Pair;

/// What a row compares: ours, and what it is made of.
type Contest = (Pair, Vec<Contender>);

/// A row: its name, and what makes its contest.
type Row = (&'static str, fn(Engine) -> Contest);

pub(crate) const WORKS: [Row; 12] = [
    (
        "composite.mldsa44-p256.sign",
        sign::<MlDsa44EcdsaP256, MlDsa44, EcdsaP256>,
    ),
    (
        "composite.mldsa44-p256.verify",
        verify::<MlDsa44EcdsaP256, MlDsa44, EcdsaP256>,
    ),
    (
        "composite.mldsa65-p256.sign",
        sign::<MlDsa65EcdsaP256, MlDsa65, EcdsaP256>,
    ),
    (
        "composite.mldsa65-p256.verify",
        verify::<MlDsa65EcdsaP256, MlDsa65, EcdsaP256>,
    ),
    (
        "composite.mldsa65-ed25519.sign",
        sign::<MlDsa65Ed25519, MlDsa65, Ed25519>,
    ),
    (
        "composite.mldsa65-ed25519.verify",
        verify::<MlDsa65Ed25519, MlDsa65, Ed25519>,
    ),
    (
        "composite.mldsa87-p384.sign",
        sign::<MlDsa87EcdsaP384, MlDsa87, EcdsaP384>,
    ),
    (
        "composite.mldsa87-p384.verify",
        verify::<MlDsa87EcdsaP384, MlDsa87, EcdsaP384>,
    ),
    ("x509.mldsa65-p256.issue", issue_row::<MlDsa65EcdsaP256>),
    ("x509.mldsa65.issue", issue_row::<MlDsa65>),
    ("x509.mldsa65-p256.chain3", chain),
    ("x509.mldsa65-p256.issued", issued),
];

/// Certificates of one issuer that are verified together.
pub(crate) const ISSUED: usize = 64;

const MESSAGE: &[u8] = b"what is signed in these rows: a short message, as a certificate's hash is";

const NOW: u64 = 1_800_000_000;

fn generate<A: SignatureAlgorithm>() -> SigningKey<A> {
    SigningKey::generate(&mut SysRng).expect("the system has randomness")
}

fn prepare<A: SignatureAlgorithm>(engine: Engine, key: &SigningKey<A>) -> PreparedSigningKey<A> {
    let engine = if A::supports(engine) {
        engine
    } else {
        Engine::REFERENCE
    };
    key.prepare_with(engine).expect("the engine runs")
}

fn signed<A: SignatureAlgorithm>(key: &PreparedSigningKey<A>) -> Signature<A> {
    key.sign(MESSAGE, &mut SysRng).expect("the key signs")
}

/// A composite of `P` and `T`, and both of them by themselves.
fn sign<C, P, T>(engine: Engine) -> Contest
where
    C: SignatureAlgorithm,
    P: SignatureAlgorithm,
    T: SignatureAlgorithm,
{
    let key = generate::<C>();
    let (public, key) = (key.verifying_key(), prepare(engine, &key));
    let ours = Contender::ours(
        move |_| signed(&key),
        move |_, signature| public.verify(MESSAGE, &signature).is_ok(),
    );
    let halves = (generate::<P>(), generate::<T>());
    let public = (halves.0.verifying_key(), halves.1.verifying_key());
    let halves = (prepare(engine, &halves.0), prepare(engine, &halves.1));
    let alone = Contender::peer(
        "its halves",
        move |_| (signed(&halves.0), signed(&halves.1)),
        move |_, (first, second)| {
            public.0.verify(MESSAGE, &first).is_ok() && public.1.verify(MESSAGE, &second).is_ok()
        },
    );
    (Pair::alone(ours), vec![alone])
}

fn verify<C, P, T>(engine: Engine) -> Contest
where
    C: SignatureAlgorithm,
    P: SignatureAlgorithm,
    T: SignatureAlgorithm,
{
    let ours = verifies::<C>(engine);
    let halves = (verifies::<P>(engine), verifies::<T>(engine));
    let ours = Contender::ours(move |_| ours(), |_, valid| valid);
    let alone = Contender::peer(
        "its halves",
        move |_| halves.0() & halves.1(),
        |_, valid| valid,
    );
    (Pair::alone(ours), vec![alone])
}

/// One verification, under a prepared key.
fn verifies<A: SignatureAlgorithm>(engine: Engine) -> impl Fn() -> bool {
    let key = generate::<A>();
    let signature = signed(&prepare(engine, &key));
    let engine = if A::supports(engine) {
        engine
    } else {
        Engine::REFERENCE
    };
    let public = key
        .verifying_key()
        .prepare_with(engine)
        .expect("the engine runs");
    move || public.verify(MESSAGE, &signature).is_ok()
}

fn time(seconds: u64) -> Time {
    let time = GeneralizedTime::from_unix_duration(Duration::from_secs(seconds));
    Time::GeneralTime(time.expect("before the year 10000"))
}

fn issuance(number: u8, key: &AnyPublicKey) -> Issuance<'_> {
    Issuance {
        serial_number: SerialNumber::new(&[number]).expect("a byte is a number"),
        validity: Validity::new(time(NOW - 86_400), time(NOW + 86_400)),
        subject_key: key,
    }
}

/// A key, its certificate, and what it issues with.
struct Authority<A: SignatureAlgorithm> {
    certificate: Certificate,
    key: PreparedSigningKey<A>,
}

impl<A: SignatureAlgorithm> Authority<A> {
    fn root(engine: Engine) -> Self {
        let key = generate::<A>();
        let public = AnyPublicKey::from(&key.verifying_key());
        let key = prepare(engine, &key);
        let profile = Profile::root(name("CN=Root").expect("a name"), None);
        let certificate = issue(profile, issuance(1, &public), None, &key, &mut SysRng);
        let certificate = certificate.expect("a root issues itself");
        Self { certificate, key }
    }

    fn below(&self, engine: Engine) -> Self {
        let key = generate::<A>();
        let public = AnyPublicKey::from(&key.verifying_key());
        let subject = name("CN=Intermediate").expect("a name");
        let profile = Profile::authority(&self.certificate, subject, None).expect("it may issue");
        Self {
            certificate: self.issue(profile, &public),
            key: prepare(engine, &key),
        }
    }

    fn leaf(&self, public: &AnyPublicKey) -> Certificate {
        let subject = name("CN=Leaf").expect("a name");
        let profile = Profile::end_entity(&self.certificate, subject).expect("it may issue");
        self.issue(profile, public)
    }

    fn issue(&self, profile: Profile, public: &AnyPublicKey) -> Certificate {
        let (issuance, issuer) = (issuance(2, public), Some(&self.certificate));
        issue(profile, issuance, issuer, &self.key, &mut SysRng).expect("it issues")
    }
}

fn public<A: SignatureAlgorithm>() -> AnyPublicKey {
    AnyPublicKey::from(&generate::<A>().verifying_key())
}

/// A certificate, beside one signature on what is signed of it.
fn issue_row<A: SignatureAlgorithm>(engine: Engine) -> Contest {
    let (authority, subject) = (Authority::<A>::root(engine), public::<A>());
    let issuer: VerifyingKey<A> = authority.certificate.key().promote().expect("its own key");
    let verifiers = family_verifiers().expect("each once");
    let leaf = authority.leaf(&subject);
    let content = leaf
        .inner()
        .tbs_certificate()
        .to_der()
        .expect("it was read");
    let ours = Contender::ours(move |_| authority.leaf(&subject), {
        let issuer = AnyPublicKey::from(&issuer);
        move |_, leaf: Certificate| leaf.verify_signature(&issuer, &verifiers).is_ok()
    });
    let key = generate::<A>();
    let (public, key) = (key.verifying_key(), prepare(engine, &key));
    let agreed = content.clone();
    let alone = Contender::peer(
        "one signature",
        move |_| key.sign(&content, &mut SysRng).expect("the key signs"),
        move |_, signature| public.verify(&agreed, &signature).is_ok(),
    );
    (Pair::alone(ours), vec![alone])
}

/// Leaf, intermediate and root, beside the two signatures that are verified, under keys as they come in certificates.
fn chain(engine: Engine) -> Contest {
    let root = Authority::<MlDsa65EcdsaP256>::root(engine);
    let below = root.below(engine);
    let leaf = below.leaf(&public::<MlDsa65EcdsaP256>());
    let now = UnixTime::from_seconds(NOW).expect("before the year 10000");
    let verifiers = family_verifiers().expect("each once");
    let (anchors, chain) = ([root.certificate], [leaf, below.certificate]);
    let ours = Contender::ours(
        move |_| {
            let verifier = ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite);
            verifier.verify(&chain, now).is_ok()
        },
        |_, valid| valid,
    );
    let pairs = [(); 2].map(|()| {
        let key = generate::<MlDsa65EcdsaP256>();
        (key.verifying_key(), signed(&prepare(engine, &key)))
    });
    let alone = Contender::peer(
        "its signatures",
        move |_| {
            pairs
                .iter()
                .all(|(key, signature)| key.verify(MESSAGE, signature).is_ok())
        },
        |_, valid| valid,
    );
    (Pair::alone(ours), vec![alone])
}

/// Many certificates of one issuer together, beside one by one.
fn issued(engine: Engine) -> Contest {
    let root = Authority::<MlDsa65EcdsaP256>::root(engine);
    let subject = public::<MlDsa65EcdsaP256>();
    let leaves: Vec<_> = (0..ISSUED).map(|_| root.leaf(&subject)).collect();
    let (issuer, verifiers) = (
        root.certificate.clone(),
        family_verifiers().expect("each once"),
    );
    let one = leaves.first().expect("there are many").clone();
    let ours = Contender::ours(
        move |_| {
            let leaves: Vec<_> = leaves.iter().collect();
            verify_issued(&issuer, &leaves, &verifiers)
        },
        |_, verdicts| verdicts.len() == ISSUED && verdicts.iter().all(Result::is_ok),
    );
    let (issuer, verifiers) = (root.certificate, family_verifiers().expect("each once"));
    let alone = Contender::peer(
        "one by one",
        move |_| one.verify_signature(issuer.key(), &verifiers).is_ok(),
        |_, valid| valid,
    );
    (Pair::alone(ours.doing(ISSUED)), vec![alone])
}
