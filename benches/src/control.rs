//! The simulator's control API, as far as the benchmark needs it.

use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::scenario::Size;

/// Talks to one simulator.
pub struct Control {
    client: reqwest::Client,
    url: String,
}

/// How far a crowd is served.
#[derive(Debug, Deserialize)]
struct Progress {
    answered: u64,
    done: bool,
}

/// How a crowd was served.
#[derive(Debug, Deserialize)]
pub struct LoadReport {
    pub answered_per_second: f64,
    /// Presses that had to be repeated.
    pub again: u64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
}

/// A crowd that is not served so long after the last of them came never will be.
const LONGEST: Duration = Duration::from_secs(300);

impl Control {
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { client, url: url.to_owned() })
    }

    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let answer = self.client.post(format!("{}/control/{path}", self.url)).json(&body).send().await?;
        Self::read(path, answer).await
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.client.get(format!("{}/control/{path}", self.url)).send().await?;
        Self::read(path, answer).await
    }

    async fn read(path: &str, answer: reqwest::Response) -> anyhow::Result<Value> {
        let good = answer.status().is_success();
        let body: Value = answer.json().await?;
        if !good {
            bail!("the simulator refuses {path}: {body}");
        }
        Ok(body)
    }

    /// Returns once the bot has asked for updates.
    pub async fn polled(&self, bot: i64) -> anyhow::Result<()> {
        self.get(&format!("wait?what=polled&bot={bot}&timeout_ms=30000")).await.map(drop)
    }

    /// Calls a method of the Bot API in the bot's place, before it runs.
    pub async fn as_the_bot(&self, token: &str, method: &str, body: Value) -> anyhow::Result<Value> {
        let answer = self.client.post(format!("{}/bot{token}/{method}", self.url)).json(&body).send().await?;
        let mut answer = Self::read(method, answer).await?;
        Ok(answer.get_mut("result").map(Value::take).unwrap_or_default())
    }

    /// Has a crowd press /start, and returns once everyone was answered.
    pub async fn starts(&self, first_id: i64, size: Size, member_of: i64) -> anyhow::Result<LoadReport> {
        let crowd =
            json!({"people": size.people, "first_id": first_id, "rate": size.rate, "member_of": member_of});
        self.load("load/start", crowd, size).await
    }

    /// Has a crowd press a button under a post and open the link that it answers with, and returns once
    /// everyone was told what came of it.
    pub async fn presses(&self, first_id: i64, size: Size, button: Value) -> anyhow::Result<LoadReport> {
        let mut crowd = button;
        if let Some(crowd) = crowd.as_object_mut() {
            crowd.insert("people".to_owned(), size.people.into());
            crowd.insert("first_id".to_owned(), first_id.into());
            crowd.extend((size.rate > 0).then(|| ("rate".to_owned(), size.rate.into())));
        }
        self.load("load/press", crowd, size).await
    }

    async fn load(&self, path: &str, crowd: Value, size: Size) -> anyhow::Result<LoadReport> {
        let id = self.post(path, crowd).await?;
        let id = id.get("id").and_then(Value::as_i64).context("a load without an id")?;
        let coming = Duration::from_secs(size.people.checked_div(size.rate).unwrap_or(0).into());
        let deadline = tokio::time::Instant::now() + coming + LONGEST;
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let report = self.get(&format!("load/{id}")).await?;
            let progress = Progress::deserialize(&report)?;
            if progress.done {
                return Ok(serde_json::from_value(report)?);
            }
            if tokio::time::Instant::now() > deadline {
                bail!("only {} of {} were answered", progress.answered, size.people);
            }
        }
    }

    /// Fails when the bot asked for anything that Telegram would refuse.
    pub async fn no_refusals(&self) -> anyhow::Result<()> {
        let refusals = self.get("refusals").await?;
        match refusals.get("refusals").and_then(Value::as_array).and_then(|list| list.first()) {
            Some(first) => bail!("a request was refused: {first}"),
            None => Ok(()),
        }
    }
}
