// Where one writes: text, files, commands, reply keyboards, and what stands there when one may not write.

import { act, get, query, upload } from "./api.js";
import { joinChat, sendText } from "./actions.js";
import { attempt, choose, toast } from "./dialogs.js";
import { avatar, byId, el, fill, latin, named } from "./dom.js";
import { inlineQueryOf, leaveInline, showInline } from "./inline.js";
import { parseMarkup } from "./markup.js";
import { target } from "./place.js";
import { summary } from "./phrases.js";
import { botOf, emit, entryOf, loadChats, loadTalk, on, state } from "./store.js";

/** The message whose reply keyboard the visitor has put away; a new keyboard shows itself. */
let putAway = null;

export function setUpComposer() {
  on("talk", () => {
    putAway = null;
    byId("text").value = "";
    byId("text").style.height = "";
    suggest();
  });
  on("talk frame chats messages", render);
  on("compose", () => {
    renderContext();
    const { editing } = state.talk;
    if (editing) byId("text").value = editing.text;
    fit();
    byId("text").focus();
  });
  on("draft", (text) => {
    byId("text").value = text;
    fit();
    byId("text").focus();
    suggest();
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(submit);
  });
  byId("text").addEventListener("input", () => {
    fit();
    suggest();
  });
  byId("text").addEventListener("keydown", onKey);
  byId("attach").addEventListener("change", () => attempt(attach));
  byId("commands").addEventListener("click", pickCommand);
  byId("keyboard-toggle").addEventListener("click", () => {
    const shown = state.talk?.keyboard?.message ?? null;
    putAway = putAway === shown ? null : shown;
    renderKeyboard();
  });
}

function onKey(event) {
  if (event.key === "Escape" && state.talk) return leaveContext();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return undefined;
  event.preventDefault();
  return byId("composer").requestSubmit();
}

