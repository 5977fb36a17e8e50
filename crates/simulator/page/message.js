// Draws one message: who, what, when, its buttons and its comments.

import { avatar, el, latin, named } from "./dom.js";
import { formatted } from "./entities.js";
import { mediaWord, serviceText, summary } from "./phrases.js";
import { isMine } from "./store.js";
import { fullTime, hourOf } from "./times.js";

/**
 * `scene`: `{talk, anchored, press(message, button), open(url), command(text), copy(text), menu(message),
 * jump(id), comments(message), openFrom(origin)}`; `anchored`: all messages stand on one side (a channel).
 */
export function messageNode(message, scene) {
  const mark = { "data-message": message.id, "data-seq": message.seq };
  if (message.service) return el("li", { ...mark, class: "service" }, el("span", {}, serviceText(message)));
  const mine = isMine(message) && !scene.anchored;
  const group = !scene.talk.place.bot && !scene.anchored;
  return el("li", { ...mark, class: mine ? "message mine" : "message", "data-mine": String(isMine(message)) },
    group && !mine ? avatar(message.from.id, message.from.name, true) : null,
    el("div", { class: "message-body" }, bubble(message, scene, group && !mine), keyboard(message, scene)));
}

function bubble(message, scene, showSender) {
  return el("div", { class: message.buttons.length ? "bubble with-keyboard" : "bubble" },
    showSender ? el("div", { class: "sender" }, named(message.from.name)) : null,
    message.via_bot ? el("div", { class: "small-note" }, "عبر ", latin(`@${message.via_bot}`)) : null,
    forwardedFrom(message, scene),
    replyQuote(message, scene),
    medium(message),
    message.text ? el("div", { class: "text", dir: "auto" }, formatted(message.text, message.entities, scene)) : null,
    el("div", { class: "meta" },
      message.pinned ? el("span", { title: "مثبّتة", "aria-label": "مثبّتة" }, "📌") : null,
      message.edit_date ? el("span", { "data-edited": true }, "معدّلة") : null,
      el("time", { title: fullTime(message.date) }, hourOf(message.date)),
      el("button", { class: "message-menu", "aria-label": "خيارات الرسالة", "data-focus": `menu:${message.id}`,
        onclick: () => scene.menu(message) }, "⋯")),
    commentsButton(message, scene));
}

function forwardedFrom(message, scene) {
  const origin = message.forwarded_from;
  if (!origin || message.automatic_forward) return null;
  const words = ["محوّلة من ", named(origin.name)];
  if (!(origin.id < 0)) return el("div", { class: "small-note" }, words);
  return el("button", { class: "small-note as-link", onclick: () => scene.openFrom(origin) }, words);
}

function replyQuote(message, scene) {
  if (!message.reply_to || message.reply_to === scene.talk.place.thread) return null;
  const original = scene.talk.messages.get(message.reply_to);
  return el("button", { class: "quote", onclick: () => scene.jump(message.reply_to) },
    original ? [named(original.from.name), el("bdi", { class: "quote-text" }, summary(original))]
      : el("span", { class: "quote-text" }, "رسالة غير موجودة"));
}

function medium({ media }) {
  if (!media) return null;
  const label = media.file_name ? fileName(media.file_name) : mediaWord(media.kind);
  const shape = media.width && media.height ? { width: media.width, height: media.height } : {};
  const mark = { "data-media": media.kind };
  switch (media.kind) {
    case "photo": case "sticker":
      return el("img", { ...mark, ...shape, class: `medium ${media.kind}`, src: media.url, alt: mediaWord(media.kind), loading: "lazy" });
    case "video": return el("video", { ...mark, ...shape, class: "medium", src: media.url, controls: true, preload: "metadata" });
    case "animation":
      return media.mime_type?.startsWith("image/")
        ? el("img", { ...mark, class: "medium", src: media.url, alt: mediaWord(media.kind) })
        : el("video", { ...mark, class: "medium", src: media.url, controls: true, loop: true, preload: "metadata" });
    case "voice": case "audio": return el("audio", { ...mark, src: media.url, controls: true, preload: "none" });
    default:
      return el("a", { ...mark, class: "file", href: media.url, download: media.file_name ?? true },
        el("span", { class: "file-sign", "aria-hidden": "true" }, "📄"),
        el("span", { class: "file-name" }, label, el("small", {}, latin(sizeOf(media.size)))));
  }
}

/** The extension keeps its place beside an Arabic name. */
function fileName(name) {
  const [, stem, extension] = /^(.+)(\.[A-Za-z0-9]{1,8})$/.exec(name) ?? [null, name, ""];
  // The extension stands behind the stem in the direction that the stem is read.
  const dir = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/.test(stem) ? "rtl" : "ltr";
  return el("span", { dir }, named(stem), extension ? latin(extension) : null);
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

const BUTTON_SIGNS = { url: "↖\uFE0E", switch_inline: "↩\uFE0E", copy_text: "⧉", web_app: "▣", login: "↖\uFE0E", pay: "💳" };

function keyboard(message, scene) {
  if (!message.buttons.length) return null;
  const rows = message.buttons.map((row) => el("div", { class: "keyboard-row" }, row.map((button) => {
    const at = `${button.row}:${button.col}`;
    const waiting = scene.talk.pending.has(`${message.id}/${at}`);
    return el("button", {
      class: `key ${button.style ?? ""}`, "data-button": at, "data-kind": button.kind, "data-focus": `key:${message.id}/${at}`,
      "aria-busy": waiting ? "true" : null, disabled: button.kind === "disabled",
      onclick: () => scene.press(message, button),
    }, el("span", { class: "key-text", dir: "auto" }, button.text),
    BUTTON_SIGNS[button.kind] && !waiting ? el("span", { class: "key-sign", "aria-hidden": "true" }, BUTTON_SIGNS[button.kind]) : null,
    waiting ? el("span", { class: "spinner", role: "img", "aria-label": "بانتظار البوت" }) : null);
  })));
  return el("div", { class: "keyboard" }, rows);
}

function commentsButton(message, scene) {
  if (!message.comments) return null;
  const { count } = message.comments;
  return el("button", { class: "comments", "data-comments": count, onclick: () => scene.comments(message) },
    count ? `التعليقات (${count})` : "اكتب تعليقًا", el("span", { "aria-hidden": "true" }, "‹"));
}
