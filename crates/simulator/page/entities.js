// Turns a text and its entities (UTF-16 offsets, which are those of strings here) into nodes.

import { el } from "./dom.js";

/** The text as a tree: strings, and `{entity, children}` for what is formatted. */
export function entityTree(text, entities) {
  const fits = (e) => Number.isInteger(e.offset) && e.offset >= 0 && e.length > 0 && e.offset < text.length;
  return branch(text, 0, text.length, [...entities].filter(fits).sort(outerFirst));
}

const outerFirst = (a, b) => a.offset - b.offset || b.length - a.length;
const endOf = (entity) => entity.offset + entity.length;

function branch(text, start, end, entities) {
  const nodes = [];
  let waiting = entities;
  let at = start;
  while (waiting.length) {
    const [entity, ...later] = waiting;
    const to = Math.min(endOf(entity), end);
    if (to <= at) {
      waiting = later;
      continue;
    }
    const from = Math.max(entity.offset, at);
    if (from > at) nodes.push(text.slice(at, from));
    const inner = later.filter((e) => e.offset < to);
    nodes.push({ entity, children: branch(text, from, to, inner) });
    // What crosses the end of its parent goes on behind it.
    const rests = inner.filter((e) => endOf(e) > to).map((e) => ({ ...e, offset: to, length: endOf(e) - to }));
    waiting = [...rests, ...later.filter((e) => e.offset >= to)].sort(outerFirst);
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", blockquote: "blockquote",
};

/** `handlers`: `open(url)`, `command(text)`, `copy(text)`. */
export function formatted(text, entities, handlers) {
  return render(entityTree(text, entities), handlers);
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** The line break after a block is the block's own end, not an empty line. */
function render(tree, handlers) {
  return tree.map((node, index) => {
    if (typeof node !== "string") return entityNode(node, handlers);
    return BLOCKS.has(tree[index - 1]?.entity?.type) ? node.replace(/^\n/, "") : node;
  });
}

const plain = (tree) => tree.map((node) => (typeof node === "string" ? node : plain(node.children))).join("");

function entityNode({ entity, children }, handlers) {
  const words = plain(children);
  const inner = render(children, handlers);
  const mark = { "data-entity": entity.type };
  if (TAGS[entity.type]) return el(TAGS[entity.type], mark, inner);
  switch (entity.type) {
    case "expandable_blockquote": return expandable(mark, inner);
    case "spoiler": return spoiler(mark, inner);
    case "code": return pressable("code", { ...mark, dir: "auto", title: "نسخ" }, inner, () => handlers.copy(words));
    case "pre": return el("pre", { ...mark, dir: entity.language ? "ltr" : "auto" }, el("code", {}, inner));
    case "text_link": return link(mark, entity.url, inner, handlers);
    case "url": return link({ ...mark, dir: "ltr" }, withScheme(words), inner, handlers);
    case "mention": return link({ ...mark, dir: "ltr" }, `https://t.me/${words.slice(1)}`, inner, handlers);
    case "bot_command": return pressable("span", { ...mark, dir: "ltr", class: "link" }, inner, () => handlers.command(words));
    case "custom_emoji": return el("span", { ...mark, class: "custom-emoji", title: "رمز مخصص" }, inner);
    case "text_mention": case "hashtag": case "cashtag": case "email": case "phone_number":
      return el("bdi", { ...mark, class: "link quiet" }, inner);
    default: return el("span", mark, inner);
  }
}

const withScheme = (url) => (/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`);

function link(mark, url, inner, handlers) {
  const safe = /^(https?|tg):/i.test(url) ? url : null;
  const open = (event) => {
    event.preventDefault();
    if (safe) handlers.open(safe);
  };
  return el("a", { ...mark, class: "link", href: safe, rel: "noopener noreferrer", title: safe, onclick: open }, inner);
}

function pressable(tag, attributes, inner, press) {
  const onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    press();
  };
  return el(tag, { ...attributes, role: "button", tabindex: "0", onclick: press, onkeydown }, inner);
}

function spoiler(mark, inner) {
  const hidden = el("span", { class: "spoiler-text" }, inner);
  const node = pressable("span", { ...mark, class: "spoiler", "aria-label": "نص مخفي" }, [hidden], () => {
    node.classList.add("shown");
    node.removeAttribute("aria-label");
  });
  return node;
}

function expandable(mark, inner) {
  const node = el("blockquote", { ...mark, class: "expandable" }, inner);
  node.addEventListener("click", () => node.classList.toggle("shown"));
  return node;
}
