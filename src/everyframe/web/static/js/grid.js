// The grid: a million square cells of which only those near the screen exist.
//
// Rows are reused in turn. The scroller's height is capped, so the real place is kept in ``top`` and only mapped onto the
// scroll bar. Focus rests on one cell (roving tabindex); when that cell is not in the document it rests on the grid.
import { Cell } from "./cell.js";
import { Items } from "./items.js";
import { halfVisible, plan, SIZES } from "./layout.js";
import { Previews } from "./previews.js";
import { Selection } from "./selection.js";
import { say } from "./strings.js";

const SETTLE_MS = 30;
const SMALL_CELL = 100;
const PREVIEW_SIDE = 256;

export class Grid extends HTMLElement {
  order = null;
  categories = [];
  focusIndex = 0;
  size = 160;
  blur = true;
  grey = true;
  revealed = -1; // index of the one picture that is shown although the view is blurred
  selection = new Selection();
  items = new Items();
  #top = 0;
  #expected = 0;
  #pool = [];
  #plan = null;
  #anchor = 0;
  #byId = new Map();
  #frame = 0;
  #timer = 0;

  connectedCallback() {
    this.previews = new Previews((id, found) => this.#arrived(id, found));
    this.scroller = this.#div("scroller", this);
    this.spacer = this.#div("spacer", this.scroller);
    this.pane = this.#div("pane", this.spacer);
    this.layer = this.#div("layer", this.pane);
    this.empty = this.#div("nothing", this);
    this.layer.setAttribute("role", "grid");
    this.layer.setAttribute("aria-label", say("grid.label"));
    this.layer.setAttribute("aria-multiselectable", "true");
    this.scroller.tabIndex = -1;
    this.layer.tabIndex = 0;
    this.target = this.layer;
    this.scroller.addEventListener("scroll", () => this.#scrolled());
    this.scroller.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.layer.addEventListener("pointerdown", (event) => this.#pointer(event));
    this.layer.addEventListener("dblclick", () => this.#fire("openitem", this.focusIndex));
    this.items.addEventListener("arrived", (event) => this.#told(event.detail));
    new ResizeObserver(() => this.relayout()).observe(this.scroller);
    this.message(say("grid.loading"));
  }

  /** Show an order, with an item at a place: {index, top?} as ``place`` gives it. */
  show(order, at = { index: 0 }) {
    this.order = order;
    this.selection.clear();
    this.revealed = -1;
    this.focusIndex = Math.min(at.index, Math.max(0, order.length - 1));
    this.message(order.length ? "" : say("grid.empty"));
    this.relayout();
    if (at.row === undefined) this.bringIn(this.focusIndex);
    else this.#go((at.row + at.part) * this.#plan.cell);
    this.#fire("moved", this.focusIndex);
  }

  /** Name the place that is shown, so that it can be returned to at any cell size. */
  get place() {
    const row = this.#plan ? this.#top / this.#plan.cell : 0;
    return { index: this.focusIndex, row: Math.floor(row), part: row - Math.floor(row) };
  }

  get columns() {
    return this.#plan?.columns ?? 1;
  }

  get cellSide() {
    return this.#plan?.cell ?? this.size;
  }

  get pageRows() {
    return Math.max(1, Math.floor(this.#plan.height / this.#plan.cell));
  }

  get firstVisible() {
    return Math.floor(this.#top / this.#plan.cell) * this.#plan.columns;
  }

  message(text) {
    this.empty.textContent = text;
    this.empty.hidden = !text;
  }

  /** Plan anew for the size of the window and the cells, keeping the focused item where it is. */
  relayout() {
    const [width, height] = [this.scroller.clientWidth, this.scroller.clientHeight];
    if (!this.order || !width || !height) return;
    const before = this.#plan;
    const kept = before && Math.floor(this.focusIndex / before.columns) * before.cell - this.#top;
    const count = this.order.length;
    this.#plan = plan({ width, height, wanted: this.size, count, ratio: devicePixelRatio });
    this.#build();
    this.spacer.style.height = `${this.#plan.shown}px`;
    this.pane.style.height = `${height}px`;
    this.layer.setAttribute("aria-rowcount", this.#plan.rows);
    this.layer.setAttribute("aria-colcount", this.#plan.columns);
    this.classList.toggle("tiny", this.#plan.cell < SMALL_CELL * 1.25);
    const inside = kept === null || kept < 0 || kept > height - this.#plan.cell ? null : kept;
    const row = Math.floor(this.focusIndex / this.#plan.columns) * this.#plan.cell;
    this.#go(inside === null ? this.#top : row - inside);
    this.#fire("planned");
  }

  /** Bring an item into view and draw. */
  bringIn(index) {
    const row = Math.floor(index / this.#plan.columns) * this.#plan.cell;
    const { cell, height } = this.#plan;
    if (row < this.#top) this.#go(row);
    else if (row + cell > this.#top + height) this.#go(row + cell - height);
    else this.draw();
  }

  /** Move the focus to an item. */
  focusItem(index, { quiet = false } = {}) {
    if (!this.order?.length) return;
    const to = Math.max(0, Math.min(this.order.length - 1, index));
    const left = this.revealed >= 0 && this.revealed !== to ? this.revealed : -1;
    this.focusIndex = to;
    if (left >= 0) this.uncover(-1);
    this.bringIn(to);
    if (!quiet) this.#fire("moved", to);
  }

  setSize(step) {
    const at = SIZES.indexOf(this.size) + step;
    if (at < 0 || at >= SIZES.length) return;
    this.size = SIZES[at];
    this.relayout();
    this.bringIn(this.focusIndex);
  }

  setCover({ blur = this.blur, grey = this.grey }) {
    this.blur = blur;
    this.grey = grey;
    this.revealed = -1;
    this.draw();
  }

  /** Show one item although the view is blurred; -1 covers it again. */
  uncover(index) {
    this.revealed = index;
    this.draw();
  }

  /** Draw the states of cells again: all, or those of some indexes. */
  refresh(indexes = null) {
    for (const { cells } of this.#pool) {
      for (const cell of cells) if (cell.id && (!indexes || indexes.has(cell.index))) this.#tell(cell);
    }
  }

  cellAt(index) {
    const row = Math.floor(index / this.columns);
    const found = this.#pool.length ? this.#pool[row % this.#pool.length] : null;
    return found?.row === row ? found.cells[index % this.columns] : null;
  }

  /** Give the pictures that are on screen, painted, with at least half of their cell: for the looks. */
  onScreen() {
    if (!this.order || this.hidden) return [];
    const [first, end] = halfVisible(this.#plan, this.#top);
    const seen = [];
    for (const { row, cells } of this.#pool) {
      if (row < first || row >= end) continue;
      for (const cell of cells) if (cell.id && cell.painted) seen.push(cell);
    }
    return seen;
  }

  get settled() {
    const [first, end] = this.#plan ? halfVisible(this.#plan, this.#top) : [0, 0];
    const ready = (cell) => !cell.id || cell.painted || cell.element.classList.contains("unreadable");
    const rows = this.#pool.filter((r) => r.row >= first && r.row < end);
    return Boolean(this.#plan) && rows.length > 0 && rows.every((r) => r.cells.every(ready));
  }

  scrollToFraction(fraction) {
    this.#go(fraction * this.#plan.furthest);
  }

  draw() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    if (!this.#plan) return;
    const held = this.contains(document.activeElement); // asked first: a cell that is hidden loses the focus
    const { cell, spare, poolRows, columns } = this.#plan;
    const first = Math.max(0, Math.floor(this.#top / cell) - spare);
    if (Math.abs(first - this.#anchor) > 10_000) this.#anchor = first;
    for (let row = first; row < first + poolRows; row += 1) this.#bindRow(this.#pool[row % poolRows], row, columns);
    this.layer.style.transform = `translateY(${this.#anchor * cell - this.#top}px)`;
    this.#placeFocus(held);
    clearTimeout(this.#timer);
    this.#paintKnown();
    this.#timer = setTimeout(() => this.#load(), SETTLE_MS);
  }

  #bindRow(slot, row, columns) {
    if (slot.anchor !== this.#anchor || slot.row !== row) {
      slot.element.style.transform = `translateY(${(row - this.#anchor) * this.#plan.cell}px)`;
      slot.anchor = this.#anchor;
    }
    if (slot.row === row && slot.order === this.order) return;
    slot.row = row;
    slot.order = this.order;
    slot.element.setAttribute("aria-rowindex", row + 1);
    for (let column = 0; column < columns; column += 1) {
      const index = row * columns + column;
      const id = index < this.order.length ? this.order.ids[index] : 0;
      const cell = slot.cells[column];
      if (this.#byId.get(cell.id) === cell) this.#byId.delete(cell.id);
      cell.bind(index, id, column);
      if (!id) continue;
      this.#byId.set(id, cell);
      this.#tell(cell);
    }
  }

  #build() {
    const { poolRows, columns, cell } = this.#plan;
    if (this.#pool.length === poolRows && this.#pool[0].cells.length === columns && this.#pool[0].size === cell) return;
    const held = this.contains(document.activeElement);
    this.#byId.clear();
    this.#anchor = 0;
    this.layer.style.setProperty("--cell", `${cell}px`);
    this.#pool = Array.from({ length: poolRows }, () => this.#row(columns, cell));
    this.layer.replaceChildren(...this.#pool.map((slot) => slot.element));
    this.target = this.layer;
    this.layer.tabIndex = 0;
    if (held) this.takeFocus();
  }

  #row(columns, size) {
    const element = document.createElement("div");
    element.className = "row";
    element.setAttribute("role", "row");
    const cells = Array.from({ length: columns }, () => new Cell());
    element.append(...cells.map((cell) => cell.element));
    return { element, cells, size, row: -1, anchor: -1, order: null };
  }

  #tell(cell) {
    const { index } = cell;
    const state = { place: this.order.place(index), looked: this.order.looked(index) };
    cell.tell(this.items.get(cell.id), { ...state, selected: this.selection.has(index) }, this.categories);
  }

  #mode(cell) {
    const blur = this.blur && cell.index !== this.revealed;
    const enlarged = this.#plan.cell > PREVIEW_SIDE && this.items.get(cell.id) ? "enlarged" : "";
    return { blur, grey: this.grey, name: `${blur} ${this.grey} ${this.#plan.cell} ${enlarged}` };
  }

  #paintKnown() {
    for (const cell of this.#byId.values()) this.#paint(cell, this.previews.get(cell.id));
  }

  #paint(cell, found) {
    if (!found) return;
    const mode = this.#mode(cell);
    if (cell.mode === mode.name) return;
    cell.mode = mode.name;
    const { id } = cell;
    if (!found.blob) {
      cell.fail(found.flags);
      return;
    }
    const still = () => cell.id === id && cell.mode === mode.name;
    this.previews.decode(found, {}, still, (bitmap) => {
      if (!still()) return;
      if (bitmap) cell.draw(bitmap, this.#plan.cell, Math.min(2, devicePixelRatio), mode, this.items.get(id));
      else cell.fail(0);
    });
  }

  #load() {
    const [first, end] = halfVisible(this.#plan, this.#top);
    const far = (cell) => cell.index < first * this.columns || cell.index >= end * this.columns;
    const cells = [...this.#byId.values()].sort((a, b) => far(a) - far(b) || a.index - b.index);
    const ids = cells.map((cell) => cell.id);
    this.items.want(ids);
    this.previews.want(ids);
    this.#fire("settled");
  }

  #arrived(id, found) {
    const cell = this.#byId.get(id);
    if (cell) this.#paint(cell, found);
  }

  #told(ids) {
    for (const id of ids) {
      const cell = this.#byId.get(id);
      if (cell) this.#tell(cell);
    }
    this.items.want([...this.#byId.keys()]);
    this.draw();
  }

  #placeFocus(held) {
    const cell = this.cellAt(this.focusIndex);
    const target = cell?.id ? cell.element : this.layer;
    if (this.target !== target) {
      this.target.tabIndex = -1;
      this.target = target;
      target.tabIndex = 0;
    }
    this.current?.classList.remove("current");
    this.current = cell?.element;
    this.current?.classList.add("current");
    if (held && document.activeElement !== target) target.focus({ preventScroll: true });
  }

  takeFocus() {
    this.target.focus({ preventScroll: true });
  }

  #go(top) {
    this.#top = Math.max(0, Math.min(this.#plan.furthest, top));
    this.scroller.scrollTop = this.#top / this.#plan.factor;
    this.#expected = this.scroller.scrollTop;
    this.draw();
  }

  #scrolled() {
    if (!this.#plan || Math.abs(this.scroller.scrollTop - this.#expected) < 1) return;
    this.#expected = this.scroller.scrollTop;
    this.#top = Math.max(0, Math.min(this.#plan.furthest, this.#expected * this.#plan.factor));
    this.draw();
  }

  /** Where the scroll bar is compressed, one wheel step must still be one wheel step of pictures. */
  #wheel(event) {
    if (!this.#plan || this.#plan.factor <= 1.001 || event.ctrlKey) return;
    event.preventDefault();
    const unit = [1, 40, this.#plan.height][event.deltaMode];
    this.#go(this.#top + event.deltaY * unit);
  }

  #pointer(event) {
    const cell = event.target.closest(".cell")?.cell;
    if (!cell?.id || event.button !== 0) return;
    event.preventDefault();
    const before = this.focusIndex;
    this.takeFocus();
    this.focusItem(cell.index);
    if (event.shiftKey) this.selection.extend(before, cell.index);
    else if (event.ctrlKey || event.metaKey) this.selection.toggle(cell.index);
    else return;
    this.refresh();
    this.#fire("selected");
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #div(name, parent) {
    const element = document.createElement("div");
    element.className = name;
    parent.append(element);
    return element;
  }
}

customElements.define("ef-grid", Grid);
