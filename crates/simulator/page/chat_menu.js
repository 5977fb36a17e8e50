// What one can do with a conversation: its members and rights, joining, leaving, blocking, deleting.

import { act, get, patch, post, remove } from "./api.js";
import { boostChat, copyText, joinChat, openLink } from "./actions.js";
import { setBlocked } from "./composer.js";
import { attempt, choose, confirmed, form, openWindow } from "./dialogs.js";
import { avatar, el, fill, named } from "./dom.js";
import { addBotTo, invitePerson, promote } from "./making.js";
import { closePlace, openPlace } from "./navigation.js";
import { entryOf, loadChats, loadTalk, state } from "./store.js";

export async function openChatMenu(talk) {
  const items = talk.place.bot ? botItems(talk) : chatItems(talk.chat);
  const work = await choose("خيارات المحادثة", items.filter(Boolean));
  if (!work) return;
  await attempt(work);
  await attempt(() => Promise.all([loadChats(), loadTalk()]));
}

const item = (mark, label, value, danger = false) => ({ mark, label, value, danger });

function botItems({ place: { bot } }) {
  const blocked = entryOf({ bot })?.blocked;
  return [
    item("start", "إرسال ‎/start", () => act(state.viewer, "start", { bot })),
    item("start-payload", "البدء برابط (payload)…", () => startWith(bot)),
    item("open-link", "فتح رابط t.me…", askLink),
    blocked ? item("unblock", "إلغاء حظر البوت", () => setBlocked(bot, false))
      : item("block", "حظر البوت", () => setBlocked(bot, true), true),
  ];
}

const startWith = (bot) => form("البدء برابط", [{ name: "payload", label: "payload", ltr: true, required: true }], "ابدأ",
  ({ payload }) => act(state.viewer, "start", { bot, payload }));

async function askLink() {
  const asked = await form("فتح رابط", [{ name: "url", label: "الرابط", ltr: true, required: true, hint: "https://t.me/…" }], "فتح",
    (values) => values);
  if (asked) await openLink(asked.url);
}

function chatItems(chat) {
  if (!chat) return [];
  const member = ["creator", "administrator", "member", "restricted"].includes(chat.my_status);
  const manages = ["creator", "administrator"].includes(chat.my_status);
  const owner = chat.my_status === "creator";
  return [
    item("members", "الأعضاء والصلاحيات", () => showMembers(chat)),
    manages ? item("add-bot", "تعيين البوت مشرفًا", () => addBotTo(chat)) : null,
    item("invite", "ضمّ شخص آخر", () => invitePerson(chat)),
    chat.invite_link && manages ? item("invite-link", "نسخ رابط الدعوة", () => copyText(chat.invite_link)) : null,
    chat.linked_chat ? item("linked", chat.kind === "channel" ? "فتح مجموعة النقاش" : "فتح القناة المرتبطة",
      () => openPlace({ chat: chat.linked_chat })) : null,
    owner && chat.kind === "channel" ? item("link", "ربط مجموعة نقاش…", () => linkGroup(chat)) : null,
    owner && chat.kind === "group" ? item("migrate", "ترقية إلى مجموعة خارقة", () => migrate(chat)) : null,
    manages ? item("rename", "تعديل البيانات…", () => changeChat(chat)) : null,
    member ? item("boost", "تعزيز (boost)", () => boostChat(chat.id)) : null,
    item("open-link", "فتح رابط t.me…", askLink),
    member && !owner ? item("leave", "مغادرة", () => act(state.viewer, "leave", { chat: chat.id }), true) : null,
    member ? null : item("join", "انضمام", () => joinChat(chat.id)),
    owner ? item("delete", "حذف المحادثة", () => deleteChat(chat), true) : null,
  ];
}

async function migrate(chat) {
  const { id } = await post(`/chats/${chat.id}/migrate`);
  await openPlace({ chat: id });
}

async function deleteChat(chat) {
  if (!await confirmed("أتريد حذف هذه المحادثة للجميع؟", "حذف")) return;
  await remove(`/chats/${chat.id}`);
  await closePlace();
}

async function linkGroup(chat) {
  const groups = state.chats.filter((entry) => entry.kind === "supergroup" && entry.my_status === "creator");
  const items = groups.map((entry) => ({ label: named(entry.title), value: entry.chat }));
  if (chat.linked_chat) items.push({ label: "فك الربط", value: "none", danger: true });
  const group = await choose("مجموعة النقاش", items, "أنشئ مجموعة أولًا");
  if (group) await post(`/chats/${chat.id}/link`, { group: group === "none" ? null : group });
}

const changeChat = (chat) => form("بيانات المحادثة", [
  { name: "title", label: "الاسم", value: chat.title, required: true },
  chat.kind === "group" ? null : { name: "username", label: "اسم المستخدم (فارغ: خاصة)", value: chat.username, ltr: true },
  chat.kind === "group" ? null
    : { name: "join_by_request", label: "الانضمام بموافقة مشرف", type: "checkbox", value: chat.join_by_request },
].filter(Boolean), "حفظ", (values) => patch(`/chats/${chat.id}`, values));

// Members

const STATUS_WORDS = {
  creator: "المالك", administrator: "مشرف", member: "عضو", restricted: "عضو لا يكتب", restricted_outside: "مقيّد خارجها",
  left: "خارجها", kicked: "محظور",
};

function showMembers(chat) {
  const list = el("ul", { class: "members" });
  const refresh = async () => {
    const { members, requests } = await get(`/chats/${chat.id}/members`);
    fill(list, requests.map((request) => requestRow(chat, request, refresh)), members.map((member) => memberRow(chat, member, refresh)));
  };
  attempt(refresh);
  return openWindow("الأعضاء", list, { name: "members" }).closed;
}

const nameOf = (id) => state.people.find((one) => one.id === id)?.first_name ?? String(id);

function requestRow(chat, { user }, refresh) {
  const decide = (approve) => attempt(async () => {
    await post(`/chats/${chat.id}/requests`, { user, approve, by: state.viewer });
    await refresh();
  });
  return el("li", { class: "member" }, avatar(user, nameOf(user), true),
    el("span", { class: "choice-text" }, named(nameOf(user)), el("small", {}, "يطلب الانضمام")),
    el("button", { class: "primary", onclick: () => decide(true) }, "قبول"),
    el("button", { class: "plain", onclick: () => decide(false) }, "رفض"));
}

function memberRow(chat, member, refresh) {
  const change = async () => {
    await attempt(() => changeMember(chat, member));
    await attempt(refresh);
  };
  const rights = member.status === "administrator" ? (member.rights ?? []).length : null;
  return el("li", { class: "member", "data-member": member.user }, avatar(member.user, member.name, true),
    el("span", { class: "choice-text" }, named(member.name),
      el("small", {}, `${member.is_bot ? "بوت، " : ""}${STATUS_WORDS[member.status] ?? member.status}${rights === null ? "" : `، ${rights} صلاحيات`}`)),
    member.status === "creator" ? null : el("button", { class: "plain", onclick: change }, "تغيير"));
}

async function changeMember(chat, member) {
  const statuses = ["administrator", "member", "restricted", "kicked", "left"].filter((status) => status !== "restricted" || chat.kind !== "channel");
  const items = statuses.map((status) => ({ label: STATUS_WORDS[status], value: status, danger: status === "kicked" || status === "left" }));
  const status = await choose("الحالة الجديدة", items);
  if (!status) return undefined;
  const by = state.viewer;
  if (status === "administrator") return promote(chat, member.user, by);
  return post(`/chats/${chat.id}/members`, { user: member.user, status, by });
}
