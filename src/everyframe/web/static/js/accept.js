// Accepting a warning with a note, and taking that back; the page is read again from the server afterwards.
import { operationId, post } from "./api.js";

class Accept extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      this.#send(form, { warning: Number(form.dataset.warning), note: new FormData(form).get("note") });
    });
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-reopen]");
      if (button) this.#send(button.parentElement, { warning: Number(button.dataset.reopen), reopen: true });
    });
  }

  async #send(place, body) {
    const failed = await post("/api/warnings/accept", { op: operationId(), ...body }).catch((error) => error);
    if (!failed?.message) {
      location.reload();
      return;
    }
    const alarm = place.querySelector("[role=alert]");
    if (alarm) alarm.textContent = failed.message;
  }
}

customElements.define("ef-accept", Accept);
