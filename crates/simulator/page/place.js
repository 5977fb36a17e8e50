// Says where a conversation is: `{bot: 1001}`, `{chat: -100…}` or `{chat: -100…, thread: 10}`.

import { query } from "./api.js";

/** The same text for the same conversation; the value of `data-chat`. */
export const keyOf = (place) => (place.bot ? `bot:${place.bot}` : String(place.chat));

export const placeOf = (entry) => (entry.bot ? { bot: entry.bot } : { chat: entry.chat ?? entry.id });

/** The part of a request that names the conversation. */
export const target = (place) => (place.bot ? { bot: place.bot } : { chat: place.chat });

export function messagesPath(place, viewer, fields = {}) {
  const chat = place.bot ? viewer : place.chat;
  return `/chats/${chat}/messages${query({ bot: place.bot, viewer, ...fields })}`;
}

/** The person and the conversation that the address of the page names. */
export function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const number = (name) => Number(fields.get(name)) || null;
  const [bot, chat, thread] = [number("bot"), number("chat"), number("thread")];
  const place = bot ? { bot } : chat ? { chat, ...(thread && { thread }) } : null;
  return { person: number("person"), place };
}

export function writeAddress(person, place, replace = false) {
  const fields = new URLSearchParams();
  if (person) fields.set("person", person);
  for (const [name, value] of Object.entries(place ?? {})) fields.set(name, value);
  const hash = `#${fields}`;
  if (hash === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", hash);
}
