// The developer's panel «المحاكي»: clock, bots, faults, refused calls.

import { get, post, remove } from "./api.js";
import { attempt, confirmed, form, toast } from "./dialogs.js";
import { byId, el, fill, latin } from "./dom.js";
import { on, state } from "./store.js";
import { fullTime, hourOf } from "./times.js";

const REFRESH_MS = 2_000;
const REFUSALS_SHOWN = 50;

let timer = null;
let seen = {};

export function setUpLab() {
  byId("lab-toggle").addEventListener("click", () => show(byId("lab").hidden));
  on("clock", () => !byId("lab").hidden && render());
}

function show(open) {
  byId("lab").hidden = !open;
  byId("lab-toggle").setAttribute("aria-expanded", String(open));
  clearInterval(timer);
  if (!open) return byId("lab-toggle").focus();
  timer = setInterval(() => !document.hidden && refresh().catch(() => {}), REFRESH_MS);
  return attempt(refresh);
}

async function refresh() {
  const [clock, faults, refusals, stats] = await Promise.all([get("/clock"), get("/faults"), get("/refusals"), get("/stats")]);
  const now = JSON.stringify([clock.manual, clock.now, faults, refusals.last, refusals.refusals.length, stats]);
  if (now === seen.mark) return; // what nobody changed keeps its focus and its open details
  state.clock = clock;
  seen = { mark: now, faults: faults.faults, refusals, stats };
  render();
}

function render() {
  if (!seen.stats) return;
  const opened = new Set([...byId("lab").querySelectorAll("details[open]")].map((node) => node.dataset.call));
  fill(byId("lab"),
    el("header", { class: "bar" }, el("h2", {}, "المحاكي"),
      el("button", { class: "icon", "aria-label": "إغلاق اللوحة", "data-focus": "lab-close", onclick: () => show(false) }, "✕")),
    el("div", { class: "lab-body" }, clockSection(), botsSection(), faultsSection(), refusalsSection(opened),
      el("section", {}, el("button", { class: "danger", "data-focus": "reset", onclick: reset }, "مسح كل شيء"))));
}

const section = (title, ...children) => el("section", {}, el("h3", {}, title), children.flat());

const STEPS = [["دقيقة", 60], ["ساعة", 3600], ["يوم", 86_400]];

function clockSection() {
  const { clock } = state;
  const shown = el("p", { class: "clock", "data-clock": clock.now }, fullTime(clock.now));
  if (!clock.manual) return section("الساعة", shown, el("p", { class: "quiet" }, "ساعة حقيقية: لا تُقدَّم باليد."));
  return section("الساعة", shown, el("div", { class: "line" }, STEPS.map(([label, seconds]) =>
    el("button", { class: "plain", "data-advance": seconds, "data-focus": `advance:${seconds}`, onclick: () => advance(seconds) }, `+ ${label}`))));
}

const advance = (seconds) => attempt(async () => {
  state.clock = await post("/clock", { advance_ms: seconds * 1000 });
  render();
});

function botsSection() {
  const rows = seen.stats.bots.map((bot) => {
    const known = state.bots.find((one) => one.id === bot.id);
    return el("li", {}, latin(`@${known?.username ?? bot.id}`),
      el("small", {}, bot.polls ? `${bot.waiting ? "متصل" : "منشغل أو منقطع"}، تحديثات تنتظر: ${bot.pending}` : "لم يتصل بعد"));
  });
  const { calls, held } = seen.stats;
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return section("البوتات", el("ul", { class: "plain-list" }, rows.length ? rows : el("li", { class: "quiet" }, "لا بوت")),
    el("p", { class: "quiet" }, `النداءات: ${total}، المؤجلة: ${held}`));
}

const FAULT_WORDS = {
  too_many_requests: "429: طلبات كثيرة", server_error: "500: خطأ في الخادم", forbidden: "403: ممنوع", bad_request: "400: طلب خاطئ",
  cut_before: "قطع الاتصال قبل الأثر", cut_after: "قطع الاتصال بعد الأثر", delay: "تأخير الرد",
  duplicate_updates: "تكرار التحديثات", reorder_updates: "تبديل ترتيب التحديثات",
};

function faultsSection() {
  const rows = seen.faults.map((fault) => el("li", {}, el("span", {}, FAULT_WORDS[fault.kind] ?? fault.kind),
    fault.method ? latin(fault.method) : null, el("small", {}, `أصاب ${fault.hits ?? 0} مرة`),
    el("button", { class: "icon", "aria-label": "إزالة العطل", onclick: () => change(() => remove(`/faults/${fault.id}`)) }, "✕")));
  return section("الأعطال", el("ul", { class: "plain-list" }, rows.length ? rows : el("li", { class: "quiet" }, "لا أعطال")),
    el("div", { class: "line" }, el("button", { class: "plain", "data-add-fault": true, "data-focus": "add-fault", onclick: addFault }, "إضافة عطل"),
      rows.length ? el("button", { class: "plain", onclick: () => change(() => remove("/faults")) }, "إزالة الكل") : ""));
}

const change = (work) => attempt(async () => {
  await work();
  await refresh();
});

async function addFault() {
  await form("عطل جديد", [
    { name: "kind", label: "النوع", type: "select", options: Object.entries(FAULT_WORDS), value: "too_many_requests" },
    { name: "method", label: "الطريقة (فارغ: كلها، أو بداية مثل send*)", ltr: true, hint: "sendMessage" },
    { name: "count", label: "عدد المرات (فارغ: بلا نهاية)", type: "number", value: 1 },
    { name: "retry_after", label: "ثوانٍ للانتظار (429) أو للتأخير", type: "number", value: 3 },
    { name: "probability", label: "الاحتمال، من 0 إلى 1", type: "number", value: 1 },
  ], "إضافة", ({ kind, method, count, retry_after, probability }) => post("/faults", {
    kind, ...(method && { method }), ...(count && { count }), ...(probability !== null && { probability }),
    ...(kind === "too_many_requests" && { retry_after: retry_after ?? 1 }),
    ...(kind === "delay" && { delay_ms: (retry_after ?? 1) * 1000 }),
  }));
  await attempt(refresh);
}

function refusalsSection(opened) {
  const { refusals, own_faults } = seen.refusals;
  const rows = refusals.slice(-REFUSALS_SHOWN).reverse().map((call) =>
    el("details", { "data-call": call.id, open: opened.has(String(call.id)) },
      el("summary", { "data-focus": `call:${call.id}` }, latin(`${call.method} ${call.error_code}`), " ", el("time", {}, hourOf(call.time_ms / 1000)),
        el("bdi", { dir: "ltr", class: "description" }, call.description)),
      el("pre", { dir: "ltr" }, JSON.stringify(call.params, null, 2))));
  return section(`نداءات مرفوضة (${refusals.length})`, rows.length ? rows : el("p", { class: "quiet" }, "لا شيء مرفوض"),
    own_faults.length ? el("details", { "data-call": "own" }, el("summary", {}, `أخطاء المحاكي نفسه (${own_faults.length})`),
      el("pre", { dir: "ltr" }, JSON.stringify(own_faults, null, 2))) : null);
}

async function reset() {
  if (!await confirmed("سيُنسى كل الأشخاص والمحادثات والرسائل. أتتابع؟", "مسح")) return;
  await change(() => post("/reset"));
  toast("مُسح كل شيء");
}
