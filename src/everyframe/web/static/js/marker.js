// The small dialogue that asks for the words of a tag, a note or a clue.
import { getJson, operationId, post } from "./api.js";
import { h } from "./dom.js";
import { pictures, say } from "./strings.js";

export class Marker {
  constructor(review) {
    this.review = review;
  }

  tag({ count, what }) {
    const options = h("datalist", { id: "tags-used" });
    getJson("/api/views").then(({ tags }) => options.replaceChildren(...tags.map((t) => h("option", { value: t.name }))));
    const input = h("input", { name: "text", list: "tags-used", maxlength: 60, required: true, autocomplete: "off", "aria-label": say("mark.tag") });
    this.#ask("mark.tag", say("mark.for", { n: pictures(count) }), [input, options], async (form) => {
      const { name, media } = await post("/api/tags", { op: operationId(), name: form.get("text"), ...what });
      this.review.say(say("say.tagged", { name, n: pictures(media) }));
    });
  }

  note(id) {
    const input = h("textarea", { name: "text", maxlength: 2000, required: true, rows: 4, "aria-label": say("mark.note") });
    this.#ask("mark.note", "", [input], async (form) => {
      await post("/api/notes", { op: operationId(), media: id, text: form.get("text") });
      this.review.say(say("say.noted"));
    });
  }

  /** Ask what a rectangle shows; ``mark`` names picture, rendition and rectangle. */
  clue(mark, kinds) {
    const kind = h("select", { name: "kind", "aria-label": say("mark.kind") }, ...kinds.map((k) => h("option", { value: k }, say(`clue.${k}`))));
    const input = h("input", { name: "text", maxlength: 2000, "aria-label": say("mark.words"), placeholder: say("mark.words"), autocomplete: "off" });
    this.#ask("mark.add.clue", "", [kind, input], async (form) => {
      await post("/api/clues", { op: operationId(), ...mark, kind: form.get("kind"), text: form.get("text") });
      this.review.say(say("say.clued"));
    });
  }

  #ask(title, about, fields, store) {
    const wrong = h("p", { class: "alarm", role: "alert" });
    const dialog = h("dialog", { class: "marker", "aria-label": say(title) });
    const close = () => dialog.close();
    const buttons = h("div", { class: "buttons" },
      h("button", { type: "button", onclick: close }, say("mark.cancel")),
      h("button", { type: "submit", class: "primary" }, say("mark.store")));
    const form = h("form", {}, h("h2", {}, say(title)), about && h("p", { class: "note" }, about), ...fields, wrong, buttons);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = await store(new FormData(form)).catch((error) => error);
      wrong.textContent = failed?.message ?? "";
      if (!failed) close();
    });
    form.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => {
      dialog.remove();
      const { viewer } = this.review;
      if (!viewer.hidden) viewer.refresh();
      this.review.takeFocus();
    });
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
  }
}
