//! The stream of events, for the playground page.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event as Line, KeepAlive, Sse};
use futures::Stream;
use futures::stream::unfold;
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;

use super::body::{Params, Problem};
use crate::events::Event;
use crate::server::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewer {
    viewer: Option<i64>,
}

pub async fn events(
    State(app): State<App>,
    Params(params): Params<Viewer>,
) -> Result<Sse<impl Stream<Item = Result<Line, Infallible>>>, Problem> {
    let events = app.world().events();
    let stop = app.stop_token();
    let lines = unfold((app, events, stop), move |(app, mut events, stop)| async move {
        loop {
            let received = tokio::select! {
                received = events.recv() => received,
                () = stop.cancelled() => return None,
            };
            let line = match received {
                Ok(event) if !is_seen(&app, &event, params.viewer) => continue,
                Ok(event) => Line::default().event(event.name).data(event.data.to_string()),
                Err(RecvError::Lagged(_)) => Line::default().event("missed").data("{\"event\":\"missed\"}"),
                Err(RecvError::Closed) => return None,
            };
            return Some((Ok(line), (app, events, stop)));
        }
    });
    Ok(Sse::new(lines).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

fn is_seen(app: &App, event: &Event, viewer: Option<i64>) -> bool {
    match (event.place, viewer) {
        (Some(place), Some(viewer)) => app.world().can_see(viewer, place),
        _ => true,
    }
}
