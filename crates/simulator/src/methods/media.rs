//! Files of requests (by file_id or upload), and getFile.

use std::sync::Arc;

use serde_json::json;

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::files::{Media, MediaKind, NewFile, is_picture, picture_size};

/// Telegram's limits for uploads and downloads by bots.
const UPLOAD: usize = 50 * 1024 * 1024;
const PHOTO: usize = 10 * 1024 * 1024;
const DOWNLOAD: usize = 20 * 1024 * 1024;

impl World {
    /// The media that a request names: an upload under `attach://…` or in the field itself, or a file_id.
    pub fn take_media(
        &mut self,
        call: &Call,
        kind: MediaKind,
        field: &str,
        value: Option<&str>,
    ) -> Result<Media, Refusal> {
        let wrong = || Refusal::bad_request("wrong file identifier/HTTP URL specified");
        let attached = value.and_then(|value| value.strip_prefix("attach://"));
        let Some(name) = attached.or_else(|| value.is_none().then_some(field)) else {
            let media = value.and_then(|file_id| self.files.get(file_id)).ok_or_else(wrong)?;
            // A file keeps its kind, save that anything may be sent as it is where it fits.
            return match media.kind == kind {
                true => Ok(Arc::clone(media)),
                false => Err(Refusal::bad_request(format!(
                    "can't use file of type {} as {}",
                    capital(media.kind.word()),
                    capital(kind.word())
                ))),
            };
        };
        let upload = call.files.get(name).ok_or_else(wrong)?;
        if upload.bytes.is_empty() {
            return Err(Refusal::bad_request("file must be non-empty"));
        }
        let limit = if kind == MediaKind::Photo { PHOTO } else { UPLOAD };
        if upload.bytes.len() > limit {
            return Err(Refusal {
                code: 413,
                description: "Request Entity Too Large".into(),
                parameters: None,
            });
        }
        if kind == MediaKind::Photo && !is_picture(&upload.bytes) {
            return Err(Refusal::bad_request("IMAGE_PROCESS_FAILED"));
        }
        if kind == MediaKind::Photo && picture_size(&upload.bytes).is_some_and(|size| !is_photo_size(size)) {
            return Err(Refusal::bad_request("PHOTO_INVALID_DIMENSIONS"));
        }
        Ok(self.files.add(NewFile {
            kind,
            name: upload.file_name.clone(),
            mime_type: upload.mime_type.clone().filter(|_| kind != MediaKind::Photo),
            bytes: upload.bytes.clone(),
        }))
    }
}

/// Width and height together at most 10,000, and one at most twenty times the other (Bot API, `sendPhoto`).
fn is_photo_size((width, height): (i64, i64)) -> bool {
    let (short, long) = (width.min(height), width.max(height));
    short > 0 && width + height <= 10_000 && long <= 20 * short
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn file(world: &mut World, call: &Call) -> Answer {
    let media = call.text("file_id").and_then(|file_id| world.files.get(file_id));
    let media =
        media.ok_or_else(|| Refusal::bad_request("wrong file_id or the file is temporarily unavailable"))?;
    if media.bytes.len() > DOWNLOAD {
        return Err(Refusal::bad_request("file is too big"));
    }
    Ok(json!({
        "file_id": media.file_id,
        "file_unique_id": media.unique_id(),
        "file_size": media.bytes.len(),
        "file_path": media.file_path(),
    }))
}