function fit() {
  const box = byId("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
}

/** What stands at the bottom: the composer, one big button, or a sentence. */
function modeOf(talk) {
  if (!talk.loaded || talk.missing) return {};
  if (talk.place.bot) {
    const entry = entryOf(talk.place);
    if (entry?.blocked) return { action: ["إلغاء حظر البوت", "unblock", () => setBlocked(talk.place.bot, false)] };
    if (!entry && !talk.messages.size) return { action: ["ابدأ", "start", () => startBot(talk.place.bot)] };
    return { writing: true };
  }
  const { my_status, can_post, kind } = talk.chat;
  const outside = ["left", "kicked", "restricted_outside", null].includes(my_status);
  if (can_post || (talk.place.thread && my_status !== "kicked" && my_status !== "restricted")) return { writing: true };
  if (my_status === "kicked") return { words: "هذا الشخص محظور هنا" };
  if (outside) return { action: [kind === "channel" ? "اشتراك" : "انضمام", "join", () => joinChat(talk.place.chat)] };
  return { words: kind === "channel" ? "النشر للمشرفين فقط" : "لا يمكن لهذا الشخص أن يكتب هنا" };
}

function render() {
  const { talk } = state;
  if (!talk) return;
  const { action, writing, words } = modeOf(talk);
  byId("composer").hidden = !writing;
  const big = byId("big-action");
  big.hidden = !action;
  if (action) {
    const [label, name, work] = action;
    big.textContent = label;
    big.dataset.action = name;
    big.onclick = () => attempt(work);
  }
  byId("no-writing").hidden = !words;
  byId("no-writing").textContent = words ?? "";
  byId("commands").hidden = !commandsOf(talk).length;
  renderContext();
  renderKeyboard();
}

async function startBot(bot) {
  await act(state.viewer, "start", { bot });
  await loadChats();
}

export async function setBlocked(bot, blocked) {
  await act(state.viewer, blocked ? "block" : "unblock", { bot });
  await loadChats();
}

/** The message that is answered: the visitor's choice, else the one with which the bot asks for a reply. */
const asked = (talk) => talk.replyTo?.id ?? talk.forceReply?.message ?? null;

function renderContext() {
  const { talk } = state;
  const about = talk.editing ?? talk.messages.get(asked(talk));
  const bar = byId("context");
  bar.hidden = !about;
  byId("text").placeholder = talk.keyboard?.placeholder ?? talk.forceReply?.placeholder ?? "اكتب رسالة";
  if (!about) return;
  fill(bar, el("span", {}, talk.editing ? "تعديل: " : "رد على: "), el("bdi", { class: "quote-text" }, summary(about)),
    el("button", { class: "icon", "aria-label": "إلغاء", onclick: leaveContext }, "✕"));
}

function leaveContext() {
  const { talk } = state;
  if (talk.editing) byId("text").value = "";
  Object.assign(talk, { editing: null, replyTo: null, forceReply: null });
  fill(byId("suggestions"));
  byId("suggestions").hidden = true;
  renderContext();
  fit();
}

async function submit() {
  const { talk, viewer } = state;
  const typed = byId("text").value.trim();
  if (!talk || !typed) return;
  if (inlineQueryOf(typed)) {
    toast("اختر نتيجة من القائمة");
    return;
  }
  if (talk.editing) {
    await act(viewer, "edit", { ...target(talk.place), message: talk.editing.id, ...parseMarkup(typed) });
  } else {
    await sendText(talk.place, typed, asked(talk));
  }
  byId("text").value = "";
  leaveContext();
}

async function attach() {
  const { talk, viewer } = state;
  const [file] = byId("attach").files;
  if (!talk || !file) return;
  const media = await upload(file);
  byId("attach").value = "";
  const { text, entities } = parseMarkup(byId("text").value.trim());
  const reply_to = asked(talk) ?? talk.place.thread ?? null;
  await act(viewer, "send", { ...target(talk.place), media, text, entities, ...(reply_to && { reply_to }) });
  byId("text").value = "";
  leaveContext();
}

// Commands

const commandsOf = (talk) => (talk.place.bot && botOf(talk.place.bot)?.commands) || [];

const commandItem = ({ command, description }) => ({ label: latin(`/${command}`), detail: description, value: `/${command}` });

async function pickCommand() {
  const { talk } = state;
  const picked = await choose("أوامر البوت", commandsOf(talk).map(commandItem));
  if (picked) await attempt(() => sendText(talk.place, picked));
}

function suggest() {
  const { talk } = state;
  const typed = byId("text").value;
  const box = byId("suggestions");
  const inline = inlineQueryOf(typed);
  if (talk && inline) return showInline(talk, inline, box, () => {
    byId("text").value = "";
    fit();
    suggest();
  });
  leaveInline();
  const matching = talk && /^\/\w*$/.test(typed) ? commandsOf(talk).filter(({ command }) => `/${command}`.startsWith(typed)) : [];
  box.hidden = !matching.length;
  return fill(box, matching.map(({ command, description }) => el("button", {
    class: "suggestion", "data-command": command,
    onclick: () => {
      byId("text").value = "";
      suggest();
      attempt(() => sendText(talk.place, `/${command}`));
    },
  }, latin(`/${command}`), el("small", { dir: "auto" }, description))));
}

// Reply keyboards

function renderKeyboard() {
  const { talk } = state;
  const keyboard = byId("composer").hidden ? null : talk.keyboard;
  byId("keyboard-toggle").hidden = !keyboard;
  const hidden = keyboard && keyboard.message === putAway;
  byId("keyboard-toggle").setAttribute("aria-expanded", String(!hidden));
  const box = byId("reply-keyboard");
  box.hidden = !keyboard || hidden;
  fill(box, (keyboard?.rows ?? []).map((row, r) => el("div", { class: "keyboard-row" }, row.map((button, c) =>
    el("button", { class: "key", "data-reply-button": `${r}:${c}`, "data-kind": button.kind, "data-focus": `reply:${r}:${c}`,
      onclick: () => attempt(() => pressReply(talk, button)) },
    el("span", { class: "key-text", dir: "auto" }, button.text),
    button.kind === "request_chat" ? el("span", { class: "key-sign", "aria-hidden": "true" }, "⋯") : null)))));
}

async function pressReply(talk, button) {
  const { keyboard } = talk;
  if (button.kind === "request_chat") {
    if (!await shareChat(talk, button)) return undefined;
  } else if (button.kind === "text") await sendText(talk.place, button.text);
  else return toast("هذا النوع من الأزرار غير متاح في الساحة", "error");
  if (keyboard?.one_time) putAway = keyboard.message;
  return emit("frame");
}

/** Telegram's own picker: only chats that fit the button are offered; the bot is added as the button asks. Answers
 * whether one was chosen. */
async function shareChat(talk, { request_id, chat_is_channel }) {
  const { chats } = await get(`/people/${state.viewer}/pickable${query({ bot: talk.place.bot, request_id })}`);
  const items = chats.map((chat) => ({
    label: named(chat.title), detail: chat.username ? latin(`@${chat.username}`) : "خاصة",
    icon: avatar(chat.id, chat.title, true), value: chat.id,
  }));
  const chat = await choose(chat_is_channel ? "اختر قناة" : "اختر مجموعة", items,
    "لا توجد محادثة مناسبة. أنشئ قناة أو مجموعة من زر + في القائمة.");
  if (!chat) return false;
  await act(state.viewer, "share_chat", { bot: talk.place.bot, request_id, chat });
  await loadTalk();
  return true;
}
