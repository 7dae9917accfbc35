//! The works, in the order of the table: which there are, and who takes part in them.

use core::fmt;
use std::rc::Rc;

use crate::args::Args;
use crate::composite;
use crate::fixture::{mldsa, mlkem};
use crate::goals::goal;
use crate::lms;
use crate::measure::{Contender, Timing, contest};
use crate::ours::{self, Pair};
use crate::peers;
use crate::probe::Probe;
use crate::report::Row;
use crate::shamir;

/// Signing takes a random number of attempts: so many signatures make a batch that batches
/// differ by a few per cent.
const SIGNATURES: usize = 256;

/// A result that others do not get.
#[derive(Debug)]
pub(crate) struct Disagreement {
    work: String,
    who: &'static str,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: the result of {} is not the others'",
            self.work, self.who
        )
    }
}

/// Measures every work that the user asked for.
pub(crate) fn run(args: &Args) -> Result<Vec<Row>, Disagreement> {
    let mut run = Run {
        args,
        probe: Probe::new(),
        rows: Vec::new(),
    };
    for set in mlkem::Set::ALL {
        run.kem(set)?;
    }
    for set in mldsa::Set::ALL {
        run.dsa(set)?;
    }
    run.kernels()?;
    run.shamir()?;
    run.composite()?;
    run.lms()?;
    Ok(run.rows)
}

struct Run<'a> {
    args: &'a Args,
    probe: Probe,
    rows: Vec<Row>,
}

