// Says in words what a message is: service messages, and one line for lists and quotes.

import { entryOf } from "./store.js";

const MEDIA_WORDS = {
  photo: "🖼 صورة", video: "🎬 مقطع", animation: "GIF", document: "📄 ملف", voice: "🎤 رسالة صوتية",
  audio: "🎵 مقطع صوتي", sticker: "ملصق",
};

export const mediaWord = (kind) => MEDIA_WORDS[kind] ?? "وسائط";

export function summary(message) {
  const words = message.text.replace(/\s+/g, " ").slice(0, 120);
  if (!message.media) return words || "رسالة";
  return words ? `${mediaWord(message.media.kind)}، ${words}` : mediaWord(message.media.kind);
}

const ISOLATE = "\u2068";
const POP = "\u2069";
const isolated = (name) => `${ISOLATE}${name ?? "—"}${POP}`;
const userName = (user) => isolated([user?.first_name, user?.last_name].filter(Boolean).join(" ") || user?.username);

const SERVICE = {
  new_chat_members: (data, who) => {
    const added = [data].flat().map(userName).join("، ");
    return added === who ? `انضم ${who}` : `أضاف ${who} ${added}`;
  },
  left_chat_member: (data, who) => (userName(data) === who ? `غادر ${who}` : `أزال ${who} ${userName(data)}`),
  pinned_message: (_, who) => `ثبّت ${who} رسالة`,
  chat_shared: (data) => `اخترت محادثة: ${isolated(data?.title ?? entryOf({ chat: data?.chat_id })?.title ?? data?.chat_id)}`,
  users_shared: () => "اخترت أشخاصًا",
  migrate_to_chat_id: () => "صارت المجموعة مجموعة خارقة",
  migrate_from_chat_id: () => "صارت المجموعة مجموعة خارقة",
  boost_added: (_, who) => `عزّز ${who} المحادثة`,
  group_chat_created: () => "أُنشئت المجموعة",
  supergroup_chat_created: () => "أُنشئت المجموعة",
  channel_chat_created: () => "أُنشئت القناة",
  new_chat_title: (data) => `صار الاسم: ${isolated(data)}`,
  new_chat_photo: () => "تغيّرت الصورة",
  delete_chat_photo: () => "أُزيلت الصورة",
  successful_payment: (data) => `تم الدفع: ${data?.total_amount ?? ""} ⭐️`,
  refunded_payment: (data) => `أُعيد المبلغ: ${data?.total_amount ?? ""} ⭐️`,
};

export function serviceText(message) {
  const { kind, data } = message.service;
  return SERVICE[kind]?.(data, isolated(message.from.name)) ?? `حدث: ${isolated(kind)}`;
}
