//! The public post of a lottery: its text and its buttons in every state, and what a press under it does.

use qura_app::draws::draws_at;
use qura_app::ingest::HandleError;
use qura_app::lotteries::post_link;
use qura_domain::code::Code;
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::hash::Hash;
use qura_domain::ids::{ChatId, MessageId};
use qura_domain::language::Language;
use qura_domain::link::DeepLink;
use qura_domain::lottery::{AutoDraw, Lottery, LotteryState};
use qura_domain::template::Template;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::{LocalTime, Msg};
use qura_ports::telegram::{Button, ButtonAction, Callback, Keyboard};

use crate::callback::{CallbackData, callback_data};
use crate::context::{Context, Outcome};
use crate::features::joining;
use crate::features::sharing::share_button;
use crate::reply::Reply;

callback_data! {
    /// Buttons under the post, which anybody may press.
    pub enum RoulettePostButton in "post" {
        /// «عدد المشتركين»
        Count { code: Code } = "count",
        /// «الاشتراك في السحب»
        Join { code: Code } = "join",
    }
}

/// For whom public posts are written.
#[derive(Clone, Debug)]
pub struct Strangers {
    /// They read every language, so posts are in the default one.
    pub language: Language,
    /// And live everywhere.
    pub timezone: Timezone,
    /// Without its `@`.
    pub bot_username: String,
    /// Whether the bot can be asked from within any chat.
    pub supports_inline: bool,
}

/// What the post says: the template, then what became of the lottery, then what it is committed to, as far
/// as they fit.
pub fn text(lottery: &Lottery, draws_at: Option<Timestamp>, strangers: &Strangers) -> RichText {
    let zone = strangers.timezone;
    let state = match draws_at {
        Some(at) => Some(Msg::PostDrawingAt { at: LocalTime { at, zone }, zone }),
        None => state_line(lottery.state),
    };
    written(&lottery.template, state.into_iter().chain(commitment_line(lottery)), strangers.language)
}

/// What the post of a draft will say. Its commitment is made when it is published: as many dots stand there.
pub fn preview(template: &Template, mode: Mode, strangers: &Strangers) -> RichText {
    let dots = || "·".repeat(Hash::from_bytes([0; 32]).to_base64url().len());
    let line = (mode == Mode::Beacon).then(|| Msg::PostCommitment { commitment: dots() });
    written(template, line.into_iter(), strangers.language)
}

/// The template, and below it whichever lines fit.
fn written(template: &Template, lines: impl Iterator<Item = Msg>, language: Language) -> RichText {
    let mut text = template.text().clone();
    let mut room = template.room();
    for line in lines {
        let mut line = line.rich(language);
        if !text.is_empty() {
            let mut gap = RichText::plain("\n\n");
            gap.append(line);
            line = gap;
        }
        if line.chars() <= room {
            room -= line.chars();
            text.append(line);
        }
    }
    text
}

const fn state_line(state: LotteryState) -> Option<Msg> {
    match state {
        LotteryState::Draft | LotteryState::Scheduled | LotteryState::Open => None,
        LotteryState::Paused => Some(Msg::PostPaused),
        LotteryState::Frozen | LotteryState::Drawing | LotteryState::Drawn => Some(Msg::PostDrawing),
        LotteryState::Announced | LotteryState::Reopened => Some(Msg::PostAnnounced),
        LotteryState::Cancelled => Some(Msg::PostCancelled),
    }
}

/// Only the public beacon makes a draw that needs no trust in the operator.
fn commitment_line(lottery: &Lottery) -> Option<Msg> {
    let commitment = lottery.commitment.filter(|commitment| commitment.mode == Mode::Beacon)?;
    Some(Msg::PostCommitment { commitment: commitment.hash.to_base64url() })
}

