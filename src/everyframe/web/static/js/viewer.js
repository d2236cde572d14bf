// One picture, large, over the grid. While it is blurred only the small rendition is fetched; R or B fetches the large one.
import { getBlob, getJson } from "./api.js";
import { Beside } from "./beside.js";
import { h } from "./dom.js";
import { toneOf } from "./keys.js";
import { paint } from "./paint.js";
import { panelOf } from "./panel.js";
import { amount, say } from "./strings.js";

const MARGIN = 24;
const ENLARGED = 2; // a small picture is shown at up to twice its size
const ZOOMS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6];

export class Viewer extends HTMLElement {
  mediaId = 0;
  media = null;
  blur = true;
  grey = true;
  revealed = false;
  frame = -1; // -1 is the preview itself
  zoom = 0; // 0 fits
  turn = 0;
  other = false; // the picture of another decoder is shown instead
  #ready = false; // the picture that is meant is drawn, and unblurred
  #strip = [];
  #abort = new AbortController();

  build(categories, act) {
    this.categories = categories;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-modal", "true");
    this.setAttribute("aria-label", say("viewer.label"));
    const button = (action, word) =>
      h("button", { type: "button", "data-action": action, onclick: () => act(action) }, say(word));
    this.name = h("span", { class: "name" });
    this.category = h("span", { class: "category", hidden: true });
    this.size = h("span", { class: "size" });
    this.cover = button("reveal", "viewer.reveal");
    const head = h("header", {}, button("close", "viewer.close"), this.category, this.name, this.size, this.cover);
    head.append(button("full", "viewer.full"), button("rotate", "viewer.rotate"));
    this.canvas = h("canvas", {});
    this.note = h("p", { class: "cover" });
    this.stage = h("div", { class: "picture", tabindex: "-1" }, this.canvas, this.note);
    this.frames = h("div", { class: "frames", hidden: true });
    this.panel = h("aside", { class: "panel" });
    this.beside = new Beside();
    this.beside.clear();
    const sides = [button("viewerLeft", "viewer.previous"), button("viewerRight", "viewer.next")];
    this.append(head, h("div", { class: "middle" }, sides[0], this.stage, this.beside, sides[1]), this.frames, this.panel);
    this.#drag();
    new ResizeObserver(() => this.#fit()).observe(this.stage);
  }

  /** Show a picture; ``item`` are the facts that the grid has of it already. */
  async open(id, state) {
    const again = this.mediaId === id && !this.hidden;
    this.hidden = false;
    this.tell(state);
    if (again) return;
    this.#abort.abort();
    this.#abort = new AbortController();
    Object.assign(this, { mediaId: id, media: null, revealed: false, frame: -1, zoom: 0, turn: 0, other: false });
    this.#strip = [];
    this.frames.replaceChildren();
    this.frames.hidden = true;
    this.beside.clear();
    this.stage.focus({ preventScroll: true });
    await Promise.all([this.#picture(), this.refresh()]);
  }

  close() {
    this.#abort.abort();
    this.hidden = true;
    this.mediaId = 0;
    this.#ready = false;
    this.canvas.width = 1;
    this.panel.replaceChildren();
  }

  /** Show the category in force and how pictures are shown. */
  tell({ place, blur, grey }) {
    const category = this.categories[place - 1];
    this.category.hidden = !place;
    this.category.dataset.place = toneOf(category, place);
    this.category.textContent = category ? `${category.key} ${category.name}`.trim() : place ? say("cell.other") : "";
    if (blur === this.blur && grey === this.grey) return;
    Object.assign(this, { blur, grey, revealed: false });
    if (this.mediaId && !this.hidden) this.#redraw();
  }

  get covered() {
    return this.blur && !this.revealed;
  }

  reveal() {
    if (!this.blur) return;
    this.revealed = !this.revealed;
    this.#redraw();
  }

  /** Read everything that is stored of the picture again. */
  async refresh() {
    const id = this.mediaId;
    const media = await getJson(`/api/media/${id}`, this.#abort.signal).catch(() => null);
    if (id !== this.mediaId) return;
    const first = !this.media;
    this.media = media;
    const name = media?.files.rows[0]?.display ?? "";
    this.name.textContent = media ? name : say("viewer.unknown");
    this.panel.replaceChildren(...(media ? panelOf(media, this) : []));
    if (first && media) this.#film();
    if (first && media) this.beside.show(media, this);
    this.#fit();
  }

  /** Give the rendition that is shown, for a mark on it. */
  get shown() {
    return this.frame >= 0 ? { role: "frame", ordinal: this.frame } : { role: "viewer", ordinal: 0 };
  }

  /** Fit the picture and turn it upright, so that a rectangle on it is one on the rendition. */
  straighten() {
    Object.assign(this, { zoom: 0, turn: 0 });
    if (this.other) this.turnOther();
    this.#fit();
  }

  /** Show the other decoder's picture instead, or the first one again; tells whether it is shown. */
  turnOther() {
    Object.assign(this, { other: !this.other, frame: -1 });
    this.#picture();
    return this.other;
  }

  /** Draw the other decoder's picture small; while blurred the blurred preview stands in for it, and it is not fetched. */
  async drawOther(canvas) {
    const { mediaId: id } = this;
    const blur = this.covered;
    const bitmap = await this.#fetch(blur ? "grid" : "other", 0);
    if (bitmap && id === this.mediaId && blur === this.covered) this.#draw(canvas, bitmap, blur);
    bitmap?.close();
  }

  /** Draw a small rendition of an embedded picture, covered as this one is. */
  async drawSmall(canvas, id) {
    const blob = await getBlob(`/api/media/${id}/rendition/grid/0`, this.#abort.signal).catch(() => null);
    const bitmap = blob && (await createImageBitmap(blob).catch(() => null));
    if (bitmap) this.#draw(canvas, bitmap, this.covered);
    bitmap?.close();
  }

  /** Give what of it is on screen unblurred, as the looks want it. */
  onScreen() {
    if (this.hidden || this.covered || !this.#ready || !this.media) return [];
    const several = this.media.kind === "video" || this.media.frames > 1;
    if (several && !this.#strip.every((s) => s.drawn)) return [];
    const box = this.canvas.getBoundingClientRect();
    const [width, height] = [Math.round(box.width), Math.round(box.height)];
    const native = { width: this.media.width ?? 0, height: this.media.height ?? 0 };
    return [{ id: this.mediaId, width, height, native, several, count: 1 + this.#strip.length, manner: "viewer" }];
  }

  zoomBy(step) {
    const now = this.zoom || this.#fitted();
    const next = step > 0 ? ZOOMS.find((z) => z > now * 1.01) : ZOOMS.findLast((z) => z < now * 0.99);
    this.zoom = next ?? now;
    this.#fit();
  }

  fullOrFit() {
    this.zoom = this.zoom ? 0 : 1;
    this.#fit();
  }

  rotate() {
    this.turn = (this.turn + 90) % 360;
    this.#fit();
  }

  #redraw() {
    this.#picture();
    this.beside.redraw();
    for (const canvas of this.panel.querySelectorAll("canvas[data-media]")) this.drawSmall(canvas, canvas.dataset.media);
    for (const frame of this.#strip) this.#drawFrame(frame);
  }

  /** Fetch and draw the rendition that may be shown: the small one while blurred. */
  async #picture() {
    const { mediaId: id, frame, other } = this;
    const blur = this.covered;
    this.#ready = false;
    this.cover.hidden = !this.blur;
    this.cover.textContent = say(blur ? "viewer.reveal" : "viewer.cover");
    this.note.textContent = blur ? say("viewer.blurred") : "";
    const role = blur ? "grid" : other ? "other" : frame >= 0 ? "frame" : "viewer";
    const bitmap = await this.#fetch(role, blur ? 0 : Math.max(0, frame));
    const same = id === this.mediaId && blur === this.covered && frame === this.frame && other === this.other;
    if (bitmap && same) {
      this.#draw(this.canvas, bitmap, blur);
      this.#ready = !blur && !other;
      this.#fit();
    }
    bitmap?.close();
    if (!bitmap && same) this.note.textContent = say("viewer.unknown");
  }

  async #fetch(role, ordinal) {
    const path = `/api/media/${this.mediaId}/rendition/${role}/${ordinal}`;
    const blob = await getBlob(path, this.#abort.signal).catch(() => null);
    return blob && createImageBitmap(blob).catch(() => null);
  }

  #draw(canvas, bitmap, blur) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    const place = { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
    paint(canvas.getContext("2d"), bitmap, place, { blur, grey: this.grey });
  }

  #film() {
    const count = this.media.renditions.filter((r) => r.role === "frame").length;
    this.#strip = Array.from({ length: count }, (_, n) => this.#frameButton(n));
    this.frames.hidden = count === 0;
    this.frames.replaceChildren(...this.#strip.map((s) => s.button));
    for (const frame of this.#strip) this.#drawFrame(frame);
  }

  #frameButton(n) {
    const canvas = h("canvas", {});
    const show = () => {
      Object.assign(this, { frame: this.frame === n ? -1 : n, other: false });
      for (const [m, s] of this.#strip.entries()) s.button.setAttribute("aria-pressed", m === this.frame);
      this.#picture();
    };
    const label = say("viewer.frame", { n: n + 1 });
    return { n, canvas, drawn: false, button: h("button", { type: "button", "aria-label": label, onclick: show }, canvas) };
  }

  /** Draw a frame of the strip; while blurred it stands in for itself as the blurred preview, and is not fetched. */
  async #drawFrame(frame) {
    const { mediaId: id } = this;
    const blur = this.covered;
    frame.drawn = false;
    const bitmap = await this.#fetch(blur ? "grid" : "frame", blur ? 0 : frame.n);
    if (bitmap && id === this.mediaId && blur === this.covered) {
      this.#draw(frame.canvas, bitmap, blur);
      frame.drawn = !blur;
    }
    bitmap?.close();
  }

  #fitted() {
    const turned = this.turn % 180 !== 0;
    const [width, height] = turned ? [this.canvas.height, this.canvas.width] : [this.canvas.width, this.canvas.height];
    const [wide, high] = [this.stage.clientWidth - MARGIN, this.stage.clientHeight - MARGIN];
    return Math.min(wide / width, high / height, this.#real(ENLARGED));
  }

  /** Give how far a rendition is enlarged to fit: to the picture's own pixels, and at least so many times. */
  #real(least) {
    const own = this.media?.width ? Math.max(this.media.width, this.media.height) : 0;
    return Math.max(least, own / Math.max(this.canvas.width, this.canvas.height, 1));
  }

  #fit() {
    if (this.hidden || !this.canvas.width) return;
    const scale = this.zoom || this.#fitted();
    const style = this.canvas.style;
    style.width = `${this.canvas.width * scale}px`;
    style.height = `${this.canvas.height * scale}px`;
    style.transform = this.turn ? `rotate(${this.turn}deg)` : "";
    this.stage.classList.toggle("large", scale > this.#fitted() * 1.01);
    const m = this.media;
    const shown = say("viewer.rendition", { width: this.canvas.width, height: this.canvas.height });
    const own = m?.width ? `${amount(m.width)} × ${amount(m.height)} · ` : "";
    this.size.textContent = `${own}${shown} · ${Math.round(scale * 100)} %`;
  }

  #drag() {
    this.stage.addEventListener("pointermove", (event) => {
      if (event.buttons !== 1) return;
      this.stage.scrollLeft -= event.movementX;
      this.stage.scrollTop -= event.movementY;
    });
    this.stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomBy(-Math.sign(event.deltaY));
    }, { passive: false });
  }
}

customElements.define("ef-viewer", Viewer);
