//! A PostgreSQL and a Redis of one story, which it may empty, stop and kill. They end with it, also when it
//! fails or its process dies.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::world::PATIENCE;
use crate::world::servers::Servers;

/// PostgreSQL refuses to run as root.
const USER: &str = "postgres";

/// Both, in a folder of their own.
pub struct Services {
    pub postgres: Service,
    pub redis: Service,
    _folder: TempDir,
}

/// One server, at an address that stays.
pub struct Service {
    address: String,
    command: Box<dyn Fn() -> Command>,
    child: Option<Child>,
}

impl Services {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let postgres = postgres(folder.path());
        let redis = redis(folder.path());
        let mut services = Self { postgres, redis, _folder: folder };
        services.postgres.starts().await;
        services.redis.starts().await;
        services
    }

    pub fn servers(&self) -> Servers {
        let [postgres, redis] = [&self.postgres, &self.redis].map(|one| one.address.parse().unwrap());
        Servers { postgres, redis }
    }
}

impl Service {
    /// Starts it, and waits until it answers.
    pub async fn starts(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.answers().await {
            // One that was killed leaves children behind for a moment, who keep its successor from starting.
            if self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some()) {
                self.child = Some((self.command)().spawn().unwrap());
            }
            assert!(Instant::now() < deadline, "{} does not start", self.address);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn answers(&self) -> bool {
        if self.address.starts_with("redis") {
            let servers =
                Servers { postgres: self.address.parse().unwrap(), redis: self.address.parse().unwrap() };
            return servers.tells_redis(&["PING"]).is_ok();
        }
        match PgConnection::connect(&self.address).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    }

    /// SIGKILL.
    pub fn is_killed(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Ends it with a signal that it heeds.
    pub async fn stops(&mut self, signal: &str) {
        let mut child = self.child.take().unwrap();
        hears(&child, signal);
        let deadline = Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "{} does not stop", self.address);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Service {
    /// PostgreSQL takes SIGQUIT for an immediate shutdown, in which its children end as well; what is
    /// killed leaves them.
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        hears(&child, "QUIT");
        let deadline = Instant::now() + Duration::from_secs(5);
        while child.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn hears(child: &Child, signal: &str) {
    let _ = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
}

fn postgres(folder: &Path) -> Service {
    let (bin, home) = (postgres_programs(), folder.join("postgres"));
    std::fs::create_dir(&home).unwrap();
    if is_root(folder) {
        assert!(Command::new("chown").arg(USER).arg(&home).status().unwrap().success());
    }
    let data = home.join("data");
    let initdb = guarded(folder, &bin.join("initdb"), "QUIT")
        .arg("-D")
        .arg(&data)
        .args(["-U", "qura", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
        .output()
        .unwrap();
    assert!(initdb.status.success(), "{initdb:?}");
    let (folder, port, log) = (folder.to_owned(), free_port(), folder.join("postgres.log"));
    let command = move || {
        let mut command = guarded(&folder, &bin.join("postgres"), "QUIT");
        command.arg("-D").arg(&data).arg("-k").arg(&home).args(["-p", &port.to_string()]);
        // Nobody cuts the power here.
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off"]);
        logged(command, &log)
    };
    Service {
        address: format!("postgres://qura@127.0.0.1:{port}/postgres"),
        command: Box::new(command),
        child: None,
    }
}

fn redis(folder: &Path) -> Service {
    let (folder, port, log) = (folder.to_owned(), free_port(), folder.join("redis.log"));
    let command = move || {
        let mut command = guarded(&folder, Path::new("redis-server"), "KILL");
        command.args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        logged(command, &log)
    };
    Service { address: format!("redis://127.0.0.1:{port}"), command: Box::new(command), child: None }
}

/// The newest that is installed, as `scripts/services.sh` looks for it.
fn postgres_programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|folder| folder.unwrap().path()).max_by_key(version);
    let in_path = || {
        let path = std::env::var_os("PATH").unwrap();
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
    };
    newest.map(|folder| folder.join("bin")).or_else(in_path).expect("PostgreSQL is installed")
}

/// Not as root, and where Linux can do that, ended by this signal when the story's thread ends.
fn guarded(folder: &Path, program: &Path, at_the_end: &str) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", at_the_end]);
    if is_root(folder) {
        command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
    }
    command.arg("--").arg(program).current_dir("/");
    command
}

fn is_root(mine: &Path) -> bool {
    std::fs::metadata(mine).unwrap().uid() == 0
}

fn logged(mut command: Command, log: &Path) -> Command {
    let open = || File::options().create(true).append(true).open(log).unwrap();
    command.stdin(Stdio::null()).stdout(open()).stderr(open());
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    listener.local_addr().unwrap().port()
}
