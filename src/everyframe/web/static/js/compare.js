// A few pictures side by side: zoomed and moved together, the difference of two, and the same decision for all.
import { getBlob, getJson } from "./api.js";
import { Outbox } from "./decisions.js";
import { h } from "./dom.js";
import { toneOf } from "./keys.js";
import { Looks } from "./looks.js";
import { paint } from "./paint.js";
import { decideStacks } from "./stacking.js";
import { amount, say } from "./strings.js";

const STEP = 60;

class Compare extends HTMLElement {
  zoom = 1;
  x = 0;
  y = 0;
  blur = true;
  grey = true;
  difference = false;

  async connectedCallback() {
    this.setup = JSON.parse(document.querySelector("#setup").textContent);
    const { ids, person, rule } = this.setup;
    ({ blur: this.blur, grey: this.grey } = person.preferences);
    this.outbox = new Outbox();
    this.outbox.seen = () => person.seen;
    this.outbox.addEventListener("held", () => { this.held = true; });
    this.outbox.addEventListener("changed", () => this.#unsent());
    this.outbox.addEventListener("refused", (event) => { this.refused = event.detail; });
    addEventListener("beforeunload", (event) => this.outbox.unsent && event.preventDefault());
    addEventListener("pagehide", () => this.outbox.flushOnLeaving());
    this.panes = ids.map((id, n) => this.#pane(id, n, ids.length));
    this.third = h("canvas", { role: "img", "aria-label": say("compare.difference") });
    this.thirdPane = h("figure", { class: "pane", hidden: true }, h("div", { class: "view" }, this.third), h("figcaption", {}, say("compare.difference")));
    this.said = h("span", { class: "said", role: "status" });
    this.row = h("div", { class: "panes", tabindex: "0", role: "group", "aria-label": say("compare.hint") }, ...this.panes.map((p) => p.element), this.thirdPane);
    this.append(this.#head(), this.row);
    this.row.addEventListener("keydown", (event) => this.#key(event));
    this.#drag();
    new ResizeObserver(() => this.#place()).observe(this.row);
    this.looks = new Looks(rule, () => this.#onScreen());
    this.looks.silent = !person.decides;
    globalThis.everyframe = this;
    this.row.focus();
    const { items } = await getJson(`/api/items?ids=${ids.join(",")}`);
    for (const item of items) {
      const pane = this.panes.find((p) => p.id === item.id);
      pane.item = item;
      pane.caption.textContent = `${item.name} · ${amount(item.width)} × ${amount(item.height)}`;
    }
    await this.#load();
  }

  #head() {
    const button = (word, act, pressed) => h("button", { type: "button", onclick: act, "aria-pressed": pressed }, say(word));
    this.blurButton = button("compare.blur", () => this.#cover("blur"), String(this.blur));
    this.greyButton = button("compare.grey", () => this.#cover("grey"), String(this.grey));
    this.differenceButton = button("compare.difference", () => this.#differ(), "false");
    const categories = this.setup.categories.map((c, n) =>
      h("button", { type: "button", class: "category", onclick: () => this.#decide(n) }, h("kbd", { class: "digit", "data-place": toneOf(c, n + 1) }, c.key || "·"), c.name));
    const stacks = this.setup.person.decides
      ? [button("compare.merge", () => this.#stacks("merge")), button("compare.split", () => this.#stacks("split")), button("compare.unstack", () => this.#stacks("undo"))]
      : [];
    return h("header", { class: "comparehead" }, button("compare.back", () => history.back()), this.differenceButton, this.blurButton, this.greyButton,
      ...stacks, this.said, h("div", { class: "categories" }, ...categories));
  }

  #pane(id, n, all) {
    const canvas = h("canvas", { role: "img", "aria-label": say("compare.label", { n: n + 1, all }) });
    const caption = h("figcaption", {});
    const view = h("div", { class: "view" }, canvas);
    return { id, canvas, caption, view, item: null, ready: false, element: h("figure", { class: "pane" }, view, caption) };
  }

  async #load() {
    const blur = this.blur;
    await Promise.all(this.panes.map(async (pane) => {
      pane.ready = false;
      const blob = await getBlob(`/api/media/${pane.id}/rendition/${blur ? "grid" : "viewer"}/0`).catch(() => null);
      const bitmap = blob && (await createImageBitmap(blob).catch(() => null));
      if (!bitmap || blur !== this.blur) return;
      pane.canvas.width = bitmap.width;
      pane.canvas.height = bitmap.height;
      paint(pane.canvas.getContext("2d"), bitmap, { x: 0, y: 0, width: bitmap.width, height: bitmap.height }, { blur, grey: this.grey });
      bitmap.close();
      pane.ready = !blur;
    }));
    this.#place();
    this.#drawDifference();
  }

  #place() {
    const all = [...this.panes.map((p) => [p.canvas, p.view]), [this.third, this.thirdPane.firstElementChild]];
    for (const [canvas, view] of all) {
      const fit = Math.min(view.clientWidth / canvas.width, view.clientHeight / canvas.height);
      const scale = fit * this.zoom;
      canvas.style.width = `${canvas.width * scale}px`;
      canvas.style.height = `${canvas.height * scale}px`;
      canvas.style.transform = `translate(${this.x * canvas.width * scale}px, ${this.y * canvas.height * scale}px)`;
    }
  }

  #drawDifference() {
    this.thirdPane.hidden = !this.difference;
    this.differenceButton.setAttribute("aria-pressed", this.difference);
    if (!this.difference) return;
    const [a, b] = this.panes.map((p) => p.canvas);
    this.third.width = Math.max(a.width, b.width);
    this.third.height = Math.max(a.height, b.height);
    const pen = this.third.getContext("2d");
    const [w, hgt] = [this.third.width, this.third.height];
    pen.drawImage(a, 0, 0, w, hgt);
    pen.globalCompositeOperation = "difference";
    pen.drawImage(b, 0, 0, w, hgt);
    this.#place();
  }

  #differ() {
    this.difference = !this.difference;
    this.#drawDifference();
  }

  #cover(what) {
    this[what] = !this[what];
    this[`${what}Button`].setAttribute("aria-pressed", this[what]);
    this.#load();
  }

  #zoomBy(by) {
    this.zoom = Math.min(16, Math.max(1, this.zoom * by));
    if (this.zoom === 1) [this.x, this.y] = [0, 0];
    this.#place();
  }

  #move(x, y) {
    const size = this.panes[0].canvas.getBoundingClientRect();
    this.x += x / size.width;
    this.y += y / size.height;
    this.#place();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.setup.categories.findIndex((c) => c.key === event.key);
    const stacks = event.shiftKey && { m: "merge", s: "split", z: "undo" }[event.key.toLowerCase()];
    const act = stacks ? () => this.#stacks(stacks) : {
      "+": () => this.#zoomBy(1.5), "=": () => this.#zoomBy(1.5), "-": () => this.#zoomBy(1 / 1.5), z: () => this.#zoomBy(this.zoom > 1 ? 0.001 : 3),
      ArrowLeft: () => this.#move(STEP, 0), ArrowRight: () => this.#move(-STEP, 0), ArrowUp: () => this.#move(0, STEP), ArrowDown: () => this.#move(0, -STEP),
      d: () => this.#differ(), b: () => this.#cover("blur"), g: () => this.#cover("grey"), Backspace: () => history.back(), Escape: () => history.back(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (place < 0 && !act) return;
    event.preventDefault();
    if (act) act();
    else this.#decide(place);
  }

  /** Say that the pictures belong together, or do not; one stays here, to see it and take it back. */
  async #stacks(kind) {
    if (!this.setup.person.decides) return;
    const tell = (words) => { this.said.textContent = words; };
    const words = await decideStacks(kind, kind === "undo" ? [] : this.setup.ids, tell);
    if (words) tell(words);
  }

  async #decide(place) {
    const category = this.setup.categories[place];
    const { ids } = this.setup;
    this.refused = "";
    this.held = false;
    this.outbox.push({ code: category.code, ids });
    this.said.textContent = say("compare.decided", { category: `${category.key} ${category.name}`.trim(), n: amount(ids.length) });
    await this.outbox.drained();
    await this.looks.settle();
    if (this.refused) this.said.textContent = say("say.refused", { reason: this.refused });
    else if (this.held) this.said.textContent = say("compare.held");
    else history.back();
  }

  #unsent() {
    const { unsent, failing } = this.outbox;
    const box = document.querySelector("#unsent");
    box.hidden = !unsent;
    box.classList.toggle("failing", failing);
    box.textContent = failing ? say("status.lost") : say("status.unsent", { n: amount(unsent) });
  }

  #onScreen() {
    if ("cleared" in document.documentElement.dataset) return [];
    return this.panes.filter((p) => p.ready && p.item && !p.item.several).map((p) => {
      const box = p.canvas.getBoundingClientRect();
      return { id: p.id, width: Math.round(box.width), height: Math.round(box.height), native: p.item, several: false, manner: "viewer" };
    });
  }

  #drag() {
    this.row.addEventListener("pointermove", (event) => event.buttons === 1 && this.zoom > 1 && this.#move(event.movementX, event.movementY));
    this.row.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    }, { passive: false });
  }
}

customElements.define("ef-compare", Compare);
