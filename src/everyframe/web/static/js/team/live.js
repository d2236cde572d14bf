// Decisions as they happen, from a stream that goes on where it stood; closed while the page is hidden.

export class Live extends EventTarget {
  #source = null;

  /** @param {number} seen the newest decision that this screen knows of */
  constructor(seen) {
    super();
    this.seen = seen;
    document.addEventListener("visibilitychange", () => this.#follow());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", () => this.#follow());
    this.#follow();
  }

  get open() {
    return this.#source?.readyState === EventSource.OPEN;
  }

  /** Take note of a decision that an answer told of. */
  knows(number) {
    this.seen = Math.max(this.seen, number);
  }

  #follow() {
    if (document.hidden) {
      this.#close();
      return;
    }
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    this.#source = new EventSource(`/api/live?after=${this.seen}`);
    this.#source.addEventListener("decision", (event) => this.#told("decision", event));
    this.#source.addEventListener("reset", (event) => this.#told("reset", event));
  }

  #told(kind, event) {
    this.knows(Number(event.lastEventId));
    this.dispatchEvent(new CustomEvent(kind, { detail: JSON.parse(event.data) }));
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }
}
