// One cell of the grid: its elements are made once and shown for another picture whenever rows are reused.
import { amount, length, say } from "./strings.js";
import { toneOf } from "./keys.js";
import { contain, paint } from "./paint.js";
import { BROKEN } from "./previews.js";

const PADDING = 6;

function part(name, parent) {
  const element = document.createElement("span");
  element.className = name;
  element.hidden = true;
  parent.append(element);
  return element;
}

function put(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

export class Cell {
  constructor() {
    this.index = -1;
    this.id = 0;
    this.painted = null; // {width, height} of the drawn picture in CSS pixels
    this.element = document.createElement("div");
    this.element.className = "cell";
    this.element.setAttribute("role", "gridcell");
    this.element.tabIndex = -1;
    this.element.cell = this;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.element.append(this.canvas);
    this.category = part("category", this.element);
    this.eye = part("eye", this.element);
    this.kind = part("kind", this.element);
    this.copies = part("copies", this.element);
    this.note = part("note", this.element);
  }

  /** Show another item, or none. */
  bind(index, id, column) {
    this.index = index;
    this.id = id;
    this.mode = "";
    this.painted = null;
    this.element.hidden = id === 0;
    this.element.className = "cell loading";
    this.element.setAttribute("aria-colindex", column + 1);
    this.element.dataset.id = id;
    put(this.note, "");
    if (this.canvas.width > 1) this.canvas.width = this.canvas.width; // clears it
  }

  /** Show facts and state. */
  tell(item, state, categories) {
    const { classList } = this.element;
    const category = categories[state.place - 1];
    classList.toggle("decided", state.place > 0);
    classList.toggle("looked", state.looked);
    classList.toggle("selected", state.selected);
    this.element.dataset.place = toneOf(category, state.place);
    this.element.setAttribute("aria-selected", state.selected);
    put(this.category, state.place ? (category ? category.key || category.code : "•") : "");
    this.category.title = category?.name ?? "";
    put(this.eye, state.looked ? "✓" : "");
    classList.toggle("damaged", Boolean(item?.damaged));
    put(this.kind, item ? kindText(item) : "");
    put(this.copies, item ? countText(item) : "");
    this.element.setAttribute("aria-label", label(item, state, category));
  }

  fail(flags) {
    this.element.classList.remove("loading");
    this.element.classList.add("unreadable");
    put(this.note, say(flags & BROKEN ? "cell.broken" : "cell.missing"));
  }

  /** Draw a decoded preview. */
  draw(bitmap, side, ratio, { blur, grey }, native) {
    const inner = Math.max(1, Math.round((side - 2 * PADDING) * ratio));
    if (this.canvas.width !== inner || this.canvas.height !== inner) {
      this.canvas.width = inner;
      this.canvas.height = inner;
    }
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, inner, inner);
    const most = native ? Math.max(native.width, native.height) / Math.max(bitmap.width, bitmap.height) : 1;
    const place = contain(bitmap, { width: inner, height: inner }, Math.max(1, most) * ratio);
    paint(pen, bitmap, place, { blur, grey });
    this.painted = { width: Math.round(place.width / ratio), height: Math.round(place.height / ratio), blur };
    this.element.classList.remove("loading");
    this.element.classList.toggle("blurred", blur);
  }
}

function kindText(item) {
  if (item.kind === "video") return `▶ ${length(item.duration_ms)}`;
  return item.frames > 1 ? `▤ ${amount(item.frames)}` : "";
}

function countText(item) {
  const copies = item.occurrences > 1 ? `×${amount(item.occurrences)}` : "";
  const stacked = item.stacked ? `⧉${amount(item.stacked)}` : "";
  const marks = [item.known ? "◆" : "", item.variant ? "≠" : "", stacked];
  return [...marks, copies, item.folded ? `+${amount(item.folded)}` : ""].filter(Boolean).join(" ");
}

function label(item, state, category) {
  if (!item) return say("cell.loading");
  const words = [item.name];
  if (item.kind === "video") words.push(say("cell.film", { time: length(item.duration_ms) }));
  else if (item.frames > 1) words.push(say("cell.frames", { n: item.frames }));
  if (item.damaged) words.push(say("cell.damaged"));
  if (category) words.push(say("cell.category", category));
  else words.push(say(state.place ? "cell.other" : "cell.undecided"));
  if (state.looked) words.push(say("cell.looked"));
  if (item.occurrences > 1) words.push(say("cell.copies", { n: item.occurrences }));
  if (item.folded) words.push(say("cell.folded", { n: item.folded }));
  if (item.stacked) words.push(say("cell.stacked", { n: item.stacked }));
  if (item.variant) words.push(say("cell.variant"));
  if (item.known) words.push(say("cell.known", { kind: item.known }));
  return words.join(", ");
}
