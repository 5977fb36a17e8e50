//! Nothing is for sale yet.

use qura_domain::language::Language;
use qura_i18n::Msg;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn who_pays_an_unknown_invoice_is_told_at_once_that_it_is_not_valid() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let answer = sara.pays(50).await;
    let reason = Msg::PaymentsInvoiceInvalid.plain(Language::Arabic);
    assert_eq!(answer, json!({"ok": false, "error": reason}));
    // A stranger hears it as well: no payment may be left without an answer.
    assert_eq!(w.person("ليلى").await.pays(1).await["ok"], false);
    w.ends().await;
}
