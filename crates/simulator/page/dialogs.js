// Windows to answer or close, and toasts.

import { byId, el } from "./dom.js";

/** Opens a window; `closed` resolves with the argument of `close`, or null. */
export function openWindow(title, body, { buttons = [], name = "window" } = {}) {
  let result = null;
  const dialog = el("dialog", { class: "window", [`data-${name}`]: true, "aria-label": title });
  const close = (value = null) => {
    result = value;
    dialog.close();
  };
  const actions = buttons.map(([label, value, kind]) =>
    el("button", { class: kind ?? "plain", "data-answer": String(value), onclick: () => close(value) }, label));
  dialog.append(
    el("header", {}, el("h2", {}, title),
      el("button", { class: "icon", "aria-label": "إغلاق", "data-close": true, onclick: () => close() }, "✕")),
    el("div", { class: "window-body" }, body),
    actions.length ? el("footer", {}, actions) : "",
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close, closed };
}

/** The answer to a callback that wants to be read. */
export function alertWindow(text) {
  const body = el("p", { dir: "auto", class: "paragraphs" }, text);
  return openWindow("تنبيه", body, { name: "alert", buttons: [["حسنًا", true, "primary"]] }).closed;
}

export async function confirmed(question, label = "تأكيد") {
  const body = el("p", { dir: "auto" }, question);
  return (await openWindow("تأكيد", body, { buttons: [["إلغاء", false], [label, true, "primary"]] }).closed) === true;
}

/** Lets the visitor pick one of `[{label, detail, icon, value, danger, mark}]`, where `mark` becomes
 * `data-choice`; null when closed. */
export function choose(title, items, empty = "لا شيء هنا") {
  const list = el("ul", { class: "choices" });
  const opened = openWindow(title, items.length ? list : el("p", { class: "quiet" }, empty), { name: "choices" });
  for (const { label, detail, icon, value, danger, mark = value } of items) {
    list.append(el("li", {}, el("button",
      { class: danger ? "choice danger" : "choice", "data-choice": String(mark), onclick: () => opened.close(value) },
      icon ?? "", el("span", { class: "choice-text" }, el("span", { dir: "auto" }, label),
        detail ? el("small", { dir: "auto" }, detail) : ""))));
  }
  return opened.closed;
}

/**
 * Asks for values: fields are `{name, label, type, value, required, options, hint}` with the types of
 * <input>, `select` and `textarea`. `submit(values)` may throw; its message is shown and the window stays.
 */
export function form(title, fields, label, submit) {
  const error = el("p", { class: "error", role: "alert", hidden: true });
  const rows = fields.map((field) => formRow(field));
  const body = el("form", { class: "rows" }, rows, error,
    el("footer", {}, el("button", { class: "primary", "data-submit": true }, label)));
  body.querySelector("[data-submit]").type = "submit";
  const opened = openWindow(title, body, { name: "form" });
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      opened.close(await submit(formValues(body, fields)) ?? true);
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
    }
  });
  return opened.closed;
}

function formRow({ name, label, type = "text", value, required, options, hint, ltr }) {
  let control;
  if (type === "select") {
    control = el("select", { name }, options.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
  } else {
    const shared = { name, required, dir: ltr ? "ltr" : "auto", placeholder: hint, autocomplete: "off" };
    control = el("input", { ...shared, type, ...(type === "checkbox" ? { checked: Boolean(value) } : { value }) });
    if (type === "number") control.step = "any";
  }
  return el("label", { class: type === "checkbox" ? "row check" : "row" }, el("span", {}, label), control);
}

function formValues(body, fields) {
  const read = ({ name, type }) => {
    const control = body.elements.namedItem(name);
    if (type === "checkbox") return control.checked;
    const text = control.value.trim();
    if (type === "number") return text === "" ? null : Number(text);
    return text === "" ? null : text;
  };
  return Object.fromEntries(fields.map((field) => [field.name, read(field)]));
}

const TOAST_MS = 4000;

export function toast(text, kind = "plain") {
  const region = byId("toasts");
  if (region.matches(":popover-open")) region.hidePopover(); // above a window that opened since
  region.showPopover();
  const note = el("div", { class: `toast ${kind}`, "data-toast": kind, dir: "auto" }, text);
  region.append(note);
  setTimeout(() => note.remove(), TOAST_MS + text.length * 30);
}

/** Runs what a button started; a refusal becomes a toast. Answers undefined then. */
export async function attempt(work) {
  try {
    return await work();
  } catch (failure) {
    toast(failure.message, "error");
    return undefined;
  }
}
