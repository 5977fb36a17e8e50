//! The three programs that check receipts: ours, and those of `docs/draw`.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::world::World;

/// What a program prints of documents that it believes, or the name of what does not hold.
pub type Verdict = Result<String, String>;

/// A folder for the files that are judged.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }
}

/// What each of them says of the same arguments.
pub async fn judge(w: &World, arguments: &[&str]) -> [(&'static str, Verdict); 3] {
    let own = [&["verify"][..], arguments].concat();
    let (ours, python, node) = tokio::join!(
        w.runs(&own),
        theirs("python3", "verify.py", arguments),
        theirs("node", "verify.mjs", arguments)
    );
    let ours = if ours.code == Some(0) { Ok(ours.out) } else { Err(name_in(ours.refused())) };
    [("qura", ours), ("python3", python), ("node", node)]
}

async fn theirs(program: &'static str, script: &str, arguments: &[&str]) -> Verdict {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/draw").join(script);
    let mut command = Command::new(program);
    command.arg(script).args(arguments);
    // On a thread of its own: the simulator lives on this one.
    let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if said.status.success() { Ok(text(said.stdout)) } else { Err(name_in(&text(said.stderr))) }
}

/// The word behind «refused:».
fn name_in(sentence: &str) -> String {
    let (_, name) = sentence.rsplit_once("refused: ").unwrap_or_else(|| panic!("no refusal: {sentence}"));
    name.split([':', '\n']).next().unwrap().to_owned()
}

/// All three believe the documents, and print this line.
pub async fn all_believe(w: &World, arguments: &[&str], line: &str) {
    for (program, verdict) in judge(w, arguments).await {
        let told = verdict.as_ref().is_ok_and(|said| said.lines().any(|said| said == line));
        assert!(told, "{program}: no «{line}» in {verdict:?}");
    }
}

/// All three refuse the documents by this name.
pub async fn all_refuse(w: &World, arguments: &[&str], name: &str, lie: &str) {
    for (program, verdict) in judge(w, arguments).await {
        assert_eq!(verdict, Err(name.to_owned()), "{program}: {lie}");
    }
}
