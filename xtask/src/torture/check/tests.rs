//! The checker must find what it is there for: each test spoils a good history
//! in one way.

use super::super::history::Seen;
use super::*;

/// Two people, one chat, four messages: the second was edited, the third deleted.
fn good() -> History {
    let mut history = History::default();
    for index in 0..4 {
        history.sends.push(Send {
            chat: 0,
            person: index % 2,
            client_id: format!("c{index}"),
            body: format!("m{index}"),
            started: index as u64 * 10,
            acknowledged: vec![(index as u64 * 10 + 5, index as i64 + 1)],
        });
    }
    history.changes = vec![change(2, Some("better"), 40), change(3, None, 50)];
    for person in 0..2 {
        let rows = ["m0", "better", "", "m3"].iter().enumerate().map(|(index, body)| Row {
            seq: index as i64 + 1,
            sender: index % 2,
            client_id: (index % 2 == person).then(|| format!("c{index}")),
            body: (*body).into(),
            is_deleted: body.is_empty(),
        });
        history.views.push(View { chat: 0, last_seq: 4, rows: rows.collect() });
    }
    history
}

fn change(seq: i64, body: Option<&str>, started: Moment) -> Change {
    let body = body.map(str::to_owned);
    Change { chat: 0, seq, body, started, acknowledged: Some(started + 5) }
}

fn seen(history: &mut History, at: Moment, seq: i64, body: &str) {
    let row = Row {
        seq,
        sender: (seq as usize + 1) % 2,
        client_id: None,
        body: body.into(),
        is_deleted: body.is_empty(),
    };
    history.seen.push(Seen { chat: 0, started: at, finished: at + 1, row });
}

/// Spoils a good history and expects exactly these kinds of faults.
fn spoil(with: impl FnOnce(&mut History), expected: &[Fault]) {
    let mut history = good();
    with(&mut history);
    let faults = check(&history);
    let mut found: Vec<_> = faults.0.keys().copied().collect();
    found.sort();
    assert_eq!(found, expected, "{faults:?}");
}

/// Changes the row at that place in every view.
fn in_views(history: &mut History, seq: i64, with: impl Fn(&mut Row)) {
    for view in &mut history.views {
        with(&mut view.rows[seq as usize - 1]);
    }
}

#[test]
fn a_good_history_has_no_fault() {
    spoil(|_| {}, &[]);
}

#[test]
fn doubt_is_no_fault() {
    // Never acknowledged, there or not there: both are right.
    let doubtful = |id: &str, place: Option<i64>| Send {
        chat: 0,
        person: 0,
        client_id: id.into(),
        body: id.into(),
        started: 60,
        acknowledged: place.map(|seq| (70, seq)).into_iter().collect(),
    };
    spoil(|history| history.sends.push(doubtful("absent", None)), &[]);
    let present = |history: &mut History| {
        history.sends.push(doubtful("present", None));
        for (person, view) in history.views.iter_mut().enumerate() {
            view.last_seq = 5;
            view.rows.push(Row {
                seq: 5,
                sender: 0,
                client_id: (person == 0).then(|| "present".into()),
                body: "present".into(),
                is_deleted: false,
            });
        }
    };
    spoil(present, &[]);
    // A change in doubt may have happened.
    let edited = |history: &mut History| {
        let doubtful = Change { acknowledged: None, ..change(4, Some("late"), 60) };
        history.changes.push(doubtful);
        in_views(history, 4, |row| row.body = "late".into());
    };
    spoil(edited, &[]);
}

#[test]
fn lost() {
    let cut = |history: &mut History| {
        for view in &mut history.views {
            view.rows.pop();
            view.last_seq = 3;
        }
    };
    spoil(cut, &[Fault::Lost]);
    // Read by somebody, then gone, though nobody was told that it is stored.
    let unread = |history: &mut History| {
        cut(history);
        history.sends[3].acknowledged.clear();
        seen(history, 36, 4, "m3");
    };
    spoil(unread, &[Fault::Lost]);
    // Acknowledged, and not to be found by who wants to change it.
    let refused = Refused { chat: 0, seq: 4, answer: "404".into() };
    spoil(|history| history.refused.push(refused), &[Fault::Lost]);
}