impl Run<'_> {
    fn kem(&mut self, set: mlkem::Set) -> Result<(), Disagreement> {
        let name = |work: &str| format!("{}.{work}", set.name());
        let works = ["generate", "encapsulate.bytes", "encapsulate.prepared"];
        let works = works.into_iter().chain(["decapsulate.prepared"]);
        if !works.clone().any(|work| self.wanted(&name(work), "batch")) {
            return Ok(());
        }
        let fixture = Rc::new(mlkem::Fixture::new(set));
        let ours = ours::mlkem::kem(self.args.engine, &fixture);
        let peers = peers::kem(&fixture);
        let pairs = [
            (ours.generate, peers.generate),
            (ours.encapsulate_bytes, peers.encapsulate_bytes),
            (ours.encapsulate_prepared, peers.encapsulate_prepared),
            (ours.decapsulate_prepared, peers.decapsulate_prepared),
        ];
        for (work, (ours, peers)) in works.zip(pairs) {
            self.contest(&name(work), "batch", ours, peers, 1)?;
        }
        Ok(())
    }

    fn dsa(&mut self, set: mldsa::Set) -> Result<(), Disagreement> {
        let name = |work: &str| format!("{}.{work}", set.name());
        let works = [
            "generate",
            "sign.prepared",
            "verify.bytes",
            "verify.prepared",
        ];
        if !works.iter().any(|work| self.wanted(&name(work), "batch")) {
            return Ok(());
        }
        let fixture = Rc::new(mldsa::Fixture::new(set));
        let ours = ours::mldsa::dsa(self.args.engine, &fixture);
        let peers = peers::dsa(&fixture);
        self.contest(&name("generate"), "batch", ours.generate, peers.generate, 1)?;
        let (sign, signers) = (ours.sign_prepared, peers.sign_prepared);
        self.contest(&name("sign.prepared"), "batch", sign, signers, SIGNATURES)?;
        let (verify, verifiers) = (ours.verify_bytes, peers.verify_bytes);
        self.contest(&name("verify.bytes"), "", verify, verifiers, 1)?;
        let (verify, verifiers) = (ours.verify_prepared, peers.verify_prepared);
        self.contest(&name("verify.prepared"), "batch", verify, verifiers, 1)
    }

    fn shamir(&mut self) -> Result<(), Disagreement> {
        for (work, make) in shamir::WORKS {
            if self.wanted(work, "") {
                let (ours, peers) = make();
                let ours = if shamir::computes_with(self.args.engine) {
                    Pair::alone(ours)
                } else {
                    Pair::default()
                };
                self.contest(work, "", ours, peers, 1)?;
            }
        }
        Ok(())
    }

    fn composite(&mut self) -> Result<(), Disagreement> {
        for (work, make) in composite::WORKS {
            if self.wanted(work, "") {
                let (ours, alone) = make(self.args.engine);
                self.contest(work, "", ours, alone, SIGNATURES)?;
            }
        }
        Ok(())
    }

    fn lms(&mut self) -> Result<(), Disagreement> {
        for set in lms::SETS {
            if set.on_request && !self.args.only.starts_with(set.name) {
                continue;
            }
            let works: [(&str, fn(lms::Set) -> lms::Contest); 4] = [
                ("generate", lms::generate),
                ("sign", |set| lms::sign(set, false)),
                ("sign.checked", |set| lms::sign(set, true)),
                ("verify", lms::verify),
            ];
            for (work, make) in works {
                let work = format!("{}.{work}", set.name);
                if self.wanted(&work, "") {
                    let (ours, peers) = make(set);
                    self.contest(&work, "", Pair::alone(ours), peers, 1)?;
                }
            }
        }
        if self.wanted("hss.h10h10w4.sign", "") {
            let (ours, peers) = lms::hss_sign();
            // As many as a tree has leaves, so that every batch pays for one tree.
            self.contest("hss.h10h10w4.sign", "", Pair::alone(ours), peers, 1024)?;
        }
        if self.wanted("hss.h10h10w4.sign.worst", "") {
            let [ours, peers @ ..] = lms::worst();
            let side = |of: fn(&lms::Worst) -> Timing| {
                peers.iter().map(|peer| (peer.name, of(peer))).collect()
            };
            let (worst, median) = (side(|peer| peer.worst), side(|peer| peer.median));
            self.measured("hss.h10h10w4.sign.worst", ours.worst, worst);
            self.measured("hss.h10h10w4.sign.median", ours.median, median);
        }
        if self.wanted("reserve.file.1", "") {
            let (ours, bare) = lms::bare_and_ours();
            self.measured("reserve.file.1", ours, vec![("pwrite + fdatasync", bare)]);
        }
        if self.wanted("reserve.file.256", "") {
            let (ours, signing) = lms::many();
            self.measured("reserve.file.256", ours, vec![("signing alone", signing)]);
        }
        Ok(())
    }

    /// A row that was measured in a way of its own.
    fn measured(&mut self, work: &str, ours: Timing, mut peers: Vec<(&'static str, Timing)>) {
        peers.sort_by(|(_, a), (_, b)| a.ns.total_cmp(&b.ns));
        self.rows.push(Row {
            goal: goal(work, self.args.engine.name()),
            ours: Some(ours),
            peers,
            shares_peers: false,
            work: work.to_owned(),
        });
    }

    fn kernels(&mut self) -> Result<(), Disagreement> {
        let engine = self.args.engine;
        let (ours, peers) = (ours::kernels::ring3329(engine), peers::ring3329());
        self.contest(
            "ntt3329.forward",
            "lockstep",
            ours.forward,
            peers.forward,
            1,
        )?;
        self.contest(
            "ntt3329.inverse",
            "lockstep",
            ours.inverse,
            peers.inverse,
            1,
        )?;
        self.contest("ntt3329.basemul", "", ours.basemul, peers.basemul, 1)?;
        let (ours, peers) = (ours::kernels::ring8380417(engine), peers::ring8380417());
        self.contest("ntt8380417.forward", "", ours.forward, peers.forward, 1)?;
        self.contest("ntt8380417.inverse", "", ours.inverse, peers.inverse, 1)?;
        self.contest(
            "ntt8380417.pointwise",
            "",
            ours.pointwise,
            peers.pointwise,
            1,
        )?;
        self.contest(
            "keccak.x8",
            "",
            ours::kernels::keccak(engine),
            peers::keccak(),
            1,
        )
    }

    /// Whether the work or its `together` row begins with the prefix asked for.
    fn wanted(&self, work: &str, together: &str) -> bool {
        let only = self.args.only.as_str();
        work.starts_with(only)
            || (!together.is_empty() && format!("{work}.{together}").starts_with(only))
    }

    /// One work and, unless `together` is empty, its batch or lockstep row, against one set of peers.
    fn contest(
        &mut self,
        work: &str,
        together: &str,
        ours: Pair,
        peers: Vec<Contender>,
        least: usize,
    ) -> Result<(), Disagreement> {
        if !self.wanted(work, together) {
            return Ok(());
        }
        let mut works = vec![(work.to_owned(), ours.single)];
        if !together.is_empty() {
            works.push((format!("{work}.{together}"), ours.together));
        }
        works.retain(|(work, _)| work.starts_with(&self.args.only));

        let mut contenders = peers;
        let theirs = contenders.len();
        let mut names = Vec::new();
        for (work, contender) in works {
            names.push((work, contender.is_some()));
            contenders.extend(contender);
        }
        for contender in &mut contenders {
            if !contender.agrees() {
                return Err(Disagreement {
                    work: work.to_owned(),
                    who: contender.name,
                });
            }
        }
        eprintln!("{work}");
        let timings = contest(&mut contenders, self.args.effort, least, &mut self.probe);

        let who = contenders.iter().map(|contender| contender.name);
        let mut results: Vec<_> = who.zip(timings).collect();
        let mut ours = results.split_off(theirs).into_iter();
        results.sort_by(|(_, a), (_, b)| a.ns.total_cmp(&b.ns));
        for (place, (work, took_part)) in names.into_iter().enumerate() {
            let ours = if took_part { ours.next() } else { None };
            self.rows.push(Row {
                goal: goal(&work, self.args.engine.name()),
                ours: ours.map(|(_, timing)| timing),
                peers: results.clone(),
                shares_peers: place > 0,
                work,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Pair, Run};
    use crate::args;
    use crate::measure::Contender;
    use crate::probe::Probe;

    /// What a contest of these two with `--quick` and these words gives: names and whose they are.
    fn play(words: &[&str], right: u32) -> Result<Vec<(String, bool, usize)>, &'static str> {
        let words = ["--quick"].iter().chain(words).map(|&word| word.to_owned());
        let Ok(args) = args::parse(words) else {
            return Err("the arguments");
        };
        let mut run = Run {
            args: &args,
            probe: Probe::new(),
            rows: Vec::new(),
        };
        let answers = move |name, answer: u32| {
            Contender::peer(name, move |_| answer, |_, answer| answer == 42)
        };
        let ours = Pair {
            single: Some(Contender::ours(|_| 42, |_, answer: u32| answer == 42)),
            together: None,
        };
        let peers = vec![answers("a", 42), answers("b", right)];
        run.contest("sum", "batch", ours, peers, 1)
            .map_err(|disagreement| disagreement.who)?;
        let rows = run.rows.into_iter();
        Ok(rows
            .map(|row| (row.work, row.ours.is_some(), row.peers.len()))
            .collect())
    }

    #[test]
    fn a_wrong_result_stops_the_run() {
        assert_eq!(play(&[], 43), Err("b"));
    }

    #[test]
    fn a_batch_row_has_the_peers_of_its_work() {
        let rows = play(&[], 42);
        let expected = vec![
            ("sum".to_owned(), true, 2),
            ("sum.batch".to_owned(), false, 2),
        ];
        assert_eq!(rows, Ok(expected));
    }

    #[test]
    fn only_may_name_the_batch_row_alone() {
        let rows = play(&["--only", "sum.b"], 42);
        assert_eq!(rows, Ok(vec![("sum.batch".to_owned(), false, 2)]));
        assert_eq!(play(&["--only", "product"], 42), Ok(Vec::new()));
    }
}
