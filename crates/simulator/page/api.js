// Talks to the simulator's control API.

/** A refusal or a failure; `status` is 0 when the simulator could not be reached. */
export class ControlError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body, type = "application/json") {
  const request = { method };
  if (body !== undefined) {
    request.headers = { "content-type": type };
    request.body = type === "application/json" ? JSON.stringify(body) : body;
  }
  let response;
  try {
    response = await fetch(`/control${path}`, request);
  } catch {
    throw new ControlError(0, "تعذّر الاتصال بالمحاكي");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ControlError(response.status, answer.error ?? String(response.status));
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);

/** `?a=1&b=2`, without what is null or undefined. */
export function query(fields) {
  const kept = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

/** Lets a person do something: `act(5000001, "send", {bot: 1001, text: "…"})`. */
export const act = (person, what, body) => post(`/people/${person}/${what}`, body);

/** Where a file that Telegram has can be seen. */
export const fileUrl = (fileId) => `/control/files/${encodeURIComponent(fileId)}`;

/** Uploads a file of the visitor's; answers with the medium to send. */
export async function upload(file) {
  const kind = mediaKind(file.type);
  const path = `/files${query({ kind, file_name: file.name, mime_type: file.type || null })}`;
  const { file_id } = await call("POST", path, file, file.type || "application/octet-stream");
  return { kind, file_id, ...(kind === "document" && { file_name: file.name }) };
}

function mediaKind(type) {
  if (type === "image/gif") return "animation";
  return { image: "photo", video: "video", audio: "audio" }[type.split("/")[0]] ?? "document";
}

const EVENTS = ["message", "keyboard", "answer", "typing", "member", "person", "chat", "bot", "clock", "reset", "missed"];

/**
 * Opens the stream of what a person sees; without a person, of everything.
 * `onEvent(name, data)` also gets `open` at each connection, and `down` when the stream breaks.
 */
export function listen(viewer, onEvent) {
  const source = new EventSource(`/control/events${query({ viewer })}`);
  source.addEventListener("open", () => onEvent("open", {}));
  source.addEventListener("error", () => onEvent("down", {}));
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => onEvent(name, event.data ? JSON.parse(event.data) : {}));
  }
  return source;
}
