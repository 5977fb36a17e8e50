//! The tasks of a process: those of its roles, and what every process does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use qura_app::ingest::poller_lease;
use qura_storage::Place;
use qura_web::{Recorder, Web};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::parts::Parts;
use super::{coordination, room};
use crate::config::Config;
use crate::roles::Role;

/// Ten seconds are what whoever stops programs gives them. Each part has eight to finish what it has in hand, and
/// then what it needs to hand over the rest, with the database or Redis perhaps out of reach.
const LONGEST_STOP: Duration = Duration::from_secs(9);

/// Everything that runs, until all of it has ended.
pub struct Crew {
    parts: Arc<Parts>,
    tasks: JoinSet<anyhow::Result<()>>,
    stop: CancellationToken,
}

impl Crew {
    /// What every process does: it keeps the operators' settings fresh.
    pub fn of(parts: Arc<Parts>, stop: &CancellationToken) -> Self {
        let mut crew = Self { parts: parts.clone(), tasks: JoinSet::new(), stop: stop.clone() };
        crew.add(async move |stop| {
            parts.settings.run(&stop).await;
            Ok(())
        });
        crew
    }

    /// Holds on to the right to work on the database, where there is one.
    pub fn keep_place(&mut self, config: &Config, place: Option<Place>) {
        let Some(place) = place else { return };
        let (db, company) = (self.parts.db.clone(), coordination::company(config));
        self.add(async move |stop| coordination::keep_place(place, company, &db, &stop).await);
    }

    /// Has the disk full whenever a test wants it so. There is no such task in life.
    pub fn keep_room(&mut self, config: &Config) {
        let Some(clock) = &config.test_clock else { return };
        let (full, db) = (clock.with_file_name(room::FULL), self.parts.db.clone());
        self.add(async move |stop| room::keep(&full, &db, &stop).await);
    }

    /// Takes up the work of a role.
    pub async fn take_up(&mut self, role: Role, config: &Config) -> anyhow::Result<()> {
        match role {
            Role::Poller => self.poll(config),
            Role::Bot => self.handle(config),
            Role::Worker => self.work(config)?,
            Role::Web => self.serve(config).await?,
        }
        Ok(())
    }

    /// Returns when everything has ended, or soon after it was told to. When one part cannot go on, all are
    /// told to stop.
    pub async fn see_through(mut self) -> anyhow::Result<()> {
        let stop = self.stop.clone();
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(LONGEST_STOP).await;
        };
        tokio::pin!(late);
        let mut outcome = Ok(());
        loop {
            let ended = tokio::select! {
                ended = self.tasks.join_next() => ended,
                () = &mut late => {
                    tracing::warn!(tasks = self.tasks.len(), "ended before all was put down; others take it up");
                    self.tasks.shutdown().await;
                    None
                }
            };
            let Some(ended) = ended else { return outcome };
            let ended = ended.context("a part of the program failed").and_then(|result| result);
            if ended.is_err() {
                self.stop.cancel();
                outcome = outcome.and(ended);
            }
        }
    }

    fn poll(&mut self, config: &Config) {
        let poller = self.parts.poller(config);
        self.add(async move |stop| poller.run(&stop).await.context("polling ended"));
        let (parts, operators, language) = (self.parts.clone(), config.operators.clone(), config.language);
        self.add(async move |_| {
            parts.publish_commands(&operators, language).await;
            Ok(())
        });
    }

    fn handle(&mut self, config: &Config) {
        let (consumer, share) = (self.parts.consumer(config), self.parts.share.clone());
        self.add(async move |stop| {
            // The share is given back only when nothing of it runs any more.
            let done = CancellationToken::new();
            let working = async {
                consumer.run(&stop).await;
                done.cancel();
            };
            tokio::join!(working, share.run(&done));
            Ok(())
        });
    }

    fn work(&mut self, config: &Config) -> anyhow::Result<()> {
        let (runner, outbox) = (self.parts.job_runner(config)?, self.parts.outbox());
        let counters = self.parts.counters();
        self.add(async move |stop| {
            tokio::join!(runner.run(&stop), outbox.run(&stop), counters.run(&stop));
            Ok(())
        });
        Ok(())
    }

    async fn serve(&mut self, config: &Config) -> anyhow::Result<()> {
        let listener = TcpListener::bind(config.http_addr)
            .await
            .with_context(|| format!("HTTP_ADDR ({}) cannot be listened on", config.http_addr))?;
        tracing::info!(address = %listener.local_addr()?, "health and metrics are served");
        let web = Web {
            db: self.parts.db.clone(),
            clock: self.parts.clock.clone(),
            leases: self.parts.leases.clone(),
            poller_lease: poller_lease(self.parts.account.id),
            recorder: Recorder::install()?,
        };
        self.add(async move |stop| web.run(listener, stop).await.context("the web server failed"));
        Ok(())
    }

    fn add<T, F>(&mut self, task: T)
    where
        T: FnOnce(CancellationToken) -> F,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.tasks.spawn(task(self.stop.clone()));
    }
}
