//! «مشاركة السحب»: the button, and the inline results that put a lottery into any chat.

use std::time::Duration;

use qura_app::ingest::HandleError;
use qura_app::lotteries::Shareable;
use qura_domain::code::Code;
use qura_domain::language::Language;
use qura_domain::link::DeepLink;
use qura_domain::template::Template;
use qura_i18n::Msg;
use qura_ports::telegram::{Button, ButtonAction, InlineContent, InlineQuery, InlineResult, Keyboard};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Outcome};
use crate::reply::Reply;
use crate::view::Viewer;

/// How long Telegram may repeat an answer (flows 3.2): a lottery that closed must not be shared for long.
pub const CACHE: Duration = Duration::from_secs(5);

/// The longest title of a result, in code points: a line on a small screen.
const TITLE: usize = 64;

/// A lottery that can be shared, as its result shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedLottery {
    pub code: Code,
    pub template: Template,
    pub winners: u32,
    /// What its chat is called; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The address of the post, where anybody may open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
}

impl From<Shareable> for SharedLottery {
    fn from(shareable: Shareable) -> Self {
        let post = shareable.public_post();
        let Shareable { lottery, channel } = shareable;
        Self {
            code: lottery.code,
            template: lottery.template,
            winners: lottery.settings.winners,
            channel: channel.map(|channel| channel.title),
            post,
        }
    }
}

/// The button «مشاركة السحب» under a lottery's post: the inline mode where the bot has it, else
/// Telegram's page for sharing a link.
///
/// `bot_username` is without its `@`.
pub fn share_button(code: &Code, supports_inline: bool, bot_username: &str, language: Language) -> Button {
    let action = if supports_inline {
        ButtonAction::ShareInline(code.to_string())
    } else {
        let link = join_link(code, bot_username);
        let text = Msg::SharingInvitation.plain(language);
        let (link, text) = (in_a_query(&link), in_a_query(&text));
        ButtonAction::Url(format!("https://t.me/share/url?url={link}&text={text}"))
    };
    Button { label: Msg::PostShare.plain(language), action }
}

/// Somebody types `@bot` and maybe a code, or pressed «مشاركة السحب», which types the code for them.
pub async fn asked(cx: Context<'_>, asked: &InlineQuery) -> Result<Outcome, HandleError> {
    let person = asked.from.id;
    let record = cx.services.people.get(person).await?;
    let shareable = match record {
        Some(record) if record.banned => Vec::new(),
        _ => cx.services.lotteries.shareable(person, &asked.query).await?,
    };
    let lotteries = shareable.into_iter().map(SharedLottery::from).collect();
    Ok(cx.say(vec![Reply::AnswerInline { query: asked.id.clone(), to: person, lotteries }]))
}

/// The results of an inline query. What they say of a lottery is for the viewer, and other viewers see
/// others; what they put into a chat is for strangers, in the language of posts.
pub fn results(
    lotteries: &[SharedLottery],
    viewer: &Viewer,
    strangers: Language,
    bot_username: &str,
) -> Vec<InlineResult> {
    let result = |lottery: &SharedLottery| InlineResult {
        id: lottery.code.to_string(),
        title: title(lottery, viewer),
        description: description(lottery, viewer),
        content: match lottery.template.media() {
            Some(media) => InlineContent::Media(media.clone(), lottery.template.text().clone()),
            None => InlineContent::Text(lottery.template.text().clone()),
        },
        keyboard: Keyboard(vec![vec![way_there(lottery, strangers, bot_username)]]),
    };
    lotteries.iter().map(result).collect()
}

/// The first line of the template that says something.
fn title(lottery: &SharedLottery, viewer: &Viewer) -> String {
    let text = lottery.template.text().text();
    match text.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => line.chars().take(TITLE).collect(),
        None => Msg::SharingUntitled.plain(viewer.language),
    }
}

