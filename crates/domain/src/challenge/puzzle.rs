//! Makes puzzles, and judges what is chosen.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ChallengeKind;
use super::chance::{Fill, below, shuffle};
use super::emoji::Emoji;

/// A puzzle with its solution: for the database, never for a screen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Puzzle {
    shown: Shown,
    /// What the picture is to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<Digits>,
    /// Which option is right, from 0.
    answer: u8,
}

/// What a person sees of a puzzle. Says nothing about which option is right but what the question does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shown {
    /// The picture of one of these numbers.
    Image { options: Vec<Digits> },
    /// The name of one of these.
    Emoji { wanted: Emoji, options: Vec<Emoji> },
    /// The sum of `left` and `right`.
    Math { left: u32, right: u32, options: Vec<u32> },
    /// A single button, not to be pressed in the first seconds.
    Timed,
}

/// A number as it is drawn, with its leading zeros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digits(String);

impl Digits {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Flows, 3.4: «nine or more buttons», «among nine», «among six answers».
const IMAGE_OPTIONS: usize = 9;
const EMOJI_OPTIONS: usize = 9;
const MATH_OPTIONS: usize = 6;
/// Few enough to be read in a distorted picture, enough not to be guessed from the options.
const DIGITS: u32 = 5;
const NUMBERS: u32 = 10u32.pow(DIGITS);

impl Puzzle {
    /// Makes a puzzle out of unpredictable bytes.
    pub fn make(kind: ChallengeKind, fill: &mut dyn FnMut(&mut [u8])) -> Self {
        match kind {
            ChallengeKind::Image => image(fill),
            ChallengeKind::Emoji => emoji(fill),
            ChallengeKind::Math => math(fill),
            ChallengeKind::Timed => Self { shown: Shown::Timed, picture: None, answer: 0 },
        }
    }

    pub fn kind(&self) -> ChallengeKind {
        match self.shown {
            Shown::Image { .. } => ChallengeKind::Image,
            Shown::Emoji { .. } => ChallengeKind::Emoji,
            Shown::Math { .. } => ChallengeKind::Math,
            Shown::Timed => ChallengeKind::Timed,
        }
    }

    /// What goes onto the screen.
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// What is to be drawn; only for the eyes of who draws it.
    pub fn picture(&self) -> Option<&Digits> {
        self.picture.as_ref()
    }

    /// Whether the option of this number, from 0, is the right one.
    pub fn is_solved_by(&self, option: u8) -> bool {
        self.answer == option
    }
}

impl fmt::Debug for Puzzle {
    /// Without what solves it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puzzle").field("shown", &self.shown).finish_non_exhaustive()
    }
}

fn image(fill: Fill<'_>) -> Puzzle {
    let number = below(fill, NUMBERS);
    let mut numbers = vec![number];
    while numbers.len() < IMAGE_OPTIONS {
        // Some of the digits stay, so that one digit that was read tells little.
        let mut other = number;
        for _ in 0..DIGITS - DIGITS / 2 {
            let place = 10u32.pow(below(fill, DIGITS));
            other = other - other / place % 10 * place + below(fill, 10) * place;
        }
        // The next free one, so that it comes to an end whatever the bytes are.
        while numbers.contains(&other) {
            other = (other + 1) % NUMBERS;
        }
        numbers.push(other);
    }
    shuffle(fill, &mut numbers);
    let answer = place(&numbers, &number);
    let options = numbers.into_iter().map(digits).collect();
    Puzzle { shown: Shown::Image { options }, picture: Some(digits(number)), answer }
}

fn digits(number: u32) -> Digits {
    Digits(format!("{number:0width$}", width = DIGITS as usize))
}

fn emoji(fill: Fill<'_>) -> Puzzle {
    let mut options = Emoji::ALL.to_vec();
    shuffle(fill, &mut options);
    options.truncate(EMOJI_OPTIONS);
    let answer = below(fill, EMOJI_OPTIONS as u32);
    let wanted = options.get(answer as usize).copied().unwrap_or(Emoji::Apple);
    let answer = place(&options, &wanted);
    Puzzle { shown: Shown::Emoji { wanted, options }, picture: None, answer }
}

fn math(fill: Fill<'_>) -> Puzzle {
    let (left, right) = (2 + below(fill, 18), 2 + below(fill, 8));
    let sum = left + right;
    // Neighbours of the sum on both sides; where among them it stands is chance.
    let first = sum - below(fill, MATH_OPTIONS as u32).min(sum - 1);
    let mut options: Vec<u32> = (first..).take(MATH_OPTIONS).collect();
    shuffle(fill, &mut options);
    let answer = place(&options, &sum);
    Puzzle { shown: Shown::Math { left, right, options }, picture: None, answer }
}

