//! The public beacon over HTTP: drand's chain «quicknet», from whichever relay answers.

mod relay;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use qura_dial::{Dial, DialError, Proxies, chain};
use qura_domain::draw::beacon::{Beacon as SignedRound, Round, Signature};
use qura_ports::beacon::{Beacon, BeaconError};
use serde::Deserialize;

pub use relay::{NotRelays, Relay, Relays};

/// A relay that needs longer is passed over.
const PATIENCE: Duration = Duration::from_secs(5);

/// A round has about 300 bytes; whoever sends much more is no relay.
const MOST_BYTES: usize = 16 * 1024;

/// Asks relays one after the other. What they say is believed only when the chain signed it.
pub struct DrandBeacon {
    relays: Vec<(Relay, Client<Dial, Empty<Bytes>>)>,
}

impl DrandBeacon {
    /// Relays are reached by the proxies that are named for them.
    ///
    /// # Errors
    /// When a proxy is of a kind that is not known, or the machine's certificates cannot be used.
    pub fn new(relays: &Relays, proxies: &Proxies) -> Result<Self, DialError> {
        let client = |relay: &Relay| {
            let dial = Dial::new(&relay.base(), proxies)?;
            Ok((relay.clone(), Client::builder(TokioExecutor::new()).build(dial)))
        };
        Ok(Self { relays: relays.iter().map(client).collect::<Result<_, DialError>>()? })
    }

    async fn ask(
        client: &Client<Dial, Empty<Bytes>>,
        relay: &Relay,
        round: Round,
    ) -> Result<Option<SignedRound>, String> {
        let address: Uri = relay.address(round).parse().map_err(|_| "not an address".to_owned())?;
        let request = Request::get(address)
            .header(header::ACCEPT, "application/json")
            .body(Empty::new())
            .map_err(|error| error.to_string())?;
        let response = client.request(request).await.map_err(|error| chain(&error))?;
        let status = response.status();
        // 404: not yet. 425, «too early»: the same from newer relays.
        if status == StatusCode::NOT_FOUND || status == StatusCode::TOO_EARLY {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(format!("status {}", status.as_u16()));
        }
        let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        understand(&body, round).map(Some)
    }
}

#[async_trait]
impl Beacon for DrandBeacon {
    #[tracing::instrument(name = "beacon.drand.round", level = "debug", skip_all, fields(round = round.get()))]
    async fn round(&self, round: Round) -> Result<Option<SignedRound>, BeaconError> {
        let (mut is_awaited, mut failure) = (false, "no relay is set".to_owned());
        for (relay, client) in &self.relays {
            let answer = tokio::time::timeout(PATIENCE, Self::ask(client, relay, round)).await;
            match answer.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
                Ok(Some(signed)) => return Ok(Some(signed)),
                // Another relay may be ahead of this one.
                Ok(None) => is_awaited = true,
                Err(reason) => {
                    tracing::debug!(relay = %relay, reason, "a relay of the beacon is passed over");
                    failure = format!("{relay}: {reason}");
                }
            }
        }
        if is_awaited { Ok(None) } else { Err(BeaconError(failure)) }
    }
}

/// What relays say of a round; the randomness in it follows from the signature.
#[derive(Deserialize)]
struct Said {
    round: u64,
    signature: String,
}

fn understand(body: &[u8], round: Round) -> Result<SignedRound, String> {
    let said: Said = serde_json::from_slice(body).map_err(|_| "not the JSON of a round".to_owned())?;
    if said.round != round.get() {
        return Err(format!("another round, {}", said.round));
    }
    let signature = Signature::parse(&said.signature).ok_or_else(|| "not a signature".to_owned())?;
    let signed = SignedRound { round, signature };
    signed.randomness().map_err(|forged| forged.to_string())?;
    Ok(signed)
}