fn description(lottery: &SharedLottery, viewer: &Viewer) -> String {
    let count = i64::from(lottery.winners);
    let channel = lottery.channel.clone().unwrap_or_default();
    Msg::SharingDescription { channel, count }.plain(viewer.language)
}

/// The button to the post; where strangers cannot open it, to the private chat.
fn way_there(lottery: &SharedLottery, language: Language, bot_username: &str) -> Button {
    let url = lottery.post.clone().unwrap_or_else(|| join_link(&lottery.code, bot_username));
    Button { label: Msg::SharingOpenButton.plain(language), action: ButtonAction::Url(url) }
}

fn join_link(code: &Code, bot_username: &str) -> String {
    format!("https://t.me/{bot_username}?start={}", DeepLink::Join(code.clone()).payload())
}

/// A text as a value in a query string (RFC 3986, section 2).
fn in_a_query(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use qura_domain::ids::UserId;
    use qura_domain::template::{Media, MediaKind};
    use qura_domain::text::RichText;
    use qura_domain::time::Timestamp;
    use qura_domain::timezone::Timezone;

    use super::*;

    fn code() -> Code {
        Code::parse("AbCd1234").unwrap()
    }

    fn viewer() -> Viewer {
        Viewer {
            id: UserId::new(7),
            language: Language::English,
            timezone: Timezone::RIYADH,
            is_operator: false,
            is_banned: false,
            screen: None,
            now: Timestamp::from_secs(0),
        }
    }

    fn shared(text: &str, media: Option<Media>, post: Option<&str>) -> SharedLottery {
        SharedLottery {
            code: code(),
            template: Template::new(text.into(), media).unwrap(),
            winners: 3,
            channel: Some("Sara".into()),
            post: post.map(str::to_owned),
        }
    }

    fn result(lottery: SharedLottery) -> InlineResult {
        results(&[lottery], &viewer(), Language::Arabic, "qura_bot").pop().unwrap()
    }

    #[test]
    fn the_button_shares_inline_or_by_a_link_that_says_all() {
        let inline = share_button(&code(), true, "qura_bot", Language::Arabic);
        assert!(inline.label.contains("مشاركة السحب"));
        assert_eq!(inline.action, ButtonAction::ShareInline("AbCd1234".into()));
        let by_link = share_button(&code(), false, "qura_bot", Language::English);
        let ButtonAction::Url(url) = by_link.action else { panic!("no link") };
        let link = "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fqura_bot%3Fstart%3Djoin_AbCd1234&text=";
        assert!(url.starts_with(link), "{url}");
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
    }

    #[test]
    fn a_result_puts_in_the_template_and_leads_to_the_post() {
        let post = "https://t.me/sara/12";
        let text = result(shared(" \n سحب على 🎁\nالمزيد", None, Some(post)));
        assert_eq!((text.id.as_str(), text.title.as_str()), ("AbCd1234", "سحب على 🎁"));
        assert!(text.description.contains("Sara") && text.description.contains('3'), "{}", text.description);
        assert_eq!(text.content, InlineContent::Text(" \n سحب على 🎁\nالمزيد".into()));
        let url = |result: &InlineResult| result.keyboard.0[0][0].action.clone();
        assert_eq!(url(&text), ButtonAction::Url(post.into()));
        // Strangers of every language read the button, people read the rest.
        assert_eq!(text.keyboard.0[0][0].label, Msg::SharingOpenButton.plain(Language::Arabic));

        let media = Media::new(MediaKind::Video, "BAAD");
        let video = result(shared("", Some(media.clone()), None));
        assert_eq!(video.content, InlineContent::Media(media, RichText::new()));
        assert_eq!(video.title, Msg::SharingUntitled.plain(Language::English));
        assert_eq!(url(&video), ButtonAction::Url("https://t.me/qura_bot?start=join_AbCd1234".into()));
    }

    #[test]
    fn a_long_title_ends_with_a_whole_letter() {
        assert_eq!(result(shared(&"🎁".repeat(200), None, None)).title, "🎁".repeat(64));
    }
}
