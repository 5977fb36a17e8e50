//! Relays that are right, wrong, early, silent or lying: only what the chain signed is believed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use qura_beacon::{DrandBeacon, Relays};
use qura_dial::Proxies;
use qura_domain::draw::beacon::{CHAIN_HASH, Round};
use qura_ports::beacon::Beacon;
use tokio::net::TcpListener;

const SIGNATURE: &str =
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";

/// A relay that answers every question with this.
async fn relay(status: StatusCode, body: String) -> String {
    let path = format!("/{CHAIN_HASH}/public/{{round}}");
    let routes = Router::new().route(&path, get(move || async move { (status, body) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn round_of(round: u64, signature: &str) -> String {
    format!(r#"{{"round":{round},"randomness":"00","signature":"{signature}"}}"#)
}

fn beacon(relays: &[String]) -> DrandBeacon {
    DrandBeacon::new(&relays.join(",").parse::<Relays>().unwrap(), &Proxies::of_the_environment()).unwrap()
}

fn thousand() -> Round {
    Round::new(1_000).unwrap()
}

#[tokio::test]
async fn the_first_relay_that_tells_the_truth_is_believed() {
    let liar = relay(StatusCode::OK, round_of(1_000, &SIGNATURE.replace("b44", "b45"))).await;
    let other = relay(StatusCode::OK, round_of(999, SIGNATURE)).await;
    let broken = relay(StatusCode::OK, "{}".repeat(20_000)).await;
    let down = relay(StatusCode::BAD_GATEWAY, String::new()).await;
    let early = relay(StatusCode::NOT_FOUND, String::new()).await;
    let good = relay(StatusCode::OK, round_of(1_000, SIGNATURE)).await;
    let nobody = "http://127.0.0.1:9".to_owned();
    let signed = beacon(&[liar, other, broken, down, early, nobody, good]).round(thousand()).await;
    assert_eq!(String::from(signed.unwrap().unwrap().signature), SIGNATURE);
}

#[tokio::test]
async fn a_round_that_is_not_out_is_awaited_and_one_that_is_forged_is_not_there() {
    for status in [StatusCode::NOT_FOUND, StatusCode::TOO_EARLY] {
        let early = relay(status, String::new()).await;
        assert_eq!(beacon(&[early]).round(thousand()).await, Ok(None));
    }
    let liar = relay(StatusCode::OK, round_of(1_000, &"0".repeat(96))).await;
    let error = beacon(&[liar]).round(thousand()).await.unwrap_err();
    assert!(error.to_string().contains("not the chain's"), "{error}");
    assert!(beacon(&[]).round(thousand()).await.is_err());
}
