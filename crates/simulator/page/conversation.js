// The open conversation: its header, its messages and where they are scrolled to.

import { copyText, openLink, pressButton, sendText } from "./actions.js";
import { openChatMenu } from "./chat_menu.js";
import { messageMenu } from "./message_menu.js";
import { attempt, toast } from "./dialogs.js";
import { avatar, byId, el, fill, latin, named } from "./dom.js";
import { messageNode } from "./message.js";
import { closePlace, openPlace } from "./navigation.js";
import { summary } from "./phrases.js";
import { botOf, entryOf, isMine, on, shownMessages, state } from "./store.js";
import { dayOf } from "./times.js";

/** Nodes by message id, with what they were drawn from, so that only what changed is drawn anew. */
let drawn = new Map();
let openedKey = null;

export function setUpConversation() {
  on("talk", renderAll);
  on("frame people", renderFrame);
  on("messages", renderMessages);
  byId("back").addEventListener("click", closePlace);
  byId("chat-menu").addEventListener("click", () => state.talk && openChatMenu(state.talk));
  byId("pinned").addEventListener("click", () => jump(Number(byId("pinned").dataset.target)));
  on("jump", jump);
  addEventListener("resize", () => followEnd());
}

function renderAll() {
  drawn = new Map();
  openedKey = null;
  byId("messages").replaceChildren();
  byId("nothing-open").hidden = Boolean(state.talk);
  byId("open-chat").hidden = !state.talk;
  byId("nothing-open").firstElementChild.textContent =
    state.viewer ? "اختر محادثة من القائمة." : "اختر شخصًا ثم اضغط «ابدأ» في محادثة البوت.";
  renderFrame();
  renderMessages();
}

const KIND_WORDS = { channel: "قناة", supergroup: "مجموعة", group: "مجموعة صغيرة" };

function titleOf(talk) {
  const { place, chat } = talk;
  if (place.bot) return botOf(place.bot)?.name ?? "بوت";
  return chat?.title ?? entryOf(place)?.title ?? "محادثة";
}

function renderFrame() {
  const { talk } = state;
  if (!talk) return;
  byId("open-chat").dataset.chat = talk.key;
  const title = titleOf(talk);
  fill(byId("chat-title"),
    avatar(talk.place.bot ?? talk.place.chat, title, true),
    el("div", { class: "titles" }, el("h2", {}, talk.place.thread ? [el("span", {}, "التعليقات: "), named(title)] : named(title)),
      el("p", { class: "subtitle" }, subtitle(talk))));
  renderPinned(talk);
}

function subtitle(talk) {
  if (talk.typing) return el("span", { class: "typing", "data-typing": true }, "يكتب…");
  if (talk.missing) return "غير متاحة لهذا الشخص";
  if (talk.place.bot) return ["بوت، ", latin(`@${botOf(talk.place.bot)?.username ?? ""}`)];
  if (!talk.chat) return "";
  const { kind, members, username, join_by_request } = talk.chat;
  return [`${KIND_WORDS[kind] ?? kind}، الأعضاء: ${members}`, username ? ["، ", latin(`@${username}`)] : "، خاصة",
    join_by_request ? "، الانضمام بطلب" : ""].flat();
}

function renderPinned(talk) {
  const pinned = [...talk.messages.values()].filter((message) => message.pinned && !message.service).at(-1);
  const bar = byId("pinned");
  bar.hidden = !pinned || Boolean(talk.place.thread);
  if (!pinned) return;
  bar.dataset.target = pinned.id;
  fill(bar, el("span", { "aria-hidden": "true" }, "📌"), el("bdi", { class: "quote-text" }, summary(pinned)));
}

function renderMessages() {
  const { talk } = state;
  if (!talk?.loaded) return;
  const messages = shownMessages(talk);
  const atEnd = isAtEnd();
  const focused = document.activeElement?.dataset?.focus;
  const stamp = (message) => `${message.seq}/${message.edit_date}/${message.mine}/${message.pinned}/${message.comments?.count}/${message.buttons
    .flat().filter((button) => talk.pending.has(`${message.id}/${button.row}:${button.col}`)).length}`;
  const next = new Map();
  const nodes = [];
  let day = null;
  for (const message of messages) {
    if (dayOf(message.date) !== day) {
      day = dayOf(message.date);
      nodes.push(dayNode(day));
    }
    const known = drawn.get(message.id);
    const mark = stamp(message);
    const entry = known?.mark === mark ? known : { mark, node: messageNode(message, sceneOf(talk)) };
    next.set(message.id, entry);
    nodes.push(entry.node);
  }
  if (!nodes.length && !talk.missing) nodes.push(el("li", { class: "service" }, el("span", {}, emptyWords(talk))));
  if (talk.missing) nodes.push(el("li", { class: "service" }, el("span", {}, "لا يمكن لهذا الشخص أن يرى هذه المحادثة.")));
  drawn = next;
  arrange(byId("messages"), nodes);
  if (focused) byId("messages").querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  renderPinned(talk);
  const last = messages.at(-1);
  if (openedKey !== talk.key || atEnd || (last && isMine(last) && !last.edit_date && last.id > lastSeen)) followEnd(true);
  lastSeen = last?.id ?? 0;
  openedKey = talk.key;
}

let lastSeen = 0;

const emptyWords = (talk) => (talk.place.bot ? "لم تبدأ المحادثة بعد. اضغط «ابدأ»." : "لا رسائل بعد");
const dayNode = (day) => el("li", { class: "service day" }, el("span", {}, day));

/** Puts the nodes in order, touching only what is not where it should be, so that focus and media stay. */
function arrange(list, nodes) {
  const keep = new Set(nodes);
  for (const node of [...list.children]) if (!keep.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

const NEAR_END_PX = 80;

function isAtEnd() {
  const box = byId("scroll");
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
}

function followEnd(now = isAtEnd()) {
  if (!now) return;
  const box = byId("scroll");
  box.scrollTop = box.scrollHeight;
  for (const image of box.querySelectorAll("img")) {
    if (!image.complete) image.addEventListener("load", () => { box.scrollTop = box.scrollHeight; }, { once: true });
  }
}

function jump(id) {
  const node = drawn.get(id)?.node;
  if (!node) return toast("الرسالة غير موجودة هنا");
  node.scrollIntoView({ block: "center" });
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), 1500);
  return undefined;
}

function sceneOf(talk) {
  return {
    talk,
    anchored: talk.chat?.kind === "channel",
    press: (message, button) => pressButton(talk, message, button),
    open: openLink,
    copy: copyText,
    command: (text) => attempt(() => sendText(talk.place, text)),
    menu: (message) => messageMenu(talk, message),
    jump,
    comments: (message) => openPlace({ chat: message.comments.chat, thread: message.comments.message }),
    openFrom: async (origin) => {
      await openPlace({ chat: origin.id });
      if (origin.message) jump(origin.message);
    },
  };
}
