//! Files that were uploaded, and the media that messages carry.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::json::Put;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    Photo,
    Video,
    Animation,
    Document,
    Voice,
    Audio,
    Sticker,
}

impl MediaKind {
    pub const ALL: [Self; 7] =
        [Self::Photo, Self::Video, Self::Animation, Self::Document, Self::Voice, Self::Audio, Self::Sticker];

    pub fn word(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
            Self::Animation => "animation",
            Self::Document => "document",
            Self::Voice => "voice",
            Self::Audio => "audio",
            Self::Sticker => "sticker",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn default_type(self) -> &'static str {
        match self {
            Self::Photo => "image/jpeg",
            Self::Video | Self::Animation => "video/mp4",
            Self::Document => "application/octet-stream",
            Self::Voice => "audio/ogg",
            Self::Audio => "audio/mpeg",
            Self::Sticker => "image/webp",
        }
    }
}

/// One file, and what kind of media it is.
#[derive(Debug)]
pub struct MediaFile {
    pub kind: MediaKind,
    pub file_id: String,
    pub file_name: Option<String>,
    pub mime_type: String,
    pub width: i64,
    pub height: i64,
    pub bytes: Vec<u8>,
}

pub type Media = Arc<MediaFile>;

/// What a new file is made of.
pub struct NewFile {
    pub kind: MediaKind,
    pub name: Option<String>,
    pub mime_type: Option<String>,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
pub struct Files {
    by_id: HashMap<String, Media>,
    made: u64,
}

impl Files {
    pub fn get(&self, file_id: &str) -> Option<&Media> {
        self.by_id.get(file_id)
    }

    /// By the path that getFile told.
    pub fn by_path(&self, path: &str) -> Option<&Media> {
        self.by_id.get(path.rsplit('/').next()?.split('.').next()?)
    }

    pub fn add(&mut self, new: NewFile) -> Media {
        self.made += 1;
        let file_id = format!("{}-file-{:06}", new.kind.word(), self.made);
        let size = picture_size(&new.bytes);
        let sniffed = size.map(|_| "image/png".to_owned());
        let (width, height) = size.unwrap_or((640, 480));
        let media = Arc::new(MediaFile {
            kind: new.kind,
            file_id: file_id.clone(),
            file_name: new.name,
            mime_type: new.mime_type.or(sniffed).unwrap_or_else(|| new.kind.default_type().into()),
            width,
            height,
            bytes: new.bytes,
        });
        self.by_id.insert(file_id, Arc::clone(&media));
        media
    }

    /// A file that stands for any of its kind, for people who send media without a file of their own.
    pub fn placeholder(&mut self, kind: MediaKind, name: Option<String>) -> Media {
        self.add(NewFile { kind, name, mime_type: None, bytes: PLACEHOLDER.to_vec() })
    }
}

impl MediaFile {
    pub fn unique_id(&self) -> String {
        format!("u-{}", self.file_id)
    }

    pub fn file_path(&self) -> String {
        format!("{}s/{}.bin", self.kind.word(), self.file_id)
    }

    /// Writes the field (for an animation: fields) of a `Message`.
    pub fn write(&self, message: &mut Value) {
        let size = self.bytes.len();
        let mut file =
            json!({"file_id": self.file_id, "file_unique_id": self.unique_id(), "file_size": size});
        let sized = matches!(
            self.kind,
            MediaKind::Photo | MediaKind::Video | MediaKind::Animation | MediaKind::Sticker
        );
        if sized {
            file.put("width", self.width);
            file.put("height", self.height);
        }
        if matches!(self.kind, MediaKind::Video | MediaKind::Animation | MediaKind::Voice | MediaKind::Audio)
        {
            file.put("duration", 1);
        }
        if !matches!(self.kind, MediaKind::Photo | MediaKind::Sticker) {
            file.put("mime_type", self.mime_type.as_str());
        }
        if let (Some(name), false) =
            (&self.file_name, matches!(self.kind, MediaKind::Photo | MediaKind::Sticker | MediaKind::Voice))
        {
            file.put("file_name", name.as_str());
        }
        match self.kind {
            MediaKind::Photo => {
                message.put("photo", json!([file]));
                return;
            }
            MediaKind::Sticker => {
                file.put("type", "regular");
                file.put("is_animated", false);
                file.put("is_video", false);
            }
            MediaKind::Animation => {
                let fields = ["file_id", "file_unique_id", "file_size", "mime_type", "file_name"];
                let document: serde_json::Map<String, Value> = fields
                    .iter()
                    .filter_map(|name| Some(((*name).to_owned(), file.get(*name)?.clone())))
                    .collect();
                message.put("document", Value::Object(document));
            }
            _ => {}
        }
        message.put(self.kind.word(), file);
    }
}

/// Whether the bytes begin like a picture that Telegram takes as a photo.
pub fn is_picture(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF"];
    starts.iter().any(|start| bytes.starts_with(start))
}

/// Width and height of a PNG.
pub fn picture_size(bytes: &[u8]) -> Option<(i64, i64)> {
    let number = |from: usize| -> Option<i64> {
        let bytes: [u8; 4] = bytes.get(from..from + 4)?.try_into().ok()?;
        Some(i64::from(u32::from_be_bytes(bytes)))
    };
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then(|| Some((number(16)?, number(20)?))).flatten()
}

/// A PNG of one grey pixel.
const PLACEHOLDER: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
    0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
    0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];
