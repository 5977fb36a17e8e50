//! The challenge («منع الوهمي») in private: shows puzzles and takes their answers.

pub mod picture;

use std::time::Duration;

use qura_app::ingest::HandleError;
use qura_app::joining::{Answered, Asked, Look};
use qura_app::subscription::Freshness;
use qura_domain::challenge::{Attempts, ChallengeKind, Emoji, Shown, Verdict};
use qura_domain::code::Code;
use qura_domain::ids::LotteryId;
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_i18n::Msg;
use qura_ports::telegram::{Button, ButtonAction};
use serde::{Deserialize, Serialize};

use self::picture::Drawing;
use super::{JoinButton, JoinScreen, Way, arrival, failed, home};
use crate::callback::CallbackData;
use crate::context::{Context, Outcome};
use crate::view::{View, Viewer};
use crate::wizard::{self, Wizard};

/// Buttons in a row.
const IN_A_ROW: usize = 3;

/// A puzzle, without what solves it; the picture shows it to who can read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PuzzleScreen {
    pub code: Code,
    pub number: u32,
    pub shown: Shown,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Drawing>,
    /// What became of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Msg>,
}

/// Nobody may try before then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LockedScreen {
    pub code: Code,
    pub until: Timestamp,
}

impl PuzzleScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let language = viewer.language;
        let (question, labels): (Msg, Vec<String>) = match &self.shown {
            Shown::Image { options } => {
                (Msg::ChallengeImage, options.iter().map(|option| option.as_str().to_owned()).collect())
            }
            Shown::Emoji { wanted, options } => {
                let thing = name(*wanted).plain(language);
                let glyphs = options.iter().map(|option| option.glyph().to_owned());
                (Msg::ChallengeEmoji { thing }, glyphs.collect())
            }
            Shown::Math { left, right, options } => {
                let (left, right) = (i64::from(*left), i64::from(*right));
                (Msg::ChallengeMath { left, right }, options.iter().map(u32::to_string).collect())
            }
            Shown::Timed => (Msg::ChallengeTimed, vec![Msg::ChallengeTimedButton.plain(language)]),
        };
        let mut view = View::of(viewer, &question);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        let buttons: Vec<Button> =
            (0..=u8::MAX).zip(labels).map(|(option, label)| self.button(option, label)).collect();
        for row in buttons.chunks(IN_A_ROW) {
            view = view.row(row.to_vec());
        }
        match &self.picture {
            None => home(view),
            Some(drawing) => {
                let view = view.press(&Msg::NavHome, &JoinButton::Home).done();
                View { picture: Some(drawing.clone()), ..view }
            }
        }
    }

    fn button(&self, option: u8, label: String) -> Button {
        let (code, number) = (self.code.clone(), self.number);
        let data = match self.picture {
            Some(_) => JoinButton::Read { code, number, option },
            None => JoinButton::Answer { code, number, option },
        };
        Button { label, action: ButtonAction::Callback(data.pack()) }
    }
}

impl LockedScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let view = View::of(viewer, &Msg::ChallengeLocked { left: left(self.until, viewer.now) });
        home(view.press(&Msg::JoinCheck, &JoinButton::Check { code: self.code.clone() }))
    }
}

/// In whole minutes: to the second it would be wrong by the time that it is read.
fn left(until: Timestamp, now: Timestamp) -> Duration {
    let minutes = until.since(now).as_millis().div_ceil(60_000);
    Duration::from_secs(60 * u64::try_from(minutes).unwrap_or(0))
}

/// How long somebody who looks again may still not try.
pub fn locked_for(look: &Look, now: Timestamp) -> Option<Duration> {
    let until = look.attempts.as_ref()?.locked_until.filter(|until| now < *until)?;
    Some(left(until, now))
}

/// Puts a puzzle to somebody who has to solve one first.
pub async fn put(
    cx: Context<'_>,
    person: &Person,
    look: &Look,
    way: Way,
    kind: ChallengeKind,
) -> Result<Outcome, HandleError> {
    let attempts = look.attempts.clone().unwrap_or_default();
    ask(cx, person, &look.code, look.application.lottery, way, attempts, kind, None).await
}