/// What stands under the post. Where nobody can join any more, the last button says why.
pub fn keyboard(lottery: &Lottery, count: u64, strangers: &Strangers) -> Keyboard {
    let Strangers { language, ref bot_username, supports_inline, .. } = *strangers;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let code = || lottery.code.clone();
    let press = |label: Msg, data: RoulettePostButton| {
        vec![Button { label: label.plain(language), action: ButtonAction::Callback(data.pack()) }]
    };
    let url = |label: Msg, url| vec![Button { label: label.plain(language), action: ButtonAction::Url(url) }];
    let opens = |link: DeepLink| format!("https://t.me/{bot_username}?start={}", link.payload());
    let word = |label: Msg| press(label, RoulettePostButton::Count { code: code() });
    let share = share_button(&lottery.code, supports_inline, bot_username, language);
    let mut rows = vec![word(Msg::PostCount { count })];
    match lottery.state {
        LotteryState::Draft | LotteryState::Scheduled | LotteryState::Open => {
            rows.push(vec![share]);
            rows.push(press(Msg::PostJoin, RoulettePostButton::Join { code: code() }));
        }
        LotteryState::Paused => {
            rows.push(vec![share]);
            rows.push(word(Msg::PostPausedButton));
        }
        LotteryState::Frozen | LotteryState::Drawing | LotteryState::Drawn => {
            rows.push(word(Msg::PostDrawingButton));
        }
        LotteryState::Announced | LotteryState::Reopened => {
            rows.push(url(Msg::PostVerify, opens(DeepLink::Verify(code()))));
        }
        LotteryState::Cancelled => rows.push(word(Msg::PostCancelledButton)),
    }
    Keyboard(rows)
}

/// A button under a post, or under the preview of one, was pressed.
pub async fn pressed(
    cx: Context<'_>,
    callback: &Callback,
    button: RoulettePostButton,
) -> Result<Outcome, HandleError> {
    let code = match button {
        // What crowds press reads no more than it must.
        RoulettePostButton::Join { code } => return joining::pressed_under_post(cx, callback, &code).await,
        RoulettePostButton::Count { code } => code,
    };
    let Some((lottery, count)) = cx.services.lotteries.find_with_count(&code).await? else {
        metrics::counter!("callbacks_unknown_total").increment(1);
        return Ok(cx.say(vec![alert(callback, Msg::PostUnknownAlert)]));
    };
    let told = match lottery.state {
        // Only its organizer has seen it.
        LotteryState::Draft => Msg::PostPreviewAlert,
        LotteryState::Scheduled => Msg::PostSoonAlert,
        LotteryState::Frozen => told_of_round(cx, &lottery, count.participants).await?,
        _ => told(cx, &lottery, count.participants),
    };
    let signpost = signpost(cx, &lottery, callback).await?;
    Ok(cx.say([alert(callback, told)].into_iter().chain(signpost).collect()))
}

/// Where a post was sent twice, because the program died before it could note the first, the one that is
/// not noted is known once somebody presses its number: it then leads to the other.
async fn signpost(
    cx: Context<'_>,
    lottery: &Lottery,
    callback: &Callback,
) -> Result<Option<Reply>, HandleError> {
    let pressed: Option<(ChatId, MessageId)> =
        callback.message.as_ref().map(|(chat, message)| (chat.id, *message));
    let (Some((chat, message)), Some(post)) = (pressed, lottery.post) else { return Ok(None) };
    // A later one may be about to be noted.
    if chat != lottery.chat || message >= post {
        return Ok(None);
    }
    let channel = cx.services.db.read().await?.channels().get(chat).await?;
    let username = channel.and_then(|channel| channel.username);
    let link = post_link(chat, username.as_deref(), post);
    Ok(Some(Reply::Signpost { chat, message, link }))
}

fn alert(callback: &Callback, text: Msg) -> Reply {
    let to = Some(callback.from.id);
    Reply::Answer { callback: callback.id.clone(), to, text: Some(text), alert: true, link: None }
}

/// The same, with the time until the round that decides, while it is to come.
async fn told_of_round(cx: Context<'_>, lottery: &Lottery, count: u64) -> Result<Msg, HandleError> {
    let draws_at = draws_at(&mut cx.services.db.read().await?, lottery).await?;
    let now = cx.services.clock.now();
    Ok(match (draws_at.filter(|at| *at > now), told(cx, lottery, count)) {
        (Some(at), Msg::PostDrawingAlert { count, commitment }) => {
            Msg::PostDrawingInAlert { count, left: at.since(now), commitment }
        }
        (_, told) => told,
    })
}

/// The number, the time left and the commitment, within an alert's 200 characters.
fn told(cx: Context<'_>, lottery: &Lottery, count: u64) -> Msg {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let commitment = lottery.commitment.map(|commitment| commitment.hash.to_base64url()).unwrap_or_default();
    match (lottery.state, lottery.settings.auto_draw) {
        (LotteryState::Paused, _) => Msg::PostPausedAlert { count, commitment },
        (LotteryState::Open, AutoDraw::At(at)) => {
            Msg::PostTimedAlert { count, left: at.since(cx.services.clock.now()), commitment }
        }
        (LotteryState::Open, AutoDraw::AtCount(goal)) => {
            let goal = i64::try_from(goal).unwrap_or(i64::MAX);
            Msg::PostGoalAlert { count, goal, commitment }
        }
        (LotteryState::Cancelled, _) => Msg::PostCancelledAlert { count },
        (LotteryState::Frozen | LotteryState::Drawing | LotteryState::Drawn, _) => {
            Msg::PostDrawingAlert { count, commitment }
        }
        (LotteryState::Announced | LotteryState::Reopened, _) => Msg::PostOverAlert { count, commitment },
        _ => Msg::PostOpenAlert { count, commitment },
    }
}

