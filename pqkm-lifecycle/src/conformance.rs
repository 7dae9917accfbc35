//! The suite that a store has to pass.
//!
//! [`run`] drives a store through everything that a registry relies on. The caller says how to make an empty
//! store and how to open the same one again after everybody let go of it; a store that several processes share
//! is opened twice at a time as well ([`Subject::opens_twice`]).

use core::fmt;
use std::{
    sync::{Arc, Barrier},
    thread,
};

use crate::{
    error::CommitError,
    store::{Batch, KeyStore, Row, RowName, Write},
};

/// A store under test.
pub trait Subject {
    /// The store.
    type Store: KeyStore + 'static;

    /// Opens the store; the first time it is empty.
    fn open(&self) -> Self::Store;

    /// Whether it can be opened while it is open.
    fn opens_twice(&self) -> bool;
}

/// What a store did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule)
    }
}

impl core::error::Error for Violation {}

/// How many threads write at a time, and how often each.
const WRITERS: u64 = 4;
const ROUNDS: u64 = 25;

fn demand(holds: bool, rule: &'static str) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation { rule })
    }
}

fn name(text: &str) -> RowName {
    RowName::new(text.as_bytes().to_vec())
}

fn write(text: &str, expected: u64, content: Option<&[u8]>) -> Write {
    Write {
        name: name(text),
        expected,
        content: content.map(<[u8]>::to_vec),
    }
}

fn rows(writes: Vec<Write>) -> Batch {
    Batch {
        writes,
        events: Vec::new(),
    }
}

fn read(store: &impl KeyStore, text: &str) -> Result<Option<Row>, Violation> {
    store.get(&name(text)).map_err(|_| Violation {
        rule: "a row can be read",
    })
}