/// An option was pressed.
pub async fn answered(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    way: Way,
    number: u32,
    option: u8,
) -> Result<Outcome, HandleError> {
    let joining = &cx.services.joining;
    let Some(lottery) = joining.find(code).await? else {
        return super::arrived(cx, person, code, way).await;
    };
    let Answered { verdict, kind, attempts } = joining.answer(person.id, lottery, number, option).await?;
    match verdict {
        // An old screen: the one that is true now takes its place.
        Verdict::Stale => super::arrived(cx, person, code, way).await,
        Verdict::Solved => {
            let look = joining.look(person, code, Freshness::Cached, Some(attempts.clone())).await;
            match look.map_err(failed)? {
                Some(look) => arrival::go_on(cx, person, look, way, Some(attempts)).await,
                None => super::arrived(cx, person, code, way).await,
            }
        }
        Verdict::Wrong { left } => {
            let note = Msg::ChallengeWrong { count: i64::from(left) };
            ask(cx, person, code, lottery, way, attempts, kind, Some(note)).await
        }
        Verdict::Expired => {
            ask(cx, person, code, lottery, way, attempts, kind, Some(Msg::ChallengeExpired)).await
        }
        Verdict::LockedUntil(until) => lock(cx, person, code, lottery, way, &attempts, until).await,
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a puzzle is about, each of its own type")]
async fn ask(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    lottery: LotteryId,
    way: Way,
    mut attempts: Attempts,
    kind: ChallengeKind,
    note: Option<Msg>,
) -> Result<Outcome, HandleError> {
    match cx.services.joining.ask(&mut attempts, kind) {
        Asked::LockedUntil(until) => lock(cx, person, code, lottery, way, &attempts, until).await,
        Asked::Puzzle { number, shown, picture } => {
            let picture = picture.map(|(digits, noise)| Drawing { digits, noise });
            let screen = PuzzleScreen { code: code.clone(), number, shown, picture, note };
            store(cx, person, code, lottery, way, &attempts, JoinScreen::Puzzle(screen)).await
        }
    }
}

async fn lock(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    lottery: LotteryId,
    way: Way,
    attempts: &Attempts,
    until: Timestamp,
) -> Result<Outcome, HandleError> {
    let screen = JoinScreen::Locked(LockedScreen { code: code.clone(), until });
    store(cx, person, code, lottery, way, attempts, screen).await
}

async fn store(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    lottery: LotteryId,
    way: Way,
    attempts: &Attempts,
    screen: JoinScreen,
) -> Result<Outcome, HandleError> {
    let mut tx = cx.begin().await?;
    let (replies, unfinished) = arrival::begin(cx, &mut tx, person, code, &way, way.show(screen)).await?;
    if let Some(code) = unfinished {
        wizard::go_on(cx, &mut tx, person.id, &Wizard::JoinThen { code }).await?;
    }
    cx.services.joining.keep(&mut tx, person.id, lottery, attempts).await?;
    cx.commit(tx, replies).await
}

fn name(thing: Emoji) -> Msg {
    match thing {
        Emoji::Apple => Msg::ThingApple,
        Emoji::Banana => Msg::ThingBanana,
        Emoji::Grapes => Msg::ThingGrapes,
        Emoji::Watermelon => Msg::ThingWatermelon,
        Emoji::Carrot => Msg::ThingCarrot,
        Emoji::Bread => Msg::ThingBread,
        Emoji::Cat => Msg::ThingCat,
        Emoji::Horse => Msg::ThingHorse,
        Emoji::Camel => Msg::ThingCamel,
        Emoji::Fish => Msg::ThingFish,
        Emoji::Bird => Msg::ThingBird,
        Emoji::Butterfly => Msg::ThingButterfly,
        Emoji::Car => Msg::ThingCar,
        Emoji::Plane => Msg::ThingPlane,
        Emoji::Ship => Msg::ThingShip,
        Emoji::Bicycle => Msg::ThingBicycle,
        Emoji::House => Msg::ThingHouse,
        Emoji::Tree => Msg::ThingTree,
        Emoji::Sun => Msg::ThingSun,
        Emoji::Moon => Msg::ThingMoon,
        Emoji::Fire => Msg::ThingFire,
        Emoji::Key => Msg::ThingKey,
        Emoji::Clock => Msg::ThingClock,
        Emoji::Umbrella => Msg::ThingUmbrella,
    }
}
