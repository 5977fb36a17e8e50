// Makes channels and groups in the chosen person's name.

import { act, post } from "./api.js";
import { attempt, choose, form } from "./dialogs.js";
import { el } from "./dom.js";
import { openPlace } from "./navigation.js";
import { loadChats, state } from "./store.js";

export const CHANNEL_RIGHTS = [
  ["can_post_messages", "نشر الرسائل"], ["can_edit_messages", "تعديل رسائل غيره"], ["can_delete_messages", "حذف الرسائل"],
  ["can_invite_users", "دعوة أعضاء"], ["can_promote_members", "تعيين مشرفين"], ["can_change_info", "تغيير المعلومات"],
];

export const GROUP_RIGHTS = [
  ["can_pin_messages", "تثبيت الرسائل"], ["can_delete_messages", "حذف الرسائل"], ["can_restrict_members", "تقييد الأعضاء"],
  ["can_invite_users", "دعوة أعضاء"], ["can_promote_members", "تعيين مشرفين"], ["can_change_info", "تغيير المعلومات"],
];

export async function makeChat() {
  const kind = await choose("إنشاء", [
    { label: "قناة", detail: "ينشر فيها المشرفون فقط", icon: sign("📢"), value: "channel" },
    { label: "مجموعة", detail: "يكتب فيها الجميع", icon: sign("👥"), value: "supergroup" },
    { label: "مجموعة صغيرة", detail: "من النوع القديم، قبل الترقية", icon: sign("👥"), value: "group" },
  ]);
  if (!kind) return;
  const channel = kind === "channel";
  const made = await form(channel ? "قناة جديدة" : "مجموعة جديدة", [
    { name: "title", label: "الاسم", required: true },
    kind === "group" ? null : { name: "username", label: "اسم المستخدم (اتركه فارغًا لتكون خاصة)", ltr: true, hint: "sara_channel" },
    kind === "group" ? null : { name: "join_by_request", label: "الانضمام بموافقة مشرف", type: "checkbox" },
    channel ? { name: "with_group", label: "مع مجموعة نقاش للتعليقات", type: "checkbox", value: true } : null,
  ].filter(Boolean), "إنشاء", (values) => createChat(kind, values));
  if (!made) return;
  await attempt(loadChats);
  await openPlace({ chat: made.id });
}

async function createChat(kind, { with_group, ...fields }) {
  const made = await post("/chats", { kind, owner: state.viewer, ...fields });
  if (with_group) {
    const group = await post("/chats", { kind: "supergroup", title: `نقاش ${fields.title}`.slice(0, 128), owner: state.viewer });
    await post(`/chats/${made.id}/link`, { group: group.id });
  }
  return made;
}

const sign = (emoji) => el("span", { class: "avatar plain small", "aria-hidden": "true" }, emoji);

/** Asks which rights an administrator gets, and makes them one. */
export function promote(chat, user, by) {
  const rights = chat.kind === "channel" ? CHANNEL_RIGHTS : GROUP_RIGHTS;
  const fields = rights.map(([name, label]) => ({ name, label, type: "checkbox", value: name !== "can_promote_members" }));
  return form("صلاحيات المشرف", fields, "تعيين مشرفًا", (values) => {
    const chosen = rights.map(([name]) => name).filter((name) => values[name]);
    return post(`/chats/${chat.id}/members`, { user, status: "administrator", rights: chosen, by });
  });
}

/** A bot comes into a channel as administrator, into a group as the visitor likes. */
export async function addBotTo(chat) {
  const bots = state.bots.map((bot) => ({ label: bot.name, detail: `@${bot.username}`, value: bot.id }));
  const bot = bots.length === 1 ? bots[0].value : await choose("أي بوت؟", bots, "لا بوت متصل بالمحاكي");
  return bot && promote(chat, bot, state.viewer);
}

export async function invitePerson(chat) {
  const others = state.people.map((one) => ({ label: one.first_name, detail: one.username && `@${one.username}`, value: one.id }));
  const user = await choose("من ينضم؟", others);
  return user && act(user, "join", chat.username ? { chat: chat.id } : { link: chat.invite_link });
}
