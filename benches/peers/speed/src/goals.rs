//! The ratios (fastest peer / ours) that the vector engines are built for, on a CPU with AVX-512.

/// Work, by its name without the parameter set's number, and the ratio aimed for.
const GOALS: &[(&str, f64)] = &[
    ("mlkem.generate", 1.0),
    ("mlkem.generate.batch", 2.2),
    ("mlkem.encapsulate.bytes", 1.1),
    ("mlkem.encapsulate.bytes.batch", 2.2),
    ("mlkem.encapsulate.prepared", 2.4),
    ("mlkem.decapsulate.prepared", 1.5),
    ("mlkem.decapsulate.prepared.batch", 4.0),
    ("mlkem512.encapsulate.prepared.batch", 4.0),
    ("mlkem768.encapsulate.prepared.batch", 4.5),
    ("mlkem1024.encapsulate.prepared.batch", 4.0),
    ("mldsa.generate.batch", 2.2),
    ("mldsa.sign.prepared", 1.8),
    ("mldsa.sign.prepared.batch", 2.5),
    ("mldsa.verify.prepared", 1.7),
    ("mldsa.verify.prepared.batch", 3.5),
    ("ntt3329.forward", 1.1),
    ("ntt3329.inverse", 1.1),
    ("ntt3329.basemul", 1.8),
    ("ntt3329.forward.lockstep", 1.5),
    ("ntt3329.inverse.lockstep", 1.5),
    ("ntt8380417.forward", 1.5),
    ("keccak.x8", 2.0),
    ("shamir.32b.3of5", 10.0),
    ("shamir.32b.20of30", 50.0),
    ("shamir.1mib.3of5.split", 20.0),
    ("composite.mldsa44-p256.sign", 0.95),
    ("composite.mldsa44-p256.verify", 0.95),
    ("composite.mldsa65-p256.sign", 0.95),
    ("composite.mldsa65-p256.verify", 0.95),
    ("composite.mldsa65-ed25519.sign", 0.95),
    ("composite.mldsa65-ed25519.verify", 0.95),
    ("composite.mldsa87-p384.sign", 0.95),
    ("composite.mldsa87-p384.verify", 0.95),
    ("x509.mldsa65-p256.issue", 0.91),
    ("x509.mldsa65.issue", 0.91),
    ("x509.mldsa65-p256.chain3", 0.83),
    ("lms.generate", 2.0),
    ("lms.sign", 1.8),
    ("lms.sign.checked", 2.0),
    ("lms.verify", 1.5),
    // 1.3 times a bare write, 1.2 times signing alone.
    ("reserve.file.1", 0.77),
    ("reserve.file.256", 0.83),
];

/// With AVX2 alone.
const GOALS_AVX2: &[(&str, f64)] = &[("mlkem768.encapsulate.prepared.batch", 2.8)];

/// The ratio aimed for in `work` with that engine; `None` where none was set.
pub(crate) fn goal(work: &str, engine: &str) -> Option<f64> {
    let table = match engine {
        "avx2" => GOALS_AVX2,
        _ => GOALS,
    };
    let family = family(work);
    let found = table
        .iter()
        .find(|(name, _)| *name == work || *name == family);
    found.map(|&(_, ratio)| ratio)
}

/// `mlkem768.generate` belongs to `mlkem.generate`; a ring's number is not a parameter set's.
fn family(work: &str) -> String {
    if let Some((_, rest)) = work
        .strip_prefix("lms.")
        .and_then(|work| work.split_once("w"))
    {
        let operation = rest.split_once('.').map_or("", |(_, operation)| operation);
        return format!("lms.{operation}");
    }
    match work.split_once('.') {
        Some((set, rest)) if set.starts_with("ml") => {
            format!(
                "{}.{rest}",
                set.trim_end_matches(|c: char| c.is_ascii_digit())
            )
        }
        _ => work.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::goal;
    #[test]
    fn a_set_may_differ_from_its_family() {
        let of = |work| goal(work, "avx512");
        assert_eq!(of("mlkem768.encapsulate.prepared.batch"), Some(4.5));
        assert_eq!(of("mlkem1024.encapsulate.prepared.batch"), Some(4.0));
        assert_eq!(of("mlkem512.decapsulate.prepared.batch"), Some(4.0));
        assert_eq!(of("mldsa44.verify.bytes"), None);
        assert_eq!(of("ntt8380417.inverse"), None);
        assert_eq!(of("lms.sha256.h10w8.sign.checked"), Some(2.0));
    }

    #[test]
    fn avx2_has_one_goal() {
        assert_eq!(
            goal("mlkem768.encapsulate.prepared.batch", "avx2"),
            Some(2.8)
        );
        assert_eq!(goal("mlkem768.generate.batch", "avx2"), None);
    }
}
