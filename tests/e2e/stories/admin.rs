//! /admin: operators only, and the gate as they set it.

mod adding;
mod gate;
mod rights;

use qura_i18n::Msg;

use crate::world::{Person, Screen};

/// Opens the gate's section; the screen.
async fn opens_the_gate(operator: &Person, overview: Msg) -> Screen {
    operator.says("/admin").await;
    operator.sees(Msg::AdminTitle).await;
    operator.presses("الاشتراك الإجباري").await.is_quiet();
    operator.sees(overview).await
}
