//! The real program as a process of its own: started, killed, stopped, and what it says.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::control::PATIENCE;

/// The most that a stop may take: what is in hand gets ten seconds (architecture, section 5).
const LONGEST_STOP: Duration = Duration::from_secs(10);

/// How the program is to be run: in a folder of its own, with these settings and no others.
#[derive(Clone)]
pub struct Launch {
    pub folder: PathBuf,
    /// Whose log it is, where several run.
    pub name: String,
    pub settings: Vec<(String, String)>,
}

/// The program of this build; `QURA_PROGRAM` names another, where the suite is to show what it catches.
fn program() -> PathBuf {
    std::env::var_os("QURA_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_qura").into(), PathBuf::from)
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A running program.
pub struct Program {
    child: Child,
    log: PathBuf,
    out: PathBuf,
}

impl Launch {
    /// The same with another setting.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// The same without a setting.
    pub fn without(mut self, name: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(arguments).current_dir(&self.folder).env_clear().stdin(Stdio::null());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path))).env("NO_COLOR", "1");
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the program to its end.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        // On a thread of its own: the simulator lives on this one.
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts the program; its words go into files, those of one start behind those of the one before.
    pub fn start(&self, arguments: &[&str]) -> Program {
        let file = |kind| self.folder.join(format!("{}.{kind}", self.name));
        let (log, out) = (file("stderr"), file("stdout"));
        let open = |path: &Path| File::options().create(true).append(true).open(path).unwrap();
        let child = self.command(arguments).stderr(open(&log)).stdout(open(&out)).spawn().unwrap();
        Program { child, log, out }
    }
}

impl Said {
    /// The command refused with one sentence: what must hold for every mistake of an operator.
    #[track_caller]
    pub fn refused(&self) -> &str {
        assert_eq!(self.code, Some(1), "{self:?}");
        for noise in ["panicked", "stack backtrace", "Caused by", "RUST_BACKTRACE"] {
            assert!(!self.err.contains(noise), "{self:?}");
        }
        let sentence = self.err.trim_end();
        assert!(sentence.starts_with("qura: ") && !sentence.contains('\n'), "not one sentence: {self:?}");
        sentence
    }

    /// The command went well; its lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<&str> {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out.lines().collect()
    }
}

impl Program {
    /// SIGKILL: it gets no chance to tidy up.
    pub fn is_killed(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A signal by its name.
    pub fn hears(&mut self, signal: &str) {
        assert!(self.is_alive(), "it had ended before:\n{}", self.log());
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// SIGTERM: it ends by itself, in time and well.
    pub async fn stops(&mut self) {
        let told = Instant::now();
        self.hears("TERM");
        let status = self.ends_within(LONGEST_STOP + Duration::from_secs(1)).await;
        assert!(status.success(), "{status}:\n{}", self.log());
        assert!(told.elapsed() < LONGEST_STOP, "stopping took {:?}", told.elapsed());
    }

    /// Waits for the process to end.
    pub async fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let deadline = Instant::now() + time;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "still running after {time:?}:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// A figure of its memory by its name in Linux's `/proc/<pid>/status`, in KiB.
    pub fn memory_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// What it has counted under this name, all labels together.
    pub async fn counted(&self, name: &str) -> f64 {
        let page = self.page("/metrics").await;
        let lines = page.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
        lines.map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()).sum()
    }

    /// What it answers over HTTP.
    pub async fn page(&self, path: &str) -> String {
        let log = self.log();
        let line = log.lines().rev().find(|line| line.contains("health and metrics are served")).unwrap();
        let address = line.rsplit_once("address=").unwrap().1;
        reqwest::get(format!("http://{address}{path}")).await.unwrap().text().await.unwrap()
    }

    /// All that it and its predecessors wrote to standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits for a line of the log that contains this, and returns it.
    pub async fn logs(&self, text: &str) -> String {
        self.writes(&self.log, text).await
    }

    /// Waits for a line of standard output that contains this, and returns it.
    pub async fn says(&self, text: &str) -> String {
        self.writes(&self.out, text).await
    }

    async fn writes(&self, file: &Path, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let content = std::fs::read_to_string(file).unwrap_or_default();
            if let Some(line) = content.split_inclusive('\n').find(|l| l.ends_with('\n') && l.contains(text))
            {
                return line.trim_end().to_owned();
            }
            assert!(Instant::now() < deadline, "no line with «{text}»:\n{content}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Program {
    /// A failed test leaves no process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
