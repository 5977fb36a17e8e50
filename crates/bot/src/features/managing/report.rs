//! «تقرير»: about what, as which file, and the order for it.

use qura_app::ingest::HandleError;
use qura_app::lotteries::ManageRefusal;
use qura_app::reports::{ReportFormat, ReportKind};
use qura_domain::code::Code;
use qura_i18n::Msg;

use super::acts::ended;
use super::refusal::{Admitted, Need, admit, not_theirs, refused};
use super::{ManageButton, ManageScreen, manager};
use crate::context::{Context, Outcome};
use crate::features::roulette::{RouletteButton, back_and_home, manage};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

pub fn view(viewer: &Viewer, code: &Code) -> View {
    let button = |format| ManageButton::Report { code: code.clone(), format };
    let view = View::of(viewer, &Msg::ManageReport)
        .press(&Msg::ManageReportXlsx, &button(ReportFormat::Xlsx))
        .press(&Msg::ManageReportCsv, &button(ReportFormat::Csv))
        .press(&Msg::ManageRetentionButton, &ManageButton::Retention { code: code.clone() });
    back_and_home(view, &RouletteButton::Card { code: code.clone() })
}

/// «تقرير البقاء», and how it counts.
pub fn retention(viewer: &Viewer, code: &Code) -> View {
    let button = |format| ManageButton::RetentionReport { code: code.clone(), format };
    let view = View::of(viewer, &Msg::ManageRetention)
        .press(&Msg::ManageReportXlsx, &button(ReportFormat::Xlsx))
        .press(&Msg::ManageReportCsv, &button(ReportFormat::Csv));
    back_and_home(view, &ManageButton::Reports { code: code.clone() })
}

pub async fn opened(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    kind: ReportKind,
) -> Result<Outcome, HandleError> {
    let found = cx.services.lotteries.managed(manager(cx, press.person.id), code).await?;
    match found {
        None => Ok(not_theirs(cx, &press)),
        Some(lottery) if lottery.published_at.is_none() => {
            refused(cx, press, code, ManageRefusal::NotNow).await
        }
        Some(_) => {
            let code = code.clone();
            let screen = match kind {
                ReportKind::Participants => ManageScreen::Report { code },
                ReportKind::Retention => ManageScreen::Retention { code },
            };
            wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
        }
    }
}

pub async fn ordered(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    kind: ReportKind,
    format: ReportFormat,
) -> Result<Outcome, HandleError> {
    let Admitted { manager, lottery } = match admit(cx, press.person.id, code, Need::Person).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let done = cx.services.lotteries.order_report(&mut tx, manager, code, kind, format).await?;
    ended(cx, tx, press, code, around, done, Msg::ManageReportOrdered).await
}
