// Calls to the server. An answer of 401 means that the case is locked: the screen is blanked at once.

export class CallError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Make an operation id: 128 random bits, so that a repeat is recognised as the same change. */
export function operationId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

async function call(path, options) {
  const answer = await fetch(path, options);
  if (answer.status === 401) {
    document.body.hidden = true;
    location.replace("/locked");
    throw new CallError(401, "locked");
  }
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw Object.assign(new CallError(answer.status, said.message || answer.statusText), { at: said.at, query: said.query, held: said.lease });
  }
  return answer;
}

export async function getJson(path, signal) {
  return (await call(path, { signal })).json();
}

export async function getBuffer(path, signal) {
  return (await call(path, { signal })).arrayBuffer();
}

export async function getBlob(path, signal) {
  return (await call(path, { signal })).blob();
}

/** Send bytes as they are. */
export async function postBytes(path, body) {
  const headers = { "Content-Type": "application/octet-stream" };
  return (await call(path, { method: "POST", headers, body })).json();
}

export async function post(path, body, { keepalive = false } = {}) {
  const headers = { "Content-Type": "application/json" };
  return (await call(path, { method: "POST", headers, body: JSON.stringify(body), keepalive })).json();
}

/** Ask for progress every two seconds; listeners get the answer, or null when the server does not answer. */
class Poll extends EventTarget {
  query = "";

  start() {
    if (this.timer) return;
    this.timer = setInterval(() => this.ask(), 2000);
    this.ask();
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    const said = await getJson(`/api/progress${this.query}`).catch(() => null);
    this.asking = false;
    this.dispatchEvent(new CustomEvent("progress", { detail: said }));
  }
}

export const poll = new Poll();
