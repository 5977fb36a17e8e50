//! A world: a simulated Telegram, the real program, and the people between them.

pub mod beacon;
pub mod builder;
pub mod channel;
pub mod control;
pub mod database;
pub mod draw;
pub mod ending;
pub mod inline;
pub mod lottery;
pub mod payment;
pub mod person;
pub mod posting;
pub mod press;
pub mod program;
pub mod proxy;
pub mod screen;
pub mod servers;
pub mod setup;

use std::time::{Duration, Instant};

use qura_simulator::RunningSimulator;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use builder::WorldBuilder;
pub use channel::{Channel, ChannelPlan};
use control::Control;
pub use control::PATIENCE;
pub use database::Database;
use ending::Expected;
pub use lottery::{Lottery, LotteryPlan};
pub use person::Person;
pub use press::Press;
use program::{Launch, Program, Said};
pub use screen::Screen;
use setup::Ground;

/// The bot's id, its token and its name.
pub const BOT: i64 = 1001;
pub const TOKEN: &str = "1001:AAE-secret-that-must-never-be-logged";
pub const USERNAME: &str = "qura_bot";

/// A world of one test. It must be ended by [`World::ends`].
pub struct World {
    pub control: Control,
    pub database: Database,
    /// The channels of the gate, in their order.
    pub gate: Vec<Channel>,
    /// How the program is run here.
    pub launch: Launch,
    operators: Vec<Person>,
    simulator: Option<RunningSimulator>,
    program: Option<Program>,
    /// By how much the program's clock is ahead.
    ahead: Duration,
    /// Where its clock stands still, in milliseconds since 1970.
    stands_at: Option<i64>,
    pub expected: Expected,
    folder: TempDir,
    /// Last, so that the program is gone before it.
    _ground: Ground,
}

impl World {
    pub fn builder() -> WorldBuilder {
        WorldBuilder::default()
    }

    /// Nobody has to subscribe to anything.
    pub async fn open() -> Self {
        Self::builder().start().await
    }

    /// One public channel stands before everything.
    pub async fn gated() -> Self {
        Self::builder().gate(ChannelPlan::public("أخبار قُرعة", "qura_news")).start().await
    }

    /// The only operator.
    pub fn operator(&self) -> Person {
        self.operators[0].clone()
    }

    /// The operators, in the order of the builder.
    pub fn operators(&self) -> &[Person] {
        &self.operators
    }

    /// A new person with this name, whose Telegram is Arabic.
    pub async fn person(&self, name: &str) -> Person {
        self.person_with(json!({"first_name": name, "language_code": "ar"})).await
    }

    /// A new person with these fields of `POST /control/people`.
    pub async fn person_with(&self, fields: Value) -> Person {
        Person::make(&self.control, fields).await
    }

    /// A new person who is in every channel of the gate and has the menu before them.
    pub async fn member(&self, name: &str) -> Person {
        let person = self.person(name).await;
        for channel in &self.gate {
            person.joins(channel).await;
        }
        person.starts().await;
        person.sees(person.menu()).await;
        person
    }

    /// Runs a command of the program beside the running one.
    pub async fn runs(&self, arguments: &[&str]) -> Said {
        self.launch.run(arguments).await
    }

    /// The program dies at this instant.
    pub fn program_is_killed(&mut self) {
        self.expected.survives_a_death();
        self.program.take().expect("a running program").is_killed();
    }

    /// The program is told to stop, and does.
    pub async fn program_stops(&mut self) {
        self.program.take().expect("a running program").stops().await;
    }

    /// The program ends by itself.
    pub async fn program_ends_within(&mut self, time: Duration) -> std::process::ExitStatus {
        self.program.take().expect("a running program").ends_within(time).await
    }

    /// The program starts.
    pub fn program_starts(&mut self) {
        assert!(self.program.is_none(), "it runs already");
        self.program = Some(self.launch.start(&["run"]));
    }

    /// Time passes for the program, all at once.
    pub async fn passes(&mut self, time: Duration) {
        /// The program believes what it read in the file for 20 ms.
        const BELIEVED: Duration = Duration::from_millis(40);

        self.ahead += time;
        if let Some(at) = self.stands_at {
            let ms = i64::try_from(time.as_millis()).unwrap();
            self.control.post("/clock", json!({"advance_ms": ms})).await;
            return self.stands_at_ms(at + ms).await;
        }
        let (file, draft) = (self.folder.path().join("clock"), self.folder.path().join("clock.draft"));
        std::fs::write(&draft, self.ahead.as_millis().to_string()).unwrap();
        std::fs::rename(draft, file).unwrap();
        tokio::time::sleep(BELIEVED).await;
    }

    /// The program's clock stands still at this moment, that of Telegram stays where it is.
    pub async fn stands_at_ms(&mut self, ms: i64) {
        self.stands_at = Some(ms);
        let (file, draft) = (self.folder.path().join("clock"), self.folder.path().join("clock.draft"));
        std::fs::write(&draft, format!("@{ms}")).unwrap();
        std::fs::rename(draft, file).unwrap();
        tokio::time::sleep(Duration::from_millis(40)).await;
    }

    /// The program dies by itself at this point, once.
    pub fn dies_at(&self, point: &str) {
        std::fs::write(self.folder.path().join("fault"), point).unwrap();
    }

    /// It died there, and starts again.
    pub async fn died_and_starts_again(&mut self) {
        self.expected.survives_a_death();
        let status = self.program_ends_within(PATIENCE).await;
        assert!(!status.success() && status.code().is_none(), "it ended in another way: {status}");
        self.program_starts();
    }

    /// Now, by the program's clock: microseconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "the program's own clock cannot be asked from here")]
    pub fn now(&self) -> i64 {
        if let Some(ms) = self.stands_at {
            return ms * 1_000;
        }
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        i64::try_from((since + self.ahead).as_micros()).unwrap()
    }

    /// What the running program answers over HTTP.
    pub async fn page(&self, path: &str) -> String {
        self.program.as_ref().expect("a running program").page(path).await
    }

    /// A figure of the running program's memory, in KiB.
    pub fn memory_kib(&self, name: &str) -> u64 {
        self.program.as_ref().expect("a running program").memory_kib(name)
    }

    /// What the running program has counted under this name, all labels together.
    pub async fn counted(&self, name: &str) -> f64 {
        self.program.as_ref().expect("a running program").counted(name).await
    }

    /// Waits until a condition holds that cannot be waited for in the simulator.
    pub async fn comes_true(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition().await {
            assert!(Instant::now() < deadline, "never came true: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the program has nothing left to do: what is not there now does not come any more.
    pub async fn settles(&self) {
        let deadline = Instant::now() + PATIENCE * 2;
        self.control.wait("idle", &[]).await.expect("the bot takes its updates");
        loop {
            let undone = self.database.undone(self.now()).await;
            if undone.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "never done: {undone:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
