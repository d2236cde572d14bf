// Looks: what was really on screen, for how long, among how many. The rule is the server's; it is held here as well, so
// that only looks which count are sent, and the server says how many it refused.
import { operationId, post } from "./api.js";

const TICK_MS = 100;
const GAP_MS = 1000; // a longer silence of the clock means that the machine slept: nothing was on screen for sure
const LONGEST_MS = 5000; // an exposure is written down when it ends, or when it has lasted this long
const SEND_MS = 2000;
const BATCH = 400;

export class Looks extends EventTarget {
  #open = new Map(); // id → exposure
  #ready = [];
  #batches = [];
  #busy = false;
  #last = 0;
  refused = 0;
  silent = false; // whose looks do not count sends none

  /**
   * @param {{min_ms: number, per_picture_ms: number, min_side: number}} rule
   * @param {() => Array<object>} seen what is on screen unblurred: {id, width, height, several, native, manner}
   */
  constructor(rule, seen) {
    super();
    this.rule = rule;
    this.seen = seen;
    setInterval(() => this.tick(performance.now()), TICK_MS);
    setInterval(() => this.send(), SEND_MS);
    addEventListener("blur", () => this.closeAll());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    addEventListener("pagehide", () => this.leave());
  }

  tick(now) {
    if (now - this.#last > GAP_MS) this.closeAll();
    this.#last = now;
    const attended = document.visibilityState === "visible" && document.hasFocus();
    const seen = attended ? this.seen() : [];
    const onScreen = seen.reduce((n, s) => n + (s.count ?? 1), 0);
    const present = new Set(seen.map((s) => s.id));
    for (const [id, exposure] of this.#open) if (!present.has(id)) this.#close(id, exposure);
    for (const one of seen) this.#expose(one, onScreen, now);
  }

  #expose(one, onScreen, now) {
    let exposure = this.#open.get(one.id);
    if (exposure && (exposure.width !== one.width || exposure.height !== one.height || exposure.manner !== one.manner)) {
      this.#close(one.id, exposure);
      exposure = null;
    }
    if (!exposure) {
      exposure = { ...one, since: now, last: now, most: onScreen, met: false, written: false };
      this.#open.set(one.id, exposure);
    }
    exposure.last = now;
    exposure.native = one.native; // what a picture is can become known after it is shown
    exposure.several = one.several;
    exposure.most = Math.max(exposure.most, onScreen);
    if (!exposure.met && !this.silent && this.#meets(exposure)) {
      exposure.met = true;
      this.dispatchEvent(new CustomEvent("looked", { detail: one.id }));
    }
    if (exposure.met && !exposure.written && now - exposure.since >= LONGEST_MS) this.#write(one.id, exposure);
  }

  #meets({ since, last, most, width, height, native, several, manner }) {
    const own = native ? Math.max(native.width, native.height) : 0;
    const side = own ? Math.min(this.rule.min_side, own) : this.rule.min_side;
    if (Math.max(width, height) < side || (several && manner !== "viewer")) return false;
    return last - since >= Math.max(this.rule.min_ms, this.rule.per_picture_ms * most);
  }

  #close(id, exposure) {
    this.#open.delete(id);
    if (exposure.met && !exposure.written) this.#write(id, exposure);
  }

  #write(id, exposure) {
    exposure.written = true;
    const { width, height, most, manner, last, since } = exposure;
    const duration_ms = Math.floor(last - since);
    this.#ready.push({ media: id, width, height, duration_ms, on_screen: most, blurred: false, manner });
    if (this.#ready.length >= BATCH) this.send();
  }

  closeAll() {
    for (const [id, exposure] of this.#open) this.#close(id, exposure);
  }

  /** What was looked at long enough and is not known to be stored: an order that was loaded meanwhile does not say so. */
  get met() {
    const open = [...this.#open].filter(([, exposure]) => exposure.met).map(([id]) => id);
    return [...open, ...this.#ready.map((look) => look.media), ...this.#batches.flatMap((b) => b.looks.map((look) => look.media))];
  }

  get unsent() {
    return this.#batches.reduce((n, b) => n + b.looks.length, this.#ready.length);
  }

  /** End every exposure and wait until the looks are stored, or the server does not answer. */
  async settle() {
    this.closeAll();
    for (let tries = 0; this.unsent && tries < 20; tries += 1) {
      await this.send();
      if (this.#busy) await new Promise((go) => setTimeout(go, 50));
    }
  }

  async send() {
    this.#pack();
    if (this.#busy || !this.#batches.length) return;
    this.#busy = true;
    await this.#post(this.#batches[0], {});
    this.#busy = false;
  }

  /** The page goes away or is hidden: end every exposure and send without waiting. */
  leave() {
    this.closeAll();
    this.#pack();
    for (const batch of this.#batches) this.#post(batch, { keepalive: true });
  }

  #pack() {
    while (this.#ready.length) this.#batches.push({ op: operationId(), looks: this.#ready.splice(0, BATCH) });
  }

  /** Send a batch; it stays until the server has answered, and a repeat has the same id. */
  async #post(batch, options) {
    const answer = await post("/api/looks", batch, options).catch(() => null);
    if (!answer || !this.#batches.includes(batch)) return;
    this.#batches.splice(this.#batches.indexOf(batch), 1);
    this.refused += Object.values(answer.refused).reduce((a, b) => a + b, 0);
    this.dispatchEvent(new CustomEvent("stored", { detail: answer }));
  }
}
