// Moves between people and conversations; the address of the page is what remembers where one is.

import { readAddress, writeAddress } from "./place.js";
import { state } from "./store.js";

let entered = () => {};

/** `enter` runs after each change of the address. */
export function onNavigate(enter) {
  entered = enter;
  addEventListener("popstate", enter);
}

export function goTo(person, place) {
  writeAddress(person, place);
  return entered();
}

export const openPlace = (place) => goTo(state.viewer, place);

/** Plays another person, in the same conversation. */
export const becomePerson = (person) => goTo(person, readAddress().place);

export const closePlace = () => goTo(state.viewer, null);
