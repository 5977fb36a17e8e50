// The people around the bot: choose one, add one, change one.

import { patch, post } from "./api.js";
import { choose, form } from "./dialogs.js";
import { avatar, byId, el, fill, fullName, latin, named } from "./dom.js";
import { becomePerson, goTo } from "./navigation.js";
import { loadPeople, on, person, state } from "./store.js";

/** Beyond this the strip is of no use (a load test makes thousands); the rest is found through the window. */
const STRIP_LENGTH = 40;

export function setUpPeople() {
  on("people", () => {
    renderStrip();
    renderHint();
    renderViewer();
  });
  byId("viewer").addEventListener("click", pickPerson);
}

function renderStrip() {
  const shown = state.people.slice(0, STRIP_LENGTH);
  const chosen = person();
  if (chosen && !shown.includes(chosen)) shown.unshift(chosen);
  fill(byId("people"), shown.map(personButton),
    state.people.length > STRIP_LENGTH ? extra("…", "الكل", "كل الأشخاص", "all", pickPerson) : null,
    extra("+", "إضافة", "إضافة شخص", "add", addPerson));
}

function personButton(one) {
  const chosen = one.id === state.viewer;
  return el("button", {
    class: "person", "data-person": one.id, "data-focus": `person:${one.id}`, "aria-pressed": String(chosen),
    title: chosen ? "تعديل بيانات هذا الشخص" : null, onclick: () => (chosen ? editPerson(one) : becomePerson(one.id)),
  }, avatar(one.id, fullName(one)), el("span", { class: "person-name" }, named(one.first_name)),
  one.is_premium ? el("span", { class: "premium", title: "مشترك بريميوم" }, "⭐") : null);
}

const extra = (sign, word, label, name, onclick) =>
  el("button", { class: "person", [`data-${name}-person`]: true, "data-focus": name, "aria-label": label, title: label, onclick },
    el("span", { class: "avatar plus", "aria-hidden": "true" }, sign), el("span", { class: "person-name" }, word));

function renderHint() {
  const hint = byId("hint");
  hint.hidden = Boolean(state.viewer);
  if (!state.people.length) {
    fill(hint, el("p", {}, "أهلًا بك. لا أحد هنا بعد: أضف شخصًا، أو جهّز مثالًا فيه أشخاص وقناة ومجموعة."),
      el("button", { class: "primary", "data-sample": true, onclick: makeSample }, "جهّز مثالًا"));
  } else {
    fill(hint, el("p", {}, "اختر شخصًا، ثم افتح البوت واضغط «ابدأ». يمكنك أن تتقمّص أي شخص في أي وقت."));
  }
}

function renderViewer() {
  const chosen = person();
  fill(byId("viewer"), chosen ? avatar(chosen.id, fullName(chosen), true) : null);
  byId("viewer").setAttribute("aria-label", chosen ? `أنت الآن ${fullName(chosen)}؛ تغيير الشخص` : "اختيار شخص");
}

export async function pickPerson() {
  const items = state.people.map((one) => ({
    label: named(`${fullName(one)}${one.is_premium ? " ⭐" : ""}`), detail: one.username ? latin(`@${one.username}`) : null,
    icon: avatar(one.id, fullName(one), true), value: one.id,
  }));
  const picked = await choose("من أنت؟", items, "لا أحد بعد");
  if (picked) await becomePerson(picked);
}

const fields = (one = {}) => [
  { name: "first_name", label: "الاسم", value: one.first_name, required: true },
  { name: "last_name", label: "اسم العائلة", value: one.last_name },
  { name: "username", label: "اسم المستخدم", value: one.username, ltr: true, hint: "sara" },
  { name: "language_code", label: "اللغة", type: "select", value: one.language_code ?? "ar",
    options: [["ar", "العربية"], ["en", "English"], ["fa", "فارسی"], ["tr", "Türkçe"]] },
  { name: "is_premium", label: "مشترك بريميوم", type: "checkbox", value: one.is_premium },
];

async function addPerson() {
  const added = await form("شخص جديد", fields(), "إضافة", (values) => post("/people", values));
  if (!added) return;
  await loadPeople();
  await becomePerson(added.id);
}

async function editPerson(one) {
  await form("بيانات الشخص", fields(one), "حفظ", (values) => patch(`/people/${one.id}`, values));
  await loadPeople();
}

/** A small world to begin with: an organizer with a channel and its group, and two others. */
async function makeSample() {
  const add = (first_name, username, is_premium) => post("/people", { first_name, username, is_premium, language_code: "ar" });
  const sara = await add("سارة", "sara", true);
  await add("خالد", "khalid", false);
  await add("نورة", null, false);
  const group = await post("/chats", { kind: "supergroup", title: "نقاش قناة سارة", owner: sara.id, username: "sara_chat" });
  await post("/chats", { kind: "channel", title: "قناة سارة", owner: sara.id, username: "sara_channel", linked_chat: group.id });
  await loadPeople();
  await goTo(sara.id, state.bots[0] ? { bot: state.bots[0].id } : null);
}
