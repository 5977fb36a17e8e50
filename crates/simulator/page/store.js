// What the page knows: people, bots, the chosen person's chats and the open conversation.

import { get, query } from "./api.js";
import { keyOf, messagesPath, placeOf } from "./place.js";

export const state = {
  people: [],
  bots: [],
  /** The id of the person whom the visitor plays. */
  viewer: null,
  /** The chosen person's chats, latest first, and what else they may find: bots and public chats. */
  chats: [],
  findable: [],
  unread: new Map(),
  talk: null,
  clock: null,
};

const listeners = new Map();

/** Topics: `people`, `chats`, `talk` (all of it), `messages`, `frame` (what stands around them), `clock`;
 * `compose`, `draft` and `jump` ask the conversation for something; `viewer-gone` and `trouble` tell of trouble. */
export function on(topics, listener) {
  for (const topic of topics.split(" ")) listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export const person = (id = state.viewer) => state.people.find((one) => one.id === id);
export const botOf = (id) => state.bots.find((bot) => bot.id === id);
export const botNamed = (username) =>
  state.bots.find((bot) => bot.username.toLowerCase() === username.replace(/^@/, "").toLowerCase());
export const entryOf = (place) => state.chats.find((entry) => keyOf(placeOf(entry)) === keyOf(place));

export async function loadPeople() {
  const [people, bots] = await Promise.all([get("/people"), get("/bots")]);
  state.people = people.people;
  state.bots = bots.bots;
  emit("people");
}

export async function loadChats() {
  const { viewer } = state;
  if (!viewer) {
    Object.assign(state, { chats: [], findable: [] });
  } else {
    const [mine, seen] = await Promise.all([get(`/people/${viewer}/chats`), get(`/chats${query({ viewer })}`)]);
    if (state.viewer !== viewer) return;
    state.chats = mine.chats;
    const known = new Set(mine.chats.map((entry) => keyOf(placeOf(entry))));
    const bots = state.bots.map((bot) => ({ bot: bot.id, kind: "private", title: bot.name, username: bot.username }));
    const chats = seen.chats.filter((chat) => !chat.migrated_to).map((chat) => ({ ...chat, chat: chat.id, bot: null }));
    state.findable = [...bots, ...chats].filter((entry) => !known.has(keyOf(placeOf(entry))));
  }
  emit("chats");
}

/** Makes a conversation the open one (null: none) and reads it. */
export async function openTalk(place) {
  state.talk = place && {
    place, key: keyOf(place), chat: null, messages: new Map(), gone: new Set(), loaded: false,
    keyboard: null, forceReply: null, pending: new Set(), typing: null, replyTo: null, editing: null, missing: false,
  };
  if (place) state.unread.delete(keyOf(place));
  emit("talk");
  emit("chats");
  if (place) await loadTalk();
}

/** Reads the open conversation; what the stream brought meanwhile stays where it is newer. */
export async function loadTalk() {
  const { talk, viewer } = state;
  if (!talk || !viewer) return;
  try {
    const [chat, read] = await Promise.all([
      talk.place.bot ? null : get(`/chats/${talk.place.chat}${query({ viewer })}`),
      readMessages(talk.place, viewer),
    ]);
    if (state.talk !== talk || state.viewer !== viewer) return;
    talk.chat = chat;
    talk.missing = false;
    takeMessages(talk, read);
  } catch (failure) {
    if (state.talk !== talk || failure.status === 0) throw failure;
    talk.missing = true;
    talk.messages.clear();
  }
  talk.loaded = true;
  emit("frame");
  emit("messages");
}

/** A person who never opened the bot has no conversation with it yet. */
async function readMessages(place, viewer) {
  try {
    return await get(messagesPath(place, viewer, { limit: 300 }));
  } catch (failure) {
    if (place.bot && failure.status >= 400) return { messages: [], seq: 0, reply_keyboard: null, force_reply: null };
    throw failure;
  }
}

function takeMessages(talk, read) {
  const newer = [...talk.messages.values()].filter((message) => message.seq > read.seq);
  const merged = new Map(read.messages.filter(({ id }) => !talk.gone.has(id)).map((message) => [message.id, message]));
  for (const message of newer) merged.set(message.id, message);
  talk.messages = merged;
  talk.keyboard = read.reply_keyboard;
  talk.forceReply = read.force_reply;
}

/** The open conversation's messages in order; in a thread only those of it. */
export function shownMessages(talk) {
  const all = [...talk.messages.values()].sort((a, b) => a.id - b.id);
  const { thread } = talk.place;
  return thread ? all.filter((message) => message.id === thread || message.thread === thread) : all;
}

export const isMine = (message) =>
  message.mine || (message.from.kind === "person" && message.from.id === state.viewer);

/** Runs a reload soon, once for many causes. */
export function debounced(work, delay = 60) {
  let timer = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => work().catch((failure) => emit("trouble", failure)), delay);
  };
}
