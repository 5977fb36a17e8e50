//! How every world ends: nothing is left undone, nothing was refused, nothing leaked.

use serde_json::Value;

use super::{TOKEN, World};

/// What a test provokes on purpose. Each must have come about at the end.
#[derive(Default)]
pub struct Expected {
    /// Method, and words of Telegram's refusal.
    refusals: Vec<(&'static str, &'static str)>,
    /// Words of the reason why an update was given up.
    dead: Vec<&'static str>,
    /// Words of lines of the log at level ERROR.
    errors: Vec<&'static str>,
    /// Words of refusals and of errors that chance may bring about, or not.
    pub tolerated: Vec<&'static str>,
    ended: bool,
}

/// Telegram's word for an edit that changes nothing: harmless, and always allowed.
const NOT_MODIFIED: &str = "message is not modified";

impl Expected {
    /// A program dies: what it said last may be said once more. A press cannot be answered twice, and Telegram
    /// says so of the second answer.
    pub fn survives_a_death(&mut self) {
        self.tolerated.push("query is too old");
    }
}

impl World {
    /// Telegram will refuse such calls, at least one.
    pub fn expects_refusal(&mut self, method: &'static str, text: &'static str) {
        self.expected.refusals.push((method, text));
    }

    /// One update will be given up with this reason.
    pub fn expects_dead_update(&mut self, reason: &'static str) {
        self.expected.dead.push(reason);
    }

    /// Such lines will be in the log at level ERROR, at least one.
    pub fn expects_error(&mut self, text: &'static str) {
        self.expected.errors.push(text);
    }

    /// What was logged, by one program after the other.
    pub fn log(&self) -> String {
        let files = std::fs::read_dir(&self.launch.folder).unwrap().map(|file| file.unwrap().path());
        let mut logs: Vec<_> = files.filter(|file| file.extension().is_some_and(|e| e == "stderr")).collect();
        logs.sort();
        logs.iter().map(|log| std::fs::read_to_string(log).unwrap()).collect()
    }

    fn tolerates(&self, text: &str) -> bool {
        self.expected.tolerated.iter().any(|words| text.contains(words))
    }

    /// Ends the world. Every test that made one calls this last.
    pub async fn ends(mut self) {
        if self.program.is_some() {
            self.settles().await;
            self.program_stops().await;
            let undone = self.database.undone(self.now()).await;
            assert!(undone.is_empty(), "left undone: {undone:#?}");
            self.dead_updates_are_expected().await;
        }
        self.refusals_are_expected().await;
        self.log_is_clean();
        self.expected.ended = true;
        if let Some(simulator) = self.simulator.take() {
            simulator.shutdown().await;
        }
    }

    async fn dead_updates_are_expected(&self) {
        let dead = self.database.dead_updates().await;
        let mut unmet = self.expected.dead.clone();
        for reason in &dead {
            let place = unmet.iter().position(|words| reason.contains(words));
            unmet.remove(place.unwrap_or_else(|| panic!("an update was given up: {reason}")));
        }
        assert!(unmet.is_empty(), "updates were not given up: {unmet:?}");
    }

    async fn refusals_are_expected(&self) {
        let found = self.control.get("/refusals").await;
        assert_eq!(found["own_faults"], Value::Array(Vec::new()), "the simulator broke the schema");
        let fits = |call: &Value, (method, words): &(&str, &str)| {
            call["method"] == *method && call["description"].as_str().unwrap_or_default().contains(words)
        };
        let refusals = found["refusals"].as_array().unwrap();
        for call in refusals {
            let description = call["description"].as_str().unwrap_or_default();
            let harmless = description.contains(NOT_MODIFIED) || self.tolerates(description);
            let expected = self.expected.refusals.iter().any(|expected| fits(call, expected));
            assert!(harmless || expected, "Telegram refused: {call:#}");
        }
        for expected in &self.expected.refusals {
            assert!(refusals.iter().any(|call| fits(call, expected)), "was never refused: {expected:?}");
        }
    }

    fn log_is_clean(&self) {
        let log = self.log();
        let secret = TOKEN.split_once(':').unwrap().1;
        assert!(!log.contains(secret), "the token is in the log:\n{log}");
        assert!(!log.contains("panicked"), "the program panicked:\n{log}");
        let errors: Vec<&str> = log.lines().filter(|line| line.contains(" ERROR ")).collect();
        for line in &errors {
            assert!(
                self.tolerates(line) || self.expected.errors.iter().any(|text| line.contains(text)),
                "an error was logged: {line}{}",
                // A backtrace, for one, has more lines.
                log.split_once(line).map_or("", |(_, rest)| rest)
            );
        }
        for text in &self.expected.errors {
            assert!(errors.iter().any(|line| line.contains(text)), "was never logged: {text}\n{log}");
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            eprintln!("the program's last words:");
            tail.iter().rev().for_each(|line| eprintln!("  {line}"));
        } else {
            assert!(self.expected.ended, "the test must end its world: `w.ends().await`");
        }
    }
}