fn scan(
    store: &impl KeyStore,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, Violation> {
    let after = after.map(name);
    let found = store.scan(prefix.as_bytes(), after.as_ref(), limit);
    let found = found.map_err(|_| Violation {
        rule: "rows can be scanned",
    })?;
    Ok(found
        .into_iter()
        .map(|(name, _)| String::from_utf8_lossy(name.as_bytes()).into_owned())
        .collect())
}

/// Runs the suite.
///
/// # Errors
/// The first [`Violation`].
pub fn run(subject: &impl Subject) -> Result<(), Violation> {
    generations(&subject.open())?;
    restart(subject)?;
    all_or_nothing(&subject.open())?;
    order(&subject.open())?;
    malformed(&subject.open())?;
    outbox(subject)?;
    writers(subject)
}

fn generations(store: &impl KeyStore) -> Result<(), Violation> {
    let commit = |expected, content| store.commit(&rows(vec![write("g", expected, content)]));
    demand(read(store, "g")?.is_none(), "an empty store has no rows")?;
    demand(
        commit(1, Some(b"a")) == Err(CommitError::Conflict),
        "an absent row has generation 0",
    )?;
    demand(commit(0, Some(b"a")) == Ok(()), "a row can be added")?;
    let row = read(store, "g")?.ok_or(Violation {
        rule: "what was committed is there",
    })?;
    demand(
        row.generation == 1 && row.content == b"a",
        "a new row has generation 1 and its content",
    )?;
    for stale in [0, 2, u64::MAX - 1] {
        demand(
            commit(stale, Some(b"b")) == Err(CommitError::Conflict),
            "another generation is a conflict",
        )?;
        demand(
            read(store, "g")?.as_ref() == Some(&row),
            "a conflict changes nothing",
        )?;
    }
    demand(commit(1, Some(b"b")) == Ok(()), "a row can be changed")?;
    demand(
        read(store, "g")?.is_some_and(|row| row.generation == 2 && row.content == b"b"),
        "every write adds one to the generation",
    )?;
    demand(
        commit(1, None) == Err(CommitError::Conflict),
        "removing compares, too",
    )
}

fn restart(subject: &impl Subject) -> Result<(), Violation> {
    demand(
        read(&subject.open(), "g")?.is_some_and(|row| row.generation == 2 && row.content == b"b"),
        "what was committed is there after a restart",
    )
}

fn all_or_nothing(store: &impl KeyStore) -> Result<(), Violation> {
    let mut batch = rows(vec![
        write("a1", 0, Some(b"1")),
        write("g", 1, Some(b"stale")),
        write("a2", 0, Some(b"2")),
    ]);
    batch.events = vec![b"event".to_vec()];
    demand(
        store.commit(&batch) == Err(CommitError::Conflict),
        "one stale row is a conflict",
    )?;
    demand(
        read(store, "a1")?.is_none() && read(store, "a2")?.is_none(),
        "a batch happens as a whole or not at all",
    )?;
    demand(
        scan(store, "x", None, 10)?.is_empty(),
        "without its rows there is no event",
    )?;
    batch.writes.remove(1);
    demand(store.commit(&batch) == Ok(()), "a batch of several rows")?;
    demand(
        read(store, "a1")?.is_some() && read(store, "a2")?.is_some(),
        "all rows of a batch are there",
    )?;
    demand(
        scan(store, "x", None, 10)?.len() == 1,
        "and so is its event",
    )
}

fn order(store: &impl KeyStore) -> Result<(), Violation> {
    let names = ["s", "s\u{0}", "sa", "sb", "sb1", "t"];
    let writes = names.iter().rev().map(|name| write(name, 0, Some(b"")));
    demand(
        store.commit(&rows(writes.collect())) == Ok(()),
        "rows with empty contents",
    )?;
    let all = scan(store, "s", None, 10)?;
    demand(
        all.iter()
            .map(String::as_str)
            .eq(names.iter().copied().take(5)),
        "a scan gives the names with the prefix, in order",
    )?;
    demand(
        scan(store, "s", Some("sa"), 2)? == ["sb", "sb1"],
        "a scan goes on after a name, up to its limit",
    )?;
    demand(
        scan(store, "sb", Some("a"), 10)? == ["sb", "sb1"],
        "a scan after a name before the prefix begins with the prefix",
    )?;
    demand(
        scan(store, "s", Some("sa0"), 10)? == ["sb", "sb1"],
        "a scan goes on after a name that is not there",
    )?;
    demand(scan(store, "s", None, 0)?.is_empty(), "a scan of nothing")?;
    let gone = rows(vec![write("sa", 1, None), write("sb", 1, None)]);
    demand(store.commit(&gone) == Ok(()), "rows can be removed")?;
    demand(
        scan(store, "s", None, 10)? == ["s", "s\u{0}", "sb1"],
        "removed rows are gone",
    )?;
    demand(
        store.commit(&rows(vec![write("sa", 0, Some(b"again"))])) == Ok(()),
        "a removed row has generation 0",
    )
}

fn malformed(store: &impl KeyStore) -> Result<(), Violation> {
    let long = "m".repeat(RowName::MAX_BYTES + 1);
    for (writes, rule) in [
        (
            vec![write("m", 0, Some(b"")), write("m", 0, Some(b""))],
            "no name twice in a batch",
        ),
        (vec![write("", 0, Some(b""))], "no empty name"),
        (vec![write(&long, 0, Some(b""))], "no name that is too long"),
        (vec![write("m", 0, None)], "nothing absent is removed"),
        (
            vec![write("x1234567", 0, Some(b""))],
            "nobody but the store writes to the outbox",
        ),
    ] {
        demand(
            store.commit(&rows(writes)) == Err(CommitError::Failed),
            rule,
        )?;
    }
    demand(
        read(store, "m")?.is_none(),
        "a refused batch changes nothing",
    )
}

fn outbox(subject: &impl Subject) -> Result<(), Violation> {
    let send = |store: &_, event: &[u8]| {
        let events = vec![event.to_vec()];
        KeyStore::commit(
            store,
            &Batch {
                writes: Vec::new(),
                events,
            },
        ) == Ok(())
    };
    let positions = |store: &_| {
        let found: Result<Vec<(RowName, Row)>, _> = KeyStore::scan(store, b"x", None, 1000);
        found.map_err(|_| Violation {
            rule: "the outbox can be scanned",
        })
    };
    let store = subject.open();
    let mut seen = positions(&store)?;
    demand(send(&store, b"one") && send(&store, b"two"), "events alone")?;
    let mut last = seen.last().map(|(name, _)| name.clone());
    seen = positions(&store)?;
    let contents: Vec<_> = seen
        .iter()
        .rev()
        .take(2)
        .map(|(_, row)| &row.content[..])
        .collect();
    demand(
        contents == [b"two", b"one"],
        "events are in the order of commits",
    )?;
    for _ in 0..2 {
        let writes = seen.iter().map(|(name, row)| Write {
            name: name.clone(),
            expected: row.generation,
            content: None,
        });
        let newest = seen.last().map(|(name, _)| name.clone());
        demand(newest > last, "positions grow")?;
        last = newest;
        demand(
            store.commit(&rows(writes.collect())) == Ok(()),
            "events can be removed",
        )?;
        demand(positions(&store)?.is_empty(), "removed events are gone")?;
        demand(send(&store, b"next"), "events after that")?;
        seen = positions(&store)?;
    }
    drop(store);
    let store = subject.open();
    demand(send(&store, b"later"), "events after a restart")?;
    let newest = positions(&store)?.into_iter().next_back();
    demand(
        newest.is_some_and(|(name, row)| Some(name) > last && row.content == b"later"),
        "positions are never given twice",
    )
}

/// Every writer adds to one counter, retrying after a conflict, and leaves an event: nothing is lost.
fn writers(subject: &impl Subject) -> Result<(), Violation> {
    let first = Arc::new(subject.open());
    let before = first
        .scan(b"x", None, 100_000)
        .map_or(0, |events| events.len());
    let stores: Vec<Arc<_>> = (0..WRITERS)
        .map(|n| {
            if n > 0 && subject.opens_twice() {
                Arc::new(subject.open())
            } else {
                first.clone()
            }
        })
        .collect();
    let start = Arc::new(Barrier::new(stores.len()));
    let threads: Vec<_> = stores
        .into_iter()
        .map(|store| {
            let start = start.clone();
            thread::spawn(move || {
                start.wait();
                (0..ROUNDS).try_for_each(|_| increment(&*store))
            })
        })
        .collect();
    for thread in threads {
        let done = thread.join().unwrap_or(Err(Violation { rule: "no panic" }));
        done?;
    }
    let row = read(&*first, "counter")?;
    let total = WRITERS * ROUNDS;
    demand(
        row.is_some_and(|row| row.generation == total && row.content == total.to_be_bytes()),
        "no update is lost",
    )?;
    let events = first
        .scan(b"x", None, 100_000)
        .map_or(0, |events| events.len());
    demand(
        u64::try_from(events - before) == Ok(total),
        "every commit has its event, and no other",
    )
}

fn increment(store: &impl KeyStore) -> Result<(), Violation> {
    loop {
        let row = read(store, "counter")?;
        let (generation, value) = row.map_or((0, 0), |row| {
            let value = row.content.as_slice().try_into().unwrap_or_default();
            (row.generation, u64::from_be_bytes(value))
        });
        let content = (value + 1).to_be_bytes();
        let batch = Batch {
            writes: vec![write("counter", generation, Some(&content))],
            events: vec![content.to_vec()],
        };
        match store.commit(&batch) {
            Ok(()) => return Ok(()),
            Err(CommitError::Conflict) => {}
            Err(_) => {
                return Err(Violation {
                    rule: "several can write at a time",
                });
            }
        }
    }
}
