// Follows the event stream of the chosen person and keeps the store up to date.

import { listen } from "./api.js";
import { keyOf, placeOf } from "./place.js";
import { debounced, emit, isMine, loadChats, loadPeople, loadTalk, person, state } from "./store.js";

const HIDDEN_TAB_MS = 15_000;
const TYPING_MS = 5_000;

const refreshPeople = debounced(loadPeople);
const refreshChats = debounced(loadChats);
const refreshTalk = debounced(loadTalk);
const refreshAll = debounced(async () => {
  await loadPeople();
  if (state.viewer && !person()) return emit("viewer-gone");
  return Promise.all([loadChats(), loadTalk()]);
});

let source = null;
let hiding = null;

/** Opens the stream anew, for the person who is chosen now. */
export function follow() {
  source?.close();
  const { viewer } = state;
  source = listen(viewer, (name, data) => {
    if (state.viewer === viewer) HANDLERS[name]?.(data);
  });
}

/** A browser allows few connections to one server: tabs that nobody looks at give theirs back. */
export function followWhileVisible() {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => {
        source?.close();
        source = null;
      }, HIDDEN_TAB_MS);
    } else if (!source) {
      follow();
    }
  });
}

const HANDLERS = {
  open: () => {
    document.body.classList.remove("offline");
    refreshAll();
  },
  down: () => document.body.classList.add("offline"),
  missed: refreshAll,
  reset: () => {
    state.unread.clear();
    refreshAll();
  },
  message: takeMessage,
  keyboard: (data) => isOpen(data) && refreshTalk(),
  typing: takeTyping,
  member: (data) => refreshAround(data.chat),
  chat: (data) => refreshAround(data.id),
  person: refreshPeople,
  bot: () => {
    refreshPeople();
    refreshChats();
  },
  clock: (data) => {
    state.clock = { ...state.clock, now: data.now };
    emit("clock");
  },
};

const placeOfEvent = (data) => (data.bot && data.chat > 0 ? { bot: data.bot } : { chat: data.chat });
const isOpen = (data) => state.talk?.key === keyOf(placeOfEvent(data));

function takeMessage(data) {
  if (data.chat > 0 && data.chat !== state.viewer) return;
  if (isOpen(data)) takeIntoTalk(state.talk, data);
  else if (data.chat === state.talk?.chat?.linked_chat) refreshTalk(); // the count of comments
  takeIntoList(data);
}

function takeIntoTalk(talk, { change, message }) {
  if (change === "deleted") {
    talk.gone.add(message.id);
    talk.messages.delete(message.id);
  } else {
    const known = talk.messages.get(message.id);
    if (known && known.seq > message.seq) return;
    talk.messages.set(message.id, message);
    if (change === "added" && !isMine(message)) talk.typing = null;
    // Who wrote in the name of a chat, and what a service message changed, only a read tells.
    if (message.service || message.from.kind === "chat") refreshTalk();
    if (!known && talk.messages.size === 1) emit("frame");
  }
  emit("messages");
}

function takeIntoList(data) {
  const key = keyOf(placeOfEvent(data));
  const entry = state.chats.find((one) => keyOf(placeOf(one)) === key);
  if (!entry || data.change === "deleted") return refreshChats();
  if (data.change === "added") {
    if (!isOpen(data) && !isMine(data.message)) state.unread.set(key, (state.unread.get(key) ?? 0) + 1);
    state.chats = [entry, ...state.chats.filter((one) => one !== entry)];
    entry.last = data.message;
  } else if (entry.last?.id === data.message.id) {
    entry.last = data.message;
  }
  emit("chats");
}

function takeTyping(data) {
  if (!isOpen(data)) return;
  const { talk } = state;
  const mark = {};
  talk.typing = mark;
  emit("frame");
  setTimeout(() => {
    if (talk.typing !== mark) return;
    talk.typing = null;
    emit("frame");
  }, TYPING_MS);
}

function refreshAround(chat) {
  refreshChats();
  if (state.talk?.place.chat === chat || state.talk?.chat?.linked_chat === chat) refreshTalk();
}
