//! Processes: started, measured, and ended by their id.

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
        Ok((cpu_seconds(id)?, peak_mib(id)?))
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

/// Linux counts in ticks of 1/100 s (`USER_HZ`, the same on every machine).
fn cpu_seconds(id: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name may hold anything, so the fields are counted from the last parenthesis.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((ticks(11) + ticks(12)) / 100.0)
}

fn peak_mib(id: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0)
}
