// Builds DOM nodes; whatever people typed becomes text, never markup.

/**
 * `el("button", {class: "icon", "data-button": "0:1", onclick: press}, "اضغط")`.
 * Functions are listeners, `true` is an empty attribute, null and false are left out.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (tag === "button") node.type = "button";
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** A name of unknown direction, isolated from what stands around it. */
export const named = (name) => el("bdi", { class: "name" }, name || "—");

/** A username, an id or a code: left to right, isolated. */
export const latin = (text) => el("bdi", { dir: "ltr", class: "latin" }, String(text));

/** The coloured circle with the first letter of a name. */
export function avatar(id, name, small = false) {
  const letter = /[\p{L}\p{N}]|\p{Extended_Pictographic}/u.exec(name ?? "")?.[0] ?? "•";
  const hue = (Math.abs(Number(id) || 0) * 137) % 360;
  const node = el("span", { class: small ? "avatar small" : "avatar", "aria-hidden": "true" }, letter);
  node.style.setProperty("--hue", hue);
  return node;
}

export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

/** Replaces what a container shows and keeps the focus on the element with the same `data-focus`. */
export function fill(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  container.replaceChildren(...children.flat().filter(Boolean));
  if (focused) container.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}