/// Where the right option came to stand. Each of the makers above puts it in.
fn place<T: PartialEq>(options: &[T], right: &T) -> u8 {
    let at = options.iter().position(|option| option == right);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// Bytes that look random and are the same each time.
    fn seeded(mut state: u64) -> impl FnMut(&mut [u8]) {
        move |bytes| {
            for byte in bytes {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (state >> 56) as u8;
            }
        }
    }

    fn puzzles(kind: ChallengeKind, count: u64) -> impl Iterator<Item = Puzzle> {
        let mut fill = seeded(7);
        (0..count).map(move |_| Puzzle::make(kind, &mut fill))
    }

    /// The options as buttons, and the one that a person who understands the question presses.
    fn understood(puzzle: &Puzzle) -> (Vec<String>, String) {
        match puzzle.shown() {
            Shown::Image { options } => (
                options.iter().map(|o| o.as_str().into()).collect(),
                puzzle.picture().unwrap().as_str().into(),
            ),
            Shown::Emoji { wanted, options } => {
                (options.iter().map(|o| o.glyph().into()).collect(), wanted.glyph().into())
            }
            Shown::Math { left, right, options } => {
                (options.iter().map(u32::to_string).collect(), (left + right).to_string())
            }
            Shown::Timed => (vec!["button".into()], "button".into()),
        }
    }

    #[test]
    fn exactly_the_right_option_solves_it_and_all_differ() {
        for (kind, count) in [
            (ChallengeKind::Image, 9),
            (ChallengeKind::Emoji, 9),
            (ChallengeKind::Math, 6),
            (ChallengeKind::Timed, 1),
        ] {
            for puzzle in puzzles(kind, 500) {
                assert_eq!(puzzle.kind(), kind);
                let (options, right) = understood(&puzzle);
                assert_eq!(options.len(), count, "{kind:?}");
                assert_eq!(options.iter().collect::<BTreeSet<_>>().len(), count, "{options:?}");
                for (number, option) in (0..).zip(&options) {
                    assert_eq!(puzzle.is_solved_by(number), *option == right, "{options:?} {right}");
                }
                assert!(options.contains(&right));
            }
        }
    }

    #[test]
    fn the_right_option_stands_anywhere() {
        for (kind, count) in [(ChallengeKind::Image, 9), (ChallengeKind::Emoji, 9), (ChallengeKind::Math, 6)]
        {
            let mut places = BTreeMap::new();
            for puzzle in puzzles(kind, 3_000) {
                let place = (0..9).find(|option| puzzle.is_solved_by(*option)).unwrap();
                *places.entry(place).or_insert(0) += 1;
            }
            let expected = 3_000 / count;
            assert_eq!(places.len(), count, "{kind:?}");
            assert!(
                places.values().all(|n| (expected * 7 / 10..expected * 13 / 10).contains(n)),
                "{places:?}"
            );
        }
    }

    /// Neither by its rank among the sorted options nor by what the others have in common.
    #[test]
    fn the_options_of_a_sum_do_not_betray_it() {
        let mut ranks = BTreeMap::new();
        for puzzle in puzzles(ChallengeKind::Math, 3_000) {
            let Shown::Math { left, right, options } = puzzle.shown() else { panic!() };
            *ranks.entry(options.iter().filter(|option| **option < left + right).count()).or_insert(0) += 1;
        }
        assert_eq!(ranks.len(), 6);
        assert!(ranks.values().all(|n| (300..700).contains(n)), "{ranks:?}");
    }

    #[test]
    fn the_solution_is_in_nothing_that_is_shown() {
        for puzzle in puzzles(ChallengeKind::Image, 50) {
            let shown = serde_json::to_value(puzzle.shown()).unwrap();
            assert_eq!(shown.as_object().unwrap().keys().collect::<Vec<_>>(), ["kind", "options"]);
            assert!(!format!("{puzzle:?}").contains("answer"));
            let digits = puzzle.picture().unwrap().as_str();
            assert_eq!(format!("{puzzle:?}").matches(digits).count(), 1, "only among the options");
        }
    }

    #[test]
    fn the_digits_of_options_are_shared_by_others() {
        let told = puzzles(ChallengeKind::Image, 500).filter(|puzzle| {
            let Shown::Image { options } = puzzle.shown() else { panic!() };
            let right = puzzle.picture().unwrap().as_str().as_bytes();
            let alike = |place: usize| {
                options.iter().filter(|option| option.as_str().as_bytes()[place] == right[place]).count() > 1
            };
            !(0..5).any(alike)
        });
        assert!(told.count() < 5);
    }

    #[test]
    fn even_bytes_that_are_all_the_same_make_a_puzzle() {
        for byte in 0..=255 {
            for kind in ChallengeKind::ALL {
                let puzzle = Puzzle::make(kind, &mut |bytes| bytes.fill(byte));
                let (options, right) = understood(&puzzle);
                assert_eq!(options.iter().collect::<BTreeSet<_>>().len(), options.len());
                assert!((0..9).any(|option| puzzle.is_solved_by(option)) && options.contains(&right));
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_make_a_puzzle_that_can_be_stored(seed in any::<u64>(), kind in 0usize..4) {
            let puzzle = Puzzle::make(ChallengeKind::ALL[kind], &mut seeded(seed));
            let stored = serde_json::to_string(&puzzle).unwrap();
            prop_assert_eq!(serde_json::from_str::<Puzzle>(&stored).unwrap(), puzzle);
        }
    }
}
