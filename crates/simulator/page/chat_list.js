// The list of conversations: the person's own, then the bots and public chats that they could open.

import { avatar, byId, el, fill, latin, named } from "./dom.js";
import { makeChat } from "./making.js";
import { openPlace } from "./navigation.js";
import { keyOf, placeOf } from "./place.js";
import { serviceText, summary } from "./phrases.js";
import { isMine, on, state } from "./store.js";
import { shortTime } from "./times.js";

const KIND_SIGNS = { private: "🤖", channel: "📢", supergroup: "👥", group: "👥" };
const KIND_WORDS = { private: "بوت", channel: "قناة", supergroup: "مجموعة", group: "مجموعة صغيرة" };

export function setUpChatList() {
  on("chats people", render);
  byId("search").addEventListener("input", render);
  byId("make").addEventListener("click", makeChat);
}

function render() {
  byId("make").disabled = !state.viewer;
  byId("search").disabled = !state.viewer;
  if (!state.viewer) return fill(byId("chats"));
  const wanted = byId("search").value.trim().toLowerCase().replace(/^@/, "");
  const fits = (entry) => [entry.title, entry.username].some((text) => text?.toLowerCase().includes(wanted));
  const found = state.findable.filter(fits);
  const own = state.chats.filter(fits);
  fill(byId("chats"), own.map(chatRow),
    found.length ? el("li", { class: "divider" }, "يمكنك فتحها") : null, found.map(chatRow),
    !own.length && !found.length ? el("li", { class: "quiet pad" }, wanted ? "لا نتائج" : "لا محادثات بعد") : null);
  return undefined;
}

function chatRow(entry) {
  const place = placeOf(entry);
  const key = keyOf(place);
  const unread = state.unread.get(key);
  return el("li", {}, el("button", {
    class: "chat-row", "data-chat": key, "data-focus": key, "aria-current": state.talk?.key === key ? "true" : null,
    onclick: () => openPlace(place),
  },
  avatar(entry.bot ?? entry.chat, entry.title),
  el("span", { class: "chat-row-top" },
    el("span", { class: "kind", title: KIND_WORDS[entry.kind] }, KIND_SIGNS[entry.kind] ?? ""), named(entry.title),
    entry.last ? el("time", {}, shortTime(entry.last.date)) : null),
  el("span", { class: "chat-row-bottom" }, el("span", { class: "last" }, lastLine(entry)),
    entry.blocked ? el("span", { class: "tag" }, "محظور") : null,
    unread ? el("span", { class: "unread", "aria-label": `${unread} غير مقروءة` }, unread) : null)));
}

function lastLine(entry) {
  const { last } = entry;
  if (!last) return entry.username ? latin(`@${entry.username}`) : KIND_WORDS[entry.kind];
  if (last.service) return el("bdi", {}, serviceText(last));
  const group = entry.kind === "group" || entry.kind === "supergroup";
  const who = isMine(last) ? "أنت" : group ? last.from.name : null;
  return [who ? [named(who), ": "] : [], el("bdi", {}, summary(last))].flat();
}
