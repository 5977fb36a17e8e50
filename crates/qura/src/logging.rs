//! Log lines: what happens, for those who run the bot. Never a token, never what people write.

use std::io::Write;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{LogFilter, LogFormat};

/// Starts logging to standard error.
pub fn start(format: LogFormat, filter: &LogFilter) {
    let filter = EnvFilter::new(filter.as_str());
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}

/// Says on standard error why the program ends.
pub fn complain(sentence: &str) {
    // Where even that cannot be written, nobody listens.
    let _ = writeln!(std::io::stderr(), "qura: {}", sentence.replace('\n', " "));
}

/// Prints a line of a command's own output.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
