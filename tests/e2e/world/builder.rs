//! Builds a world: the simulated Telegram first, then the settings, then the program.

use std::path::Path;

use qura_simulator::{BotConfig, ClockMode, Config, Simulator};
use serde_json::{Value, json};

use super::channel::{Channel, ChannelPlan};
use super::control::Control;
use super::database::Database;
use super::person::Person;
use super::program::Launch;
use super::servers::Servers;
use super::setup::Ground;
use super::{TOKEN, USERNAME, World};

/// What a world is to be like.
pub struct WorldBuilder {
    /// Where the world's PostgreSQL and Redis are; those of the test run when not given.
    pub servers: Option<Servers>,
    gate: Vec<ChannelPlan>,
    gate_on: bool,
    operators: Vec<&'static str>,
    environment: Vec<(&'static str, String)>,
    settings: Vec<(&'static str, String)>,
    runs: bool,
    /// Where time stands still, in seconds since 1970.
    at: Option<i64>,
}

impl Default for WorldBuilder {
    fn default() -> Self {
        Self {
            servers: None,
            gate: Vec::new(),
            gate_on: true,
            operators: Vec::new(),
            environment: Vec::new(),
            settings: Vec::new(),
            runs: true,
            at: None,
        }
    }
}

impl WorldBuilder {
    /// One more channel of the gate, with the bot as administrator; the gate is on.
    pub fn gate(mut self, channel: ChannelPlan) -> Self {
        self.gate.push(channel);
        self
    }

    /// The channels are there, but nobody has to subscribe.
    pub fn gate_off(mut self) -> Self {
        self.gate_on = false;
        self
    }

    /// One more operator, who has the menu before them.
    pub fn operator(mut self, name: &'static str) -> Self {
        self.operators.push(name);
        self
    }

    /// A setting of the process.
    pub fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// A setting of the operators, as JSON.
    pub fn setting(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((key, value.into()));
        self
    }

    /// The program is not started: the test does that itself, or runs other commands.
    pub fn idle(mut self) -> Self {
        self.runs = false;
        self
    }

    /// Time stands still at this moment, for Telegram and for the program, until the test moves it.
    pub fn at(mut self, secs: i64) -> Self {
        self.at = Some(secs);
        self
    }

    pub async fn start(self) -> World {
        let bot = BotConfig { token: TOKEN.into(), username: USERNAME.into(), name: "قُرعة".into() };
        let simulator = Simulator::start(Config {
            bots: vec![bot],
            clock: self.at.map_or(ClockMode::Real, |at| ClockMode::Manual { at }),
            ..Config::default()
        })
        .await
        .unwrap();
        let control = Control::new(&simulator.url());
        let mut gate = Vec::new();
        for plan in &self.gate {
            let channel = plan.clone().make(&control).await;
            channel.appoints_the_bot().await;
            gate.push(channel);
        }
        let mut operators = Vec::new();
        for name in &self.operators {
            let operator = Person::make(&control, json!({"first_name": name, "language_code": "ar"})).await;
            // Before the program runs, so that their chat with the bot is there when it looks for it.
            operator.starts().await;
            operators.push(operator);
        }
        let folder = tempfile::tempdir().unwrap();
        let clock = self.at.map_or("0".to_owned(), |secs| format!("@{}", secs * 1_000));
        std::fs::write(folder.path().join("clock"), clock).unwrap();
        if self.at.is_some() {
            // By a clock that stands still, no rest ever restores what may be sent.
            control.post("/flood", json!({"mode": "off"})).await;
        }
        let ground = Ground::prepare(folder.path(), self.servers.clone()).await;
        let launch = self.launch(&simulator.url(), &operators, folder.path(), &ground);
        for (key, value) in self.stored_settings(&gate) {
            launch.run(&["admin", "set", key, &value]).await.lines();
        }
        let mut world = World {
            control,
            database: Database::of(&ground),
            gate,
            launch,
            operators,
            simulator: Some(simulator),
            program: None,
            ahead: Default::default(),
            stands_at: self.at.map(|secs| secs * 1_000),
            expected: Default::default(),
            folder,
            _ground: ground,
        };
        if self.runs {
            world.program_starts();
            world
                .control
                .wait("polled", &[])
                .await
                .unwrap_or_else(|| panic!("it never polled: {}", world.log()));
        }
        for operator in world.operators() {
            if self.runs {
                operator.sees(operator.menu()).await;
            }
        }
        world
    }

    fn launch(&self, url: &str, operators: &[Person], folder: &Path, ground: &Ground) -> Launch {
        let ids: Vec<String> = operators.iter().map(|operator| operator.id().to_string()).collect();
        let mut settings = vec![
            ("TELEGRAM_TOKEN", TOKEN.to_owned()),
            ("TELEGRAM_API_URL", url.to_owned()),
            ("BOT_USERNAME", USERNAME.to_owned()),
            ("ADMIN_IDS", ids.join(",")),
            ("DATABASE_MAX_CONNECTIONS", "4".to_owned()),
            ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
            // No world asks the outside; those with a beacon have one of their own.
            ("DRAND_RELAYS", String::new()),
            ("TEST_CLOCK", folder.join("clock").display().to_string()),
            ("RUST_LOG", "info,sqlx=warn,hyper=warn,reqwest=warn".to_owned()),
        ];
        settings.extend(ground.environment());
        settings.extend(self.environment.iter().cloned());
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        // A folder without a .env.
        let launch = Launch { folder: folder.join("home"), name: "qura".to_owned(), settings };
        std::fs::create_dir(&launch.folder).unwrap();
        launch
    }

    fn stored_settings(&self, gate: &[Channel]) -> Vec<(&'static str, String)> {
        let mut settings = self.settings.clone();
        if !gate.is_empty() {
            let channels: Vec<Value> = gate.iter().map(Channel::as_gate).collect();
            settings.push(("gate.channels", json!(channels).to_string()));
            settings.push(("gate.enabled", self.gate_on.to_string()));
        }
        settings
    }
}
