// What the chosen person does: press buttons, follow links, send, forward, join.

import { act, post } from "./api.js";
import { alertWindow, attempt, choose, confirmed, openWindow, toast } from "./dialogs.js";
import { avatar, el, latin, named } from "./dom.js";
import { parseMarkup } from "./markup.js";
import { openPlace } from "./navigation.js";
import { keyOf, placeOf, target } from "./place.js";
import { botOf, emit, loadTalk, state } from "./store.js";

/** As long as Telegram waits for the answer to a callback. */
const CALLBACK_WAIT_MS = 15_000;

export function sendText(place, typed, replyTo = null) {
  const { text, entities } = parseMarkup(typed);
  const reply_to = replyTo ?? place.thread ?? null;
  return act(state.viewer, "send", { ...target(place), text, entities, ...(reply_to && { reply_to }) });
}

export async function pressButton(talk, message, button) {
  const mark = `${message.id}/${button.row}:${button.col}`;
  if (talk.pending.has(mark)) return;
  const callback = button.kind === "callback";
  if (callback) {
    talk.pending.add(mark);
    emit("messages");
  }
  const result = await attempt(() => act(state.viewer, "press", {
    ...target(talk.place), message: message.id, row: button.row, col: button.col,
    wait_ms: callback ? CALLBACK_WAIT_MS : 0,
  }));
  if (talk.pending.delete(mark)) emit("messages");
  if (result) await attempt(() => followPress(talk, result));
}

function followPress(talk, result) {
  switch (result.kind) {
    case "callback": return showAnswer(result.answer);
    case "url": case "login": return openLink(result.url);
    case "web_app": return externalLink(result.url);
    case "copy_text": return copyText(result.text);
    case "switch_inline": return switchInline(talk, result);
    case "disabled": return toast("هذا الزر معطّل");
    default: return toast(`لا تعرف هذه الصفحة أزرارًا من نوع ${result.kind}`, "error");
  }
}

async function showAnswer(answer) {
  if (!answer) return toast("لم يُجب البوت عن ضغط الزر", "error");
  if (answer.text) await (answer.show_alert ? alertWindow(answer.text) : toast(answer.text));
  return answer.url ? openLink(answer.url) : undefined;
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`نُسخ: ${text.slice(0, 80)}`);
  } catch {
    openWindow("انسخ هذا النص", el("textarea", { readonly: true, dir: "auto", rows: 3, class: "to-copy" }, text));
  }
}

/** Follows a link as Telegram's app does; links to elsewhere are shown before they are opened. */
export async function openLink(url) {
  const opened = await attempt(() => act(state.viewer, "open_link", { url }));
  return opened && attempt(() => follow(opened, url));
}

async function follow(opened, link) {
  switch (opened.kind) {
    case "start": return openPlace({ bot: opened.bot });
    case "chat":
      await openPlace(opened.bot ? { bot: opened.bot } : { chat: opened.chat });
      return opened.message && emit("jump", opened.message);
    case "invite": return openInvite(opened, link);
    case "boost": return await confirmed("أتريد تعزيز هذه القناة؟", "تعزيز") ? boostChat(opened.chat) : undefined;
    case "add_to_chat": return addBot(opened);
    case "person": return toast("هذا حساب شخص: اختره من شريط الأشخاص لتتقمّصه");
    case "share": return share([opened.url, opened.text].filter(Boolean).join("\n"));
    default: return externalLink(opened.url);
  }
}

async function openInvite({ chat, member }, link) {
  if (member) return openPlace({ chat });
  if (!await confirmed("هذه محادثة خاصة. أتريد الانضمام إليها؟", "انضمام")) return undefined;
  const { status } = await act(state.viewer, "join", { link });
  if (status === "requested") return toast("أُرسل طلب الانضمام، وينتظر موافقة مشرف");
  return openPlace({ chat });
}

function externalLink(url) {
  const safe = /^https?:/i.test(url);
  const body = [
    el("p", {}, safe ? "رابط إلى خارج الساحة:" : "لا يمكن فتح هذا الرابط هنا:"), el("p", { class: "long-link" }, latin(url)),
    safe ? el("p", {}, el("a", { class: "primary", href: url, target: "_blank", rel: "noopener noreferrer" }, "فتح في لسان جديد")) : null,
  ].filter(Boolean);
  return openWindow("فتح رابط", body, { name: "external" }).closed;
}

/** Chats of the person that fit, to send or add something to. */
export function pickChat(title, fits = () => true) {
  const items = state.chats.filter(fits).map((entry) => ({
    label: named(entry.title), detail: entry.username ? latin(`@${entry.username}`) : null,
    icon: avatar(entry.bot ?? entry.chat, entry.title, true), value: entry, mark: keyOf(placeOf(entry)),
  }));
  return choose(title, items, "لا محادثات مناسبة");
}

const writable = (entry) => entry.bot || entry.kind !== "channel" || ["creator", "administrator"].includes(entry.my_status);

async function share(text) {
  const entry = await pickChat("مشاركة مع…", writable);
  if (!entry) return;
  await openPlace(placeOf(entry));
  emit("draft", text);
}

export async function forwardMessage(talk, message) {
  const entry = await pickChat("إعادة توجيه إلى…", writable);
  if (!entry) return;
  const chat = talk.place.bot ? state.viewer : talk.place.chat;
  const forward = { chat, message: message.id, ...(talk.place.bot && { bot: talk.place.bot }) };
  await act(state.viewer, "send", { ...target(placeOf(entry)), forward });
  await openPlace(placeOf(entry));
}

async function switchInline(talk, { query, where, bot }) {
  const username = typeof bot === "number" ? botOf(bot)?.username : bot;
  if (where !== "current_chat") {
    const entry = await pickChat("اختر محادثة", writable);
    if (!entry) return;
    await openPlace(placeOf(entry));
  }
  emit("draft", `@${username} ${query}`);
}

/** Adds a bot to one of the person's chats as administrator, as `?startchannel` links ask. */
async function addBot({ bot, where, rights, payload }) {
  const kinds = where === "channel" ? ["channel"] : ["group", "supergroup"];
  const entry = await pickChat(where === "channel" ? "اختر قناة" : "اختر مجموعة",
    ({ kind, my_status }) => kinds.includes(kind) && ["creator", "administrator"].includes(my_status));
  if (!entry) return;
  const full = (rights ?? []).map((right) => (right.startsWith("can_") ? right : `can_${right}`));
  const status = full.length || where === "channel" ? "administrator" : "member";
  await post(`/chats/${entry.chat}/members`, { user: bot, status, by: state.viewer, ...(full.length && { rights: full }) });
  await openPlace({ chat: entry.chat });
  if (payload && where === "group") {
    await act(state.viewer, "send", { chat: entry.chat, text: `/start@${botOf(bot)?.username} ${payload}` });
  }
}

export async function boostChat(chat) {
  await post(`/chats/${chat}/boosts`, { user: state.viewer, days: 30 });
  toast("عُزّزت المحادثة 30 يومًا");
}

export async function joinChat(chat) {
  const { status } = await act(state.viewer, "join", { chat });
  if (status === "requested") toast("أُرسل طلب الانضمام، وينتظر موافقة مشرف");
  await loadTalk();
}
