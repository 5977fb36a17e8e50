//! The control API: acting as people, looking at the world, trouble on demand. See docs/simulator.md.

mod acting;
mod body;
mod chats;
mod checkout;
mod crowd;
mod inline;
mod links;
mod load;
mod looking;
mod membership;
mod migration;
mod people;
mod press;
mod record;
mod sharing;
mod stream;
mod trouble;
mod waiting;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::server::App;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/bots", get(people::bots).post(people::add_bot))
        .route("/people", get(people::list).post(people::add))
        .route("/people/{id}", get(people::one).patch(people::change))
        .route("/people/{id}/start", post(acting::start))
        .route("/people/{id}/send", post(acting::send))
        .route("/people/{id}/edit", post(acting::edit))
        .route("/people/{id}/delete", post(acting::delete))
        .route("/people/{id}/press", post(press::press))
        .route("/people/{id}/open_link", post(links::open))
        .route("/people/{id}/join", post(membership::join))
        .route("/people/{id}/leave", post(membership::leave))
        .route("/people/{id}/block", post(membership::block))
        .route("/people/{id}/unblock", post(membership::unblock))
        .route("/people/{id}/share_chat", post(sharing::share_chat))
        .route("/people/{id}/pickable", get(sharing::pickable))
        .route("/people/{id}/inline", post(inline::ask))
        .route("/people/{id}/choose", post(inline::choose))
        .route("/people/{id}/pay", post(checkout::pay))
        .route("/people/{id}/chats", get(looking::chats_of_person))
        .route("/chats", get(chats::list).post(chats::add))
        .route("/chats/{id}", get(chats::one).patch(chats::change).delete(chats::remove))
        .route("/chats/{id}/members", get(membership::list).post(membership::set))
        .route("/chats/{id}/requests", post(membership::decide))
        .route("/chats/{id}/link", post(chats::link))
        .route("/chats/{id}/revoke_link", post(links::revoke))
        .route("/chats/{id}/migrate", post(migration::migrate))
        .route("/chats/{id}/boosts", post(chats::boost))
        .route("/chats/{id}/boosts/{boost}", delete(chats::unboost))
        .route("/chats/{id}/messages", get(looking::messages))
        .route("/chats/{id}/messages/{message}", get(looking::message).delete(acting::delete_by_owner))
        .route("/files", post(people::add_file))
        .route("/files/{id}", get(people::file))
        .route("/wait", get(waiting::wait))
        .route("/events", get(stream::events))
        .route("/calls", get(record::calls))
        .route("/refusals", get(record::refusals))
        .route("/stats", get(record::stats))
        .route("/updates", post(trouble::inject))
        .route("/updates/torn", post(trouble::inject_torn))
        .route("/updates/redeliver", post(trouble::redeliver))
        .route("/faults", get(trouble::faults).post(trouble::add_fault).delete(trouble::clear_faults))
        .route("/faults/{id}", delete(trouble::remove_fault))
        .route("/clock", get(trouble::clock).post(trouble::move_clock))
        .route("/flood", post(trouble::set_flood))
        .route("/reset", post(trouble::reset))
        .route("/load/start", post(load::start))
        .route("/load/press", post(crowd::press))
        .route("/load/{id}", get(load::report))
        .fallback(|| async { body::Problem::not_found("no such path") })
}
