//! Processes: started, measured, and ended by their id.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The program `name` that was built beside this one.
pub fn sibling(name: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// A process that ends with this value.
pub struct Process(Child);

impl Process {
    /// Starts a program in an empty folder, with nothing in its environment but what is given.
    pub fn start(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        Ok(Self(child))
    }

    /// The first line that it prints.
    pub async fn first_line(&mut self) -> anyhow::Result<String> {
        let output = self.0.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        Ok(line.trim().to_owned())
    }

    /// CPU seconds used so far, and the highest memory in MiB, as the kernel counts them.
    pub fn usage(&self) -> anyhow::Result<(f64, f64)> {
        let id = self.0.id().context("the process has ended")?;
        Ok((cpu_seconds(id)?, memory_mib(id, "VmHWM:")?))
    }

    /// The memory that it has now, in MiB.
    pub fn resident_mib(&self) -> anyhow::Result<f64> {
        memory_mib(self.0.id().context("the process has ended")?, "VmRSS:")
    }

    /// Ends it, and waits for its end.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.0.kill().await?;
        Ok(())
    }

    /// Waits until it ends by itself.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        let status = self.0.wait().await?;
        anyhow::ensure!(status.success(), "a command failed: {status}");
        Ok(())
    }
}

/// CPU seconds so far of a server that was started with these words in its command line, and of all
/// its processes, those that ended included.
pub fn server_cpu(words: &str) -> anyhow::Result<f64> {
    let mut stats = HashMap::new();
    let mut named = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // Processes come and go meanwhile.
        let Ok(stat) = Stat::read(id) else { continue };
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).replace('\0', " ").contains(words) {
            named.push(id);
        }
        stats.insert(id, stat);
    }
    // A session that has just begun is called like the server whose child it is.
    let parent = |id: &u32| stats.get(id).map(|stat: &Stat| stat.parent);
    let server = named.iter().find(|id| parent(id).is_some_and(|parent| !named.contains(&parent)));
    let (id, server) = server
        .and_then(|id| Some((*id, stats.get(id)?)))
        .with_context(|| format!("no process runs with «{words}»"))?;
    let sessions = stats.values().filter(|stat| stat.parent == id).map(|stat| stat.seconds);
    Ok(server.seconds + server.of_the_dead + sessions.sum::<f64>())
}

fn cpu_seconds(id: u32) -> anyhow::Result<f64> {
    Ok(Stat::read(id)?.seconds)
}

/// What the kernel tells of a process (`man 5 proc`).
struct Stat {
    parent: u32,
    /// CPU seconds.
    seconds: f64,
    /// Those of its children that ended.
    of_the_dead: f64,
}

impl Stat {
    fn read(id: u32) -> anyhow::Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        // The name may hold anything, so the fields are counted from the last parenthesis.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let number =
            |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
        // In ticks of 1/100 s (`USER_HZ`, the same on every Linux).
        let seconds = |place: usize| (number(place) + number(place + 1)) / 100.0;
        Ok(Self { parent: number(1) as u32, seconds: seconds(11), of_the_dead: seconds(13) })
    }
}

/// A figure of `/proc/<id>/status`, in MiB.
fn memory_mib(id: u32, name: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0)
}
