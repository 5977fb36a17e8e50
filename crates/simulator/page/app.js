// Starts the playground: reads the address, loads the world, ties the panes together.

import { get } from "./api.js";
import { setUpChatList } from "./chat_list.js";
import { setUpComposer } from "./composer.js";
import { setUpConversation } from "./conversation.js";
import { toast } from "./dialogs.js";
import { setUpLab } from "./lab.js";
import { follow, followWhileVisible } from "./live.js";
import { goTo, onNavigate } from "./navigation.js";
import { setUpPeople } from "./people.js";
import { readAddress } from "./place.js";
import { emit, loadChats, loadPeople, on, openTalk, state } from "./store.js";

on("viewer-gone", () => goTo(null, null));
on("trouble", (failure) => toast(failure.message, "error"));

async function enter() {
  const { person, place } = readAddress();
  const changed = state.viewer !== person;
  state.viewer = person;
  document.body.dataset.showing = person && place ? "chat" : "list";
  if (changed) {
    state.unread.clear();
    emit("people");
    follow();
    await loadChats();
  }
  await openTalk(person ? place : null);
}

async function start() {
  setUpPeople();
  setUpChatList();
  setUpConversation();
  setUpComposer();
  setUpLab();
  onNavigate(() => enter().catch((failure) => toast(failure.message, "error")));
  await loadPeople();
  state.clock = await get("/clock");
  emit("clock");
  const { person, place } = readAddress();
  if (person && !state.people.some((one) => one.id === person)) goTo(null, place);
  else await enter();
  if (!state.viewer) follow();
  followWhileVisible();
}

start().catch((failure) => toast(failure.message, "error"));