#[cfg(test)]
mod tests {
    use qura_domain::ids::{LotteryId, UserId};
    use qura_domain::lottery::{Commitment, LotterySettings};

    use super::*;

    fn lottery(text: &str, state: LotteryState) -> Lottery {
        Lottery {
            id: LotteryId::new(1),
            code: Code::parse("AbCd1234").unwrap(),
            organizer: UserId::new(1),
            chat: ChatId::new(-1001),
            state,
            pause: None,
            template: Template::new(text.into(), None).unwrap(),
            settings: LotterySettings::default(),
            post: None,
            commitment: Some(Commitment { mode: Mode::Beacon, hash: Hash::from_bytes([7; 32]) }),
            reopens: None,
            created_at: Timestamp::from_secs(0),
            published_at: None,
            deleted_at: None,
        }
    }

    fn strangers() -> Strangers {
        Strangers {
            language: Language::Arabic,
            timezone: Timezone::default(),
            bot_username: "qura_bot".to_owned(),
            supports_inline: true,
        }
    }

    #[test]
    fn the_time_of_the_draw_stands_in_place_of_the_state() {
        let frozen = lottery("سحب", LotteryState::Frozen);
        let line = |draws_at| text(&frozen, draws_at, &strangers()).text().to_owned();
        assert!(line(None).contains("جارٍ السحب"));
        let timed = line(Some(Timestamp::from_secs(1_784_792_310)));
        assert!(timed.contains("2026") && !timed.contains("جارٍ السحب"), "{timed}");
    }

    #[test]
    fn the_commitment_stands_where_it_fits_and_only_with_the_beacon() {
        let hash = Hash::from_bytes([7; 32]).to_base64url();
        let open = lottery("سحب 🎁", LotteryState::Open);
        assert!(text(&open, None, &strangers()).text().starts_with("سحب 🎁\n\n"));
        assert!(text(&open, None, &strangers()).text().contains(&hash));
        let secret = Commitment { mode: Mode::Secret, hash: Hash::from_bytes([7; 32]) };
        let without = Lottery { commitment: Some(secret), ..open };
        assert_eq!(text(&without, None, &strangers()).text(), "سحب 🎁");
        let full = "🎁".repeat(4_090);
        assert_eq!(text(&lottery(&full, LotteryState::Open), None, &strangers()).text(), full);
    }

    /// But for the commitment, which is not made yet.
    #[test]
    fn a_preview_says_what_the_post_will_say() {
        for words in ["سحب 🎁", &"🎁".repeat(4_090)] {
            let open = lottery(words, LotteryState::Open);
            let post = text(&open, None, &strangers());
            let preview = preview(&open.template, Mode::Beacon, &strangers());
            let (hash, dots) = (Hash::from_bytes([7; 32]).to_base64url(), "·".repeat(43));
            assert_eq!(preview.text(), post.text().replace(&hash, &dots));
            assert_eq!(preview.entities(), post.entities());
        }
        let template = Template::new("سحب".into(), None).unwrap();
        assert_eq!(preview(&template, Mode::Secret, &strangers()), *template.text());
    }

    #[test]
    fn every_state_says_what_it_is_and_only_an_open_one_can_be_joined() {
        for state in LotteryState::ALL {
            let post = lottery("سحب", state);
            let keyboard = keyboard(&post, 1_250, &strangers());
            let buttons: Vec<_> = keyboard.0.into_iter().flatten().collect();
            assert!(buttons[0].label.contains("1,250"));
            let join = RoulettePostButton::Join { code: post.code.clone() }.pack();
            let can_join = buttons.iter().any(|b| b.action == ButtonAction::Callback(join.clone()));
            let is_shown =
                matches!(state, LotteryState::Draft | LotteryState::Scheduled | LotteryState::Open);
            assert_eq!(can_join, is_shown, "{state:?}");
            // A full template leaves no room for a line, so a button must say it.
            assert!(is_shown || buttons.len() > 1, "{state:?}");
            assert!(text(&post, None, &strangers()).chars() <= 4_096);
        }
    }
}
