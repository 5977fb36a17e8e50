//! What a writer wants of the preview of a link, in the Bot API's own form.

use qura_domain::text::RichText;
use serde::Serialize;

/// `LinkPreviewOptions`.
#[derive(Serialize)]
pub struct LinkPreviewOptions<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prefer_small_media: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prefer_large_media: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    show_above_text: bool,
}

impl<'a> LinkPreviewOptions<'a> {
    pub fn of(text: &'a RichText) -> Option<Self> {
        let preview = text.layout().link_preview.as_ref()?;
        Some(Self {
            is_disabled: preview.is_disabled,
            url: preview.url.as_deref(),
            prefer_small_media: preview.prefer_small_media,
            prefer_large_media: preview.prefer_large_media,
            show_above_text: preview.show_above_text,
        })
    }
}
