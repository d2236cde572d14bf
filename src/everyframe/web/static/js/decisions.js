// Decisions on their way to the server: shown at once, sent in batches, kept and sent again until they are stored.
import { operationId, post } from "./api.js";

const BATCH_MS = 120;
const WAITS = [500, 1000, 2000, 4000, 8000];

export class Outbox extends EventTarget {
  seen = undefined; // gives the number of the newest decision that this screen knows of
  #waiting = [];
  #sending = null;
  #timer = 0;
  #failures = 0;

  get unsent() {
    return this.#waiting.length + (this.#sending?.length ?? 0);
  }

  get failing() {
    return this.#failures > 0;
  }

  /** Put a decision on its way; ``revert`` is called when the server refuses it. */
  push(decision, revert) {
    this.#waiting.push({ body: { op: operationId(), seen: this.seen?.(), ...decision }, revert });
    this.#changed();
    this.#later(BATCH_MS);
  }

  /** Wait until everything is stored. */
  async drained() {
    while (this.unsent) {
      if (!this.#sending && !this.#failures) await this.#send();
      else await new Promise((go) => this.addEventListener("changed", go, { once: true }));
    }
  }

  /** Send what waits while the page goes away; the same ids are sent again if the page stays after all. */
  flushOnLeaving() {
    const all = [...(this.#sending ?? []), ...this.#waiting];
    if (all.length) post("/api/decisions", { decisions: all.map((d) => d.body) }, { keepalive: true }).catch(() => null);
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), ms);
  }

  async #send() {
    if (this.#sending || !this.#waiting.length) return;
    clearTimeout(this.#timer);
    this.#sending = this.#waiting.splice(0, 500);
    try {
      const { answers } = await post("/api/decisions", { decisions: this.#sending.map((d) => d.body) });
      this.#answered(this.#sending, answers);
      this.#sending = null;
      this.#failures = 0;
    } catch {
      this.#waiting.unshift(...this.#sending);
      this.#sending = null;
      this.#failures += 1;
    }
    this.#changed();
    if (this.#waiting.length) this.#later(this.#failures ? WAITS[Math.min(this.#failures, WAITS.length) - 1] : 0);
  }

  #answered(sent, answers) {
    for (const [n, answer] of answers.entries()) {
      if (answer.held) this.dispatchEvent(new CustomEvent("held", { detail: { answer, ...sent[n] } }));
      if (!answer.error) continue;
      sent[n].revert?.();
      this.dispatchEvent(new CustomEvent("refused", { detail: answer.error }));
    }
    this.dispatchEvent(new CustomEvent("stored", { detail: { sent, answers } }));
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("changed"));
  }
}
