// Grid previews: fetched many at once in one packed strip, kept compressed, decoded only for cells that show them.
import { getBlob } from "./api.js";

const STRIP = 32; // previews a request
const AT_ONCE = 2; // requests
const DECODERS = 4;
const KEPT = 1500;
export const MISSING = 1;
export const BROKEN = 2;

export class Previews {
  #kept = new Map(); // id → {blob, flags}
  #flying = new Map(); // controller → ids
  #asked = new Set();
  #wanted = [];
  #wantedSet = new Set();
  #queue = [];
  #decoding = 0;

  /** @param {(id: number, found: {blob: Blob|null, flags: number}) => void} arrived */
  constructor(arrived) {
    this.arrived = arrived;
  }

  get(id) {
    return this.#kept.get(id);
  }

  /** Say which previews are needed now, most urgent first; fetches of others are given up. */
  want(ids) {
    this.#wanted = ids.filter((id) => !this.#kept.has(id));
    this.#wantedSet = new Set(this.#wanted);
    for (const [controller, flying] of this.#flying) {
      if (!flying.some((id) => this.#wantedSet.has(id))) controller.abort();
    }
    this.#fetch();
  }

  /** Decode a preview in turn; ``still`` is asked again just before, so that cells that moved on cost nothing. */
  decode(found, options, still, done) {
    this.#queue.push({ found, options, still, done });
    this.#work();
  }

  get idle() {
    return !this.#flying.size && !this.#queue.length && !this.#decoding;
  }

  #fetch() {
    while (this.#flying.size < AT_ONCE) {
      const ids = this.#wanted.filter((id) => !this.#asked.has(id)).slice(0, STRIP);
      if (!ids.length) return;
      this.#strip(ids);
    }
  }

  async #strip(ids) {
    const controller = new AbortController();
    this.#flying.set(controller, ids);
    for (const id of ids) this.#asked.add(id);
    let arrived = [];
    try {
      arrived = await unpack(await getBlob(`/api/previews?ids=${ids.join(",")}`, controller.signal));
    } catch (error) {
      if (error.name !== "AbortError") await new Promise((go) => setTimeout(go, 1000));
    } finally {
      this.#flying.delete(controller);
      for (const id of ids) this.#asked.delete(id);
    }
    for (const [id, found] of arrived) {
      this.#kept.set(id, found);
      this.arrived(id, found);
    }
    this.#trim();
    this.#wanted = this.#wanted.filter((id) => !this.#kept.has(id));
    this.#fetch();
  }

  #trim() {
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) return;
      this.#kept.delete(id);
    }
  }

  async #work() {
    if (this.#decoding >= DECODERS) return;
    const next = this.#queue.shift();
    if (!next) return;
    if (next.still()) {
      this.#decoding += 1;
      const bitmap = await createImageBitmap(next.found.blob, next.options).catch(() => null);
      this.#decoding -= 1;
      next.done(bitmap);
      bitmap?.close();
    }
    this.#work();
  }
}

/** Cut a strip into its previews; the JPEGs stay in the browser's blob storage, outside the script's memory. */
async function unpack(strip) {
  const count = new DataView(await strip.slice(0, 4).arrayBuffer()).getUint32(0, true);
  const head = new DataView(await strip.slice(4, 4 + 12 * count).arrayBuffer());
  const found = [];
  let at = 4 + 12 * count;
  for (let n = 0; n < count; n += 1) {
    const [id, size, flags] = [0, 4, 8].map((offset) => head.getUint32(12 * n + offset, true));
    found.push([id, { blob: size ? strip.slice(at, at + size, "image/jpeg") : null, flags }]);
    at += size;
  }
  return found;
}
