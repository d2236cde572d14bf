// Accepting a warning with a note, taking that back, and having its file read again; the page is loaded anew afterwards.
import { getJson, operationId, post } from "./api.js";

const EVERY = 1500; // milliseconds between two questions whether a file was read again

class Accept extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      this.#send(form, "accept", { warning: Number(form.dataset.warning), note: new FormData(form).get("note") });
    });
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-reopen], button[data-retry]");
      if (!button) return;
      const { reopen, retry, manner } = button.dataset;
      if (reopen) this.#send(button.parentElement, "accept", { warning: Number(reopen), reopen: true });
      else this.#send(button.parentElement, "retry", { warning: Number(retry), manner });
    });
    this.waiting = [...this.querySelectorAll("[data-waits]")].map((place) => place.dataset.waits);
    if (this.waiting.length) this.timer = setInterval(() => this.#ask(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** Load the page anew once something came of what waits, unless somebody is writing on it. */
  async #ask() {
    const { retries } = await getJson(`/api/warnings/retries?ids=${this.waiting.join(",")}`).catch(() => ({ retries: {} }));
    const done = this.waiting.some((id) => retries[id]?.every((one) => one.outcome));
    if (done && !this.querySelector("details[open]")) location.reload();
  }

  async #send(place, what, body) {
    const failed = await post(`/api/warnings/${what}`, { op: operationId(), ...body }).catch((error) => error);
    if (!failed?.message) {
      location.reload();
      return;
    }
    const alarm = place.querySelector("[role=alert]");
    if (alarm) alarm.textContent = failed.message;
  }
}

customElements.define("ef-accept", Accept);