#[test]
fn duplicated() {
    let twice = |history: &mut History| {
        for view in &mut history.views {
            let mut again = view.rows[3].clone();
            again.seq = 5;
            view.rows.push(again);
            view.last_seq = 5;
        }
    };
    spoil(twice, &[Fault::Duplicated]);
    spoil(|history| history.sends[0].acknowledged.push((99, 4)), &[Fault::Duplicated]);
}

#[test]
fn phantom() {
    spoil(|history| in_views(history, 1, |row| row.body = "forged".into()), &[Fault::Phantom]);
    let unsent = |history: &mut History| {
        for view in &mut history.views {
            let mut row = view.rows[3].clone();
            (row.seq, row.client_id) = (5, Some("nobody's".into()));
            view.rows.push(row);
            view.last_seq = 5;
        }
    };
    spoil(unsent, &[Fault::Phantom]);
    spoil(|history| in_views(history, 1, |row| row.sender = 1), &[Fault::Phantom]);
    spoil(|history| seen(history, 7, 1, "forged"), &[Fault::Phantom]);
}

#[test]
fn reordered() {
    let swapped = |history: &mut History| {
        for view in &mut history.views {
            view.rows.swap(0, 3);
            (view.rows[0].seq, view.rows[3].seq) = (1, 4);
        }
    };
    spoil(swapped, &[Fault::Reordered]);
    // Acknowledged as such, but the first of them was done before the other began.
    let told = |history: &mut History| {
        swapped(history);
        history.sends[0].acknowledged[0].1 = 4;
        history.sends[3].acknowledged[0].1 = 1;
    };
    spoil(told, &[Fault::Reordered]);
}

#[test]
fn missing() {
    let hole = |history: &mut History| {
        history.sends.remove(1);
        history.changes.remove(0);
        history.views.iter_mut().for_each(|view| drop(view.rows.remove(1)));
    };
    spoil(hole, &[Fault::Missing]);
    let counter = |history: &mut History| {
        history.views.iter_mut().for_each(|view| view.last_seq = 5);
    };
    spoil(counter, &[Fault::Missing]);
}

#[test]
fn resurrected() {
    let back =
        |body: &'static str| move |row: &mut Row| (row.body, row.is_deleted) = (body.into(), false);
    spoil(|history| in_views(history, 3, back("m2")), &[Fault::Resurrected]);
    spoil(|history| in_views(history, 2, back("m1")), &[Fault::Resurrected]);
    // Read again after the deletion was acknowledged, then gone again.
    spoil(|history| seen(history, 60, 3, "m2"), &[Fault::Resurrected]);
    spoil(|history| seen(history, 51, 3, "m2"), &[]);
    // Read before the edit began.
    spoil(|history| seen(history, 20, 2, "better"), &[Fault::Phantom]);
}

#[test]
fn disagreed() {
    spoil(|history| history.views[1].rows[0].body = "m0?".into(), &[Fault::Disagreed]);
    for short in 0..2 {
        let cut = |history: &mut History| {
            history.views[short].rows.pop();
            history.views[short].last_seq = 3;
        };
        // The one who reads less may be its sender, whose client id then is unknown too.
        let lost = [Fault::Lost, Fault::Phantom, Fault::Disagreed];
        spoil(cut, if short == 1 { &lost } else { &lost[2..] });
    }
}

#[test]
fn diverged() {
    // Somebody who was told to forget what comes before the second place.
    let followed = |with: fn(&mut Held)| {
        move |history: &mut History| {
            let rows = history.views[0].rows.iter().skip(1).map(|row| (row.seq, row.clone()));
            let mut held = Held { chat: 0, from: 2, rows: rows.collect() };
            with(&mut held);
            history.copies.push(held);
        }
    };
    spoil(followed(|_| {}), &[]);
    spoil(followed(|held| drop(held.rows.remove(&2))), &[Fault::Diverged]);
    spoil(followed(|held| drop(held.rows.remove(&4))), &[Fault::Diverged]);
    let stale = |held: &mut Held| held.rows.get_mut(&2).unwrap().body = "m1".into();
    spoil(followed(stale), &[Fault::Diverged]);
    let unknown = |held: &mut Held| drop(held.rows.insert(5, held.rows[&4].clone()));
    spoil(followed(unknown), &[Fault::Diverged]);
    // Nothing is held at all, and nothing may be missing.
    let nothing = |held: &mut Held| (held.from, held.rows) = (1, Default::default());
    spoil(followed(nothing), &[Fault::Diverged]);
}
