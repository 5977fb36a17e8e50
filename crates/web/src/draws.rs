//! `/draws/<code>`: the public page of a draw, which verifies itself in the reader's browser.

mod page;

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use qura_domain::code::Code;
use qura_domain::language::Language;
use qura_storage::{DrawDocument, StorageError, WinnerRecord};
use serde::Deserialize;

use crate::server::Web;

/// All that the page needs is in it: nothing is loaded, nothing is sent anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' blob:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Deserialize)]
pub struct Choice {
    lang: Option<String>,
}

/// A draw that was announced, with its documents.
struct Found {
    code: Code,
    documents: Vec<DrawDocument>,
    winners: Vec<WinnerRecord>,
}

/// The page, in the language that is asked for, else in that of the browser, else in Arabic.
pub async fn page(
    State(web): State<Web>,
    Path(code): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let language = choice.lang.as_deref().and_then(Language::from_code).unwrap_or(browsers(&headers));
    let found = match find(&web, &code).await {
        Ok(found) => found,
        Err(error) => return unavailable(&error),
    };
    let page = found.and_then(|found| {
        let draw = page::Draw { code: found.code, documents: &found.documents, winners: &found.winners };
        draw.html(language)
    });
    let (status, html) = match page {
        Some(html) => (StatusCode::OK, html),
        None => (StatusCode::NOT_FOUND, page::missing(language)),
    };
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (status, headers, html).into_response()
}

/// The receipt (number 0) or an addendum, to the byte.
pub async fn document(State(web): State<Web>, Path((code, number)): Path<(String, u32)>) -> Response {
    let found = match find(&web, &code).await {
        Ok(found) => found,
        Err(error) => return unavailable(&error),
    };
    let documents = found.map(|found| found.documents).unwrap_or_default();
    match documents.into_iter().find(|document| document.number == number) {
        Some(document) => ([(CONTENT_TYPE, "application/json")], document.content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn find(web: &Web, code: &str) -> Result<Option<Found>, StorageError> {
    let Some(code) = Code::parse(code) else { return Ok(None) };
    let mut reader = web.db.read().await?;
    let Some(lottery) = reader.lotteries().find_by_code(&code).await? else { return Ok(None) };
    // Nobody is to read here who has won before the chat does.
    if !lottery.state.is_announced() {
        return Ok(None);
    }
    let (documents, winners) = reader.drawn(lottery.id).await?;
    Ok(Some(Found { code, documents, winners }))
}

fn browsers(headers: &HeaderMap) -> Language {
    let wanted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wanted.trim_start().starts_with("en") { Language::English } else { Language::Arabic }
}

fn unavailable(error: &StorageError) -> Response {
    tracing::warn!(error = error.detail(), "the page of a draw cannot be made");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
