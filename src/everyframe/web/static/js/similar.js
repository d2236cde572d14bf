// Search by a picture from outside the case: it is sent to the server, decoded in a process of its own, and not kept.
import { postBytes } from "./api.js";
import { h } from "./dom.js";
import { say } from "./strings.js";

const PLAIN = 50;

class Similar extends HTMLElement {
  connectedCallback() {
    this.input = h("input", { type: "file", class: "hidden", id: "upload", accept: "image/*,.heic,.dng,.cr2,.nef,.arw" });
    const label = h("label", { class: "button primary", for: "upload" }, say("similar.choose"));
    this.told = h("p", { class: "note", role: "status" });
    this.area = h("section", { class: "card drop" }, this.input, label, h("p", { class: "note" }, say("similar.drop")), this.told);
    this.append(this.area, h("p", { class: "note" }, say("similar.from")));
    this.input.addEventListener("change", () => this.input.files.length && this.#send(this.input.files[0]));
    this.area.addEventListener("dragover", (event) => event.preventDefault());
    this.area.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) this.#send(event.dataTransfer.files[0]);
    });
  }

  async #send(file) {
    this.told.classList.remove("alarm");
    this.told.textContent = say("similar.reading");
    try {
      const { pdq, quality } = await postBytes("/api/similar", file);
      const href = `/review?${new URLSearchParams({ q: `similar:${pdq}/60`, order: "nearest" })}`;
      if (quality >= PLAIN) location.assign(href);
      else this.told.replaceChildren(say("similar.plain", { n: quality }), " ", h("a", { href }, say("place.open")));
    } catch (error) {
      this.told.classList.add("alarm");
      this.told.textContent = error.message;
    }
    this.input.value = "";
  }
}

customElements.define("ef-similar", Similar);
