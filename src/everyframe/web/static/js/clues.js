// All clues of the case: crops, their words, and the way back to the picture. Crops are fetched only when they are shown.
import { getBlob, getJson } from "./api.js";
import { h } from "./dom.js";
import { amount, say } from "./strings.js";

const KINDS = ["", "object", "text", "uniform", "view", "landmark"];

class Clues extends HTMLElement {
  shown = false;

  async connectedCallback() {
    const asked = new URLSearchParams(location.search);
    this.kind = asked.get("kind") ?? "";
    this.input = h("input", { type: "search", value: asked.get("text") ?? "", placeholder: say("clue.search"), "aria-label": say("clue.search") });
    const form = h("form", { role: "search", class: "tools" }, this.input);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go({ kind: this.kind, text: this.input.value });
    });
    this.cover = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.#show() }, say("clue.show"));
    this.kinds = h("nav", { class: "chips", "aria-label": say("mark.kind") });
    this.list = h("ul", { class: "cluelist" });
    form.append(this.cover);
    this.append(this.kinds, form, this.list);
    await this.#read();
  }

  #go(values) {
    const query = new URLSearchParams(Object.entries(values).filter(([, v]) => v));
    location.assign(`/clues${query.size ? "?" : ""}${query}`);
  }

  async #read(after = 0) {
    const query = new URLSearchParams({ kind: this.kind, text: this.input.value, after });
    const { clues, totals } = await getJson(`/api/clues?${query}`);
    const all = Object.values(totals).reduce((a, b) => a + b, 0);
    const chip = (kind) => {
      const link = new URLSearchParams(kind ? { kind } : {});
      return h("a", { class: "chip", href: `/clues${kind ? "?" : ""}${link}`, "aria-current": kind === this.kind && "page" },
        say(kind ? `clue.${kind}` : "clue.all"), " ", h("small", {}, amount(kind ? totals[kind] ?? 0 : all)));
    };
    this.kinds.replaceChildren(...KINDS.map(chip));
    this.list.append(...clues.map((c) => this.#card(c)));
    if (!this.list.children.length) this.list.append(h("li", { class: "note" }, say("clue.none")));
    this.more?.remove();
    if (clues.length < 200) return;
    this.more = h("button", { type: "button", onclick: () => this.#read(clues.at(-1).id) }, say("clue.more"));
    this.append(this.more);
  }

  #card(clue) {
    const canvas = h("canvas", { width: clue.crop_width, height: clue.crop_height, role: "img", "aria-label": say(`clue.${clue.kind}`) });
    const href = `/review?q=id:${clue.media_id}&item=${clue.media_id}`;
    const card = h("li", { class: "clue" }, h("div", { class: "crop" }, canvas, h("span", { class: "note" }, say("clue.blurred"))),
      h("p", {}, h("b", {}, say(`clue.${clue.kind}`)), " ", clue.text), h("small", {}, clue.display), h("small", {}, `${clue.actor} · ${clue.at.slice(0, 16)}`),
      h("a", { href }, say("clue.open")));
    card.draw = async () => {
      card.classList.toggle("shown", this.shown);
      if (!this.shown || card.drawn) return;
      card.drawn = true;
      const bitmap = await createImageBitmap(await getBlob(`/api/clues/${clue.id}/crop`));
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      bitmap.close();
    };
    card.draw();
    return card;
  }

  #show() {
    this.shown = !this.shown;
    this.cover.setAttribute("aria-pressed", this.shown);
    this.cover.textContent = say(this.shown ? "clue.hide" : "clue.show");
    for (const card of this.list.children) card.draw?.();
  }
}

customElements.define("ef-clues", Clues);
