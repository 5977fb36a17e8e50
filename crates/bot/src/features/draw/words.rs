//! The post of a freeze, which strangers of every language read.

use qura_app::draws::{DrawWriter, FreezePost};
use qura_domain::language::Language;
use qura_domain::lottery::Lottery;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::{LocalTime, Msg};

/// Writes what draws post by themselves.
pub struct DrawWords {
    pub language: Language,
    pub timezone: Timezone,
}

impl DrawWriter for DrawWords {
    fn freeze(&self, lottery: &Lottery, freeze: &FreezePost) -> RichText {
        let tickets = i64::try_from(freeze.tickets).unwrap_or(i64::MAX);
        let code = lottery.code.to_string();
        let mut text = Msg::DrawFreeze { code, tickets }.rich(self.language);
        let mut below = |message: Msg| {
            text.push_str("\n\n").append(message.rich(self.language));
        };
        if freeze.attempt > 0 {
            below(Msg::DrawFreezeAgain { attempt: i64::from(freeze.attempt) + 1 });
        }
        if let Some(round) = freeze.round {
            let at = LocalTime { at: Timestamp::from_secs(round.time().get()), zone: self.timezone };
            let round = round.get().to_string();
            below(Msg::DrawFreezeBeacon { round, at, zone: self.timezone });
        }
        let (freeze, root) = (freeze.freeze.to_string(), freeze.root.to_string());
        below(Msg::DrawFreezeProof { freeze, root });
        text
    }
}
