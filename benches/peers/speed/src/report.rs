//! The table for people and the JSON for programs.

use core::fmt::Write as _;

use crate::measure::Timing;

/// One work.
pub(crate) struct Row {
    pub(crate) work: String,
    pub(crate) ours: Option<Timing>,
    /// Fastest first.
    pub(crate) peers: Vec<(&'static str, Timing)>,
    pub(crate) goal: Option<f64>,
    /// The peers are those of the row before, measured once for both.
    pub(crate) shares_peers: bool,
}

impl Row {
    /// Fastest peer / ours: above 1 we are faster.
    fn ratio(&self) -> Option<f64> {
        let (_, peer) = self.peers.first()?;
        Some(peer.ns / self.ours?.ns)
    }

    fn disturbed(&self) -> bool {
        let peer = self.peers.first().map(|(_, timing)| timing);
        self.ours.iter().chain(peer).any(|timing| timing.disturbed)
    }
}

/// The rows as text; with `all`, every peer below its work.
pub(crate) fn table(rows: &[Row], all: bool) -> String {
    let mut out = String::new();
    line(
        &mut out,
        ["work", "ours", "best peer", "", "ratio", "goal"],
        "",
    );
    for row in rows {
        let first = row.peers.first();
        let mark = if row.disturbed() { "  (disturbed)" } else { "" };
        let cells = [
            row.work.as_str(),
            &row.ours.map_or_else(dash, |timing| time(timing.ns)),
            &first.map_or_else(dash, |(_, timing)| time(timing.ns)),
            first.map_or("", |(name, _)| name),
            &row.ratio().map_or_else(dash, |ratio| format!("{ratio:.2}")),
            &row.goal.map_or_else(dash, |goal| format!("{goal:.1}")),
        ];
        line(&mut out, cells, mark);
        if all && !row.shares_peers {
            row.peers.iter().for_each(|peer| peer_line(&mut out, peer));
        }
    }
    out
}

fn line(out: &mut String, [work, ours, peer, name, ratio, goal]: [&str; 6], mark: &str) {
    // Writing to a string cannot fail.
    _ = writeln!(
        out,
        "{work:<38}{ours:>11}{peer:>11}  {name:<16}{ratio:>6}{goal:>6}{mark}"
    );
}

fn peer_line(out: &mut String, (name, timing): &(&'static str, Timing)) {
    _ = writeln!(
        out,
        "{:>60}  {name:<16}  {} of {} batches dropped",
        time(timing.ns),
        timing.dropped,
        timing.batches
    );
}

fn dash() -> String {
    "-".to_owned()
}

/// Nanoseconds in a unit that leaves three or four digits.
fn time(ns: f64) -> String {
    if ns < 1e3 {
        format!("{ns:.1} ns")
    } else if ns < 1e6 {
        format!("{:.2} us", ns / 1e3)
    } else {
        format!("{:.2} ms", ns / 1e6)
    }
}

/// The rows as one JSON array. Names hold nothing that JSON would escape.
pub(crate) fn json(rows: &[Row]) -> String {
    let objects: Vec<String> = rows.iter().map(object).collect();
    format!("[\n{}\n]\n", objects.join(",\n"))
}

fn object(row: &Row) -> String {
    let number = |value: Option<f64>| value.map_or("null".to_owned(), |v| format!("{v:.3}"));
    let first = row.peers.first();
    format!(
        r#"  {{"work": "{}", "ours_ns": {}, "peer": {}, "peer_ns": {}, "ratio": {}, "goal": {}}}"#,
        row.work,
        number(row.ours.map(|timing| timing.ns)),
        first.map_or("null".to_owned(), |(name, _)| format!(r#""{name}""#)),
        number(first.map(|(_, timing)| timing.ns)),
        number(row.ratio()),
        number(row.goal),
    )
}

#[cfg(test)]
mod tests {
    use super::{Row, json, table};
    use crate::measure::Timing;

    fn timing(ns: f64) -> Timing {
        Timing {
            ns,
            batches: 7,
            dropped: 0,
            disturbed: false,
        }
    }

    fn rows() -> [Row; 2] {
        let row = |work: &str, ours, peers, goal| Row {
            work: work.to_owned(),
            ours,
            peers,
            goal,
            shares_peers: false,
        };
        [
            row(
                "a.b",
                Some(timing(1500.0)),
                vec![("p", timing(3000.0))],
                Some(1.5),
            ),
            row("c", None, Vec::new(), None),
        ]
    }

    #[test]
    fn json_has_null_where_there_is_nothing() {
        let expected = r#"[
  {"work": "a.b", "ours_ns": 1500.000, "peer": "p", "peer_ns": 3000.000, "ratio": 2.000, "goal": 1.500},
  {"work": "c", "ours_ns": null, "peer": null, "peer_ns": null, "ratio": null, "goal": null}
]
"#;
        assert_eq!(json(&rows()), expected);
    }

    #[test]
    fn the_table_marks_disturbed_rows() {
        let [mut row, _] = rows();
        assert!(!table(core::slice::from_ref(&row), false).contains("disturbed"));
        row.peers
            .iter_mut()
            .for_each(|(_, timing)| timing.disturbed = true);
        let text = table(&[row], false);
        assert!(text.contains("1.50 us") && text.contains("2.00") && text.contains("(disturbed)"));
    }
}
