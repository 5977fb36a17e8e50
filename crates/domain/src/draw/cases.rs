//! The draws of `docs/draw/vectors.json`: every way that a draw can go.

use super::commitment::Mode;
use super::receipt::Receipt;
use super::sample::{Case, Replaced};
use super::terms::Terms;
use super::walk::{Decision, Reason, Status};

const ACCEPT: (Decision, Status) = (Decision::Accept, Status::Inside);
const GONE: (Decision, Status) = (Decision::Skip(Reason::Left), Status::Left);
const PLAIN: (Decision, Status) = (Decision::Skip(Reason::NoPremium), Status::Inside);

/// All of them; the last one opens `all_left` again.
pub fn all() -> Vec<Case> {
    let mut cases = small();
    cases.extend([thousand("mode_0_of_1000", Mode::Secret), thousand("mode_1_of_1000", Mode::Beacon)]);
    cases.extend([missed_freeze(), past_the_reserves(), long_chain(), nobody_inherits(), deep_terms()]);
    let gone = |place| (place, GONE.0, GONE.1);
    let all_left = Case { found: (0..5).map(gone).collect(), ..Case::new("all_left", Mode::Beacon, 5, 1, 1) };
    let before: Receipt = all_left.draw().receipt;
    let reopens = Some(before.digest().unwrap());
    cases.push(all_left);
    cases.push(Case { reopens, freezes: beacon(1_000), ..Case::new("reopened", Mode::Beacon, 4, 1, 1) });
    cases
}

fn replaced(
    place: usize,
    reason: Reason,
    note: Option<&'static str>,
    found: Vec<(Decision, Status)>,
) -> Replaced {
    Replaced { place, reason, note, found }
}

fn beacon(round: u64) -> Vec<(u64, Option<i64>)> {
    vec![(round, Some(30))]
}

fn small() -> Vec<Case> {
    let mut cases = vec![
        Case::new("mode_0_of_0", Mode::Secret, 0, 1, 1),
        Case::new("mode_1_of_0", Mode::Beacon, 0, 1, 1),
        Case::new("mode_0_of_1", Mode::Secret, 1, 1, 1),
        Case { freezes: beacon(2), ..Case::new("mode_1_of_1", Mode::Beacon, 1, 1, 0) },
        Case::new("mode_0_of_2", Mode::Secret, 2, 1, 1),
        Case { freezes: beacon(3), ..Case::new("mode_1_of_2", Mode::Beacon, 2, 2, 0) },
        Case::new("fewer_than_winners", Mode::Beacon, 3, 5, 5),
    ];
    let mut unposted = Case::new("mode_0_unposted", Mode::Secret, 6, 2, 1);
    unposted.freezes = vec![(1, None)];
    let mut half = Case::new("half_withdrawn", Mode::Beacon, 2, 1, 1);
    half.people.withdrawn = vec![2];
    let mut void = Case::new("all_withdrawn", Mode::Secret, 3, 1, 1);
    void.people.withdrawn = vec![1, 2, 3];
    cases.extend([unposted, half, void]);
    cases
}

fn thousand(name: &'static str, mode: Mode) -> Case {
    let mut case = Case::new(name, mode, 1_000, 10, 10);
    case.terms = Terms::new(&serde_json::json!({
        "winners": 10, "reserves": 10, "members_only": true, "premium_only": true,
        "conditions": [{"kind": "boost"}, {"kind": "member", "title": "قناة «الشرط» \"1\" 🎁\n"}],
    }))
    .unwrap();
    case.freezes = beacon(30_662_982);
    case.people.withdrawn = (1..=1_000).filter(|ticket| ticket % 7 == 3).collect();
    case.people.first_user = 5_000_000_000_123;
    case.found = vec![
        (1, GONE.0, GONE.1),
        (3, PLAIN.0, PLAIN.1),
        (4, Decision::Skip(Reason::Condition(2)), Status::Inside),
        (5, Decision::Accept, Status::Removed),
        (8, GONE.0, GONE.1),
        (15, Decision::Accept, Status::Removed),
    ];
    case.replaced = vec![
        replaced(3, Reason::Declined, None, vec![]),
        replaced(0, Reason::Timeout, None, vec![GONE, PLAIN]),
        replaced(3, Reason::Left, None, vec![ACCEPT]),
        replaced(9, Reason::Redrawn, Some("الفائز من فريق القناة \\ \"خطأ\""), vec![]),
    ];
    case
}

/// Posted too late, then not at all, then in time.
fn missed_freeze() -> Case {
    let mut case = Case::new("missed_freeze", Mode::Beacon, 20, 3, 2);
    case.freezes = vec![(30_662_900, Some(29)), (30_662_950, None), (30_662_990, Some(31))];
    case.people.withdrawn = vec![4, 11];
    case.found = vec![(0, GONE.0, GONE.1), (2, Decision::Accept, Status::Removed)];
    case
}

fn past_the_reserves() -> Case {
    let mut case = Case::new("past_the_reserves", Mode::Beacon, 12, 2, 1);
    case.freezes = beacon(30_662_992);
    case.people.withdrawn = vec![5, 6];
    case.found = vec![(1, PLAIN.0, PLAIN.1)];
    case.replaced = vec![
        replaced(1, Reason::Timeout, None, vec![]),
        replaced(1, Reason::Left, None, vec![GONE]),
        replaced(0, Reason::Condition(1), None, vec![(Decision::Accept, Status::Removed)]),
    ];
    case
}

/// The reserve inherits, then seven more in the order past them.
fn long_chain() -> Case {
    let mut case = Case::new("long_chain", Mode::Secret, 14, 2, 1);
    case.people.withdrawn = vec![9];
    case.replaced = (0..8).map(|number| replaced(number % 2, Reason::Timeout, None, vec![])).collect();
    case
}

/// As deep as they may be.
fn deep_terms() -> Case {
    let mut case = Case::new("deep_terms", Mode::Secret, 4, 1, 1);
    let nested = (1..15).fold(serde_json::json!([]), |inner, _| serde_json::json!([inner]));
    case.terms = Terms::new(&serde_json::json!({"winners": 1, "reserves": 1, "nested": nested})).unwrap();
    case
}

fn nobody_inherits() -> Case {
    let mut case = Case::new("nobody_inherits", Mode::Secret, 3, 2, 0);
    case.replaced = vec![
        replaced(0, Reason::Declined, None, vec![]),
        replaced(1, Reason::NoPremium, None, vec![]),
        replaced(0, Reason::Redrawn, Some("again"), vec![]),
    ];
    case
}
