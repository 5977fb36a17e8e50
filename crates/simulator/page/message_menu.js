// What one can do with a message: reply, forward, copy, edit, delete.

import { act, query, remove } from "./api.js";
import { copyText, forwardMessage } from "./actions.js";
import { attempt, choose } from "./dialogs.js";
import { target } from "./place.js";
import { emit, isMine, state } from "./store.js";

export async function messageMenu(talk, message) {
  const mine = isMine(message);
  const manages = ["creator", "administrator"].includes(talk.chat?.my_status);
  const items = [
    { label: "رد", value: "reply" },
    { label: "إعادة توجيه", value: "forward" },
    message.text ? { label: "نسخ النص", value: "copy" } : null,
    mine ? { label: "تعديل", value: "edit" } : null,
    mine || manages ? { label: "حذف", value: "delete", danger: true } : null,
  ].filter(Boolean);
  const chosen = await choose("الرسالة", items);
  if (chosen === "reply") Object.assign(talk, { replyTo: message, editing: null });
  if (chosen === "edit") Object.assign(talk, { editing: message, replyTo: null });
  if (chosen === "reply" || chosen === "edit") emit("compose");
  if (chosen === "forward") await attempt(() => forwardMessage(talk, message));
  if (chosen === "copy") copyText(message.text);
  if (chosen === "delete") await attempt(() => deleteMessage(talk, message, mine));
}

function deleteMessage(talk, message, mine) {
  if (mine) return act(state.viewer, "delete", { ...target(talk.place), message: message.id });
  return remove(`/chats/${talk.place.chat}/messages/${message.id}${query({ by: state.viewer })}`);
}
