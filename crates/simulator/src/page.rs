//! Serves the playground page: every HTML, CSS and JS file of `page/`, flat.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::server::App;

/// Names and texts; made by the build script.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/page_files.rs"));

pub fn routes() -> Router<App> {
    FILES.iter().fold(Router::new(), |routes, (name, text)| {
        let serve = move || async move { file(name, text) };
        let path = if *name == "index.html" { "/".to_owned() } else { format!("/{name}") };
        routes.route(&path, get(serve))
    })
}

fn file(name: &str, text: &'static str) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "text/html; charset=utf-8",
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
