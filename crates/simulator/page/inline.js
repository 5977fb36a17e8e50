// Inline mode: «@bot words» in the composer asks that bot, and its results are offered.

import { act, fileUrl } from "./api.js";
import { attempt } from "./dialogs.js";
import { el, fill } from "./dom.js";
import { goTo } from "./navigation.js";
import { target } from "./place.js";
import { botNamed, state } from "./store.js";

const TYPING_PAUSE_MS = 350;
const WAIT_MS = 10_000;

/** `{bot, query}` when the text is for an inline bot, else null. */
export function inlineQueryOf(typed) {
  const [, username, query] = /^@(\w+)\s([^]*)$/.exec(typed) ?? [];
  const bot = username && botNamed(username);
  return bot?.inline ? { bot, query } : null;
}

let asked = 0;

/** Forgets what was asked: its results no longer matter. */
export function leaveInline() {
  asked += 1;
}

/** Asks the bot once the visitor stops typing; `done` runs when a result was sent. */
export function showInline(talk, { bot, query }, box, done) {
  asked += 1;
  const turn = asked;
  box.hidden = false;
  fill(box, el("p", { class: "quiet pad" }, "بانتظار نتائج البوت…"));
  setTimeout(async () => {
    if (turn !== asked) return;
    const where = talk.place.chat ? { chat: talk.place.chat } : {};
    const answer = await attempt(() => act(state.viewer, "inline", { bot: bot.id, query, ...where, wait_ms: WAIT_MS }));
    if (turn !== asked || state.talk !== talk) return;
    render(talk, bot, answer, box, done);
  }, TYPING_PAUSE_MS);
}

function render(talk, bot, answer, box, done) {
  const results = answer?.results;
  const none = results ? "لا نتائج" : "لم يُجب البوت";
  const above = answer?.button && el("button", { class: "suggestion strong", onclick: () => attempt(async () => {
    await act(state.viewer, "start", { bot: bot.id, payload: answer.button.start_parameter ?? null });
    await goTo(state.viewer, { bot: bot.id });
  }) }, answer.button.text);
  fill(box, above, results?.length ? results.map((result) => resultRow(talk, answer, result, done)) : el("p", { class: "quiet pad" }, none));
}

function resultRow(talk, answer, result, done) {
  const choose = () => attempt(async () => {
    await act(state.viewer, "choose", { inline_query_id: answer.inline_query_id, result_id: result.id, ...target(talk.place) });
    done();
  });
  return el("button", { class: "suggestion result", "data-result": result.id, onclick: choose },
    thumbnail(result),
    el("span", { class: "result-text" },
      el("bdi", {}, result.title ?? result.caption ?? result.type),
      result.description ? el("small", {}, el("bdi", {}, result.description)) : null));
}

const RESULT_SIGNS = { article: "📝", video: "🎬", mpeg4_gif: "🎞️", gif: "🎞️", document: "📄" };

function thumbnail(result) {
  if (!result.photo_file_id) return el("span", { class: "thumbnail", "aria-hidden": "true" }, RESULT_SIGNS[result.type] ?? "•");
  return el("img", { class: "thumbnail", src: fileUrl(result.photo_file_id), alt: "" });
}
