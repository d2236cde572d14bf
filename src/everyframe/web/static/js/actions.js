// What each action of the key map does. Every action of the map has a method here; a test holds the two together.
import { operationId, post } from "./api.js";
import { keyName } from "./keys.js";
import { stackHref } from "./panel_known.js";
import { decideStacks } from "./stacking.js";
import { amount, pictures, say } from "./strings.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class Actions {
  constructor(review) {
    this.review = review;
  }

  run(action, event = null) {
    this[action](event);
  }

  get grid() {
    return this.review.grid;
  }

  get order() {
    return this.review.order;
  }

  get viewing() {
    return !this.review.viewer.hidden;
  }

  #to(index) {
    if (!this.order) return;
    if (this.viewing) this.review.turnTo(Math.max(0, Math.min(this.order.length - 1, index)));
    else this.grid.focusItem(index);
  }

  #by(step) {
    this.#to(this.grid.focusIndex + step);
  }

  #rowStart() {
    return this.grid.focusIndex - (this.grid.focusIndex % this.grid.columns);
  }

  left() { this.#by(-1); }
  right() { this.#by(1); }
  viewerLeft() { this.#by(-1); }
  viewerRight() { this.#by(1); }
  rowStart() { this.#to(this.#rowStart()); }
  rowEnd() { this.#to(this.#rowStart() + this.grid.columns - 1); }
  first() { this.#to(0); }
  last() { this.#to(this.order.length - 1); }
  up() { this.#vertical(-1); }
  down() { this.#vertical(1); }
  pageUp() { this.#vertical(-this.grid.pageRows); }
  pageDown() { this.#vertical(this.grid.pageRows); }

  /** Move by rows and stay in the column, where the view has a row there. */
  #vertical(rows) {
    const { columns, focusIndex } = this.grid;
    const to = focusIndex + rows * columns;
    const column = focusIndex % columns;
    const lastRow = Math.floor((this.order.length - 1) / columns);
    if (to < 0) this.#to(column);
    else if (to >= this.order.length) this.#to(Math.min(this.order.length - 1, lastRow * columns + column));
    else this.#to(to);
  }

  toggle() {
    this.grid.selection.toggle(this.grid.focusIndex);
    this.#chosen();
  }

  extend(event) {
    const before = this.grid.focusIndex;
    const key = keyName(event).replace("Shift+", "");
    if (STEPS[key]) this.#by(STEPS[key]);
    else this.#vertical(key === "ArrowUp" ? -1 : 1);
    this.grid.selection.extend(before, this.grid.focusIndex);
    this.#chosen();
  }

  selectAll() {
    this.grid.selection.selectAll();
    this.#chosen();
    this.review.say(say("say.selectall", { n: amount(this.order.length) }));
  }

  escape() {
    this.grid.selection.clear();
    this.#chosen();
  }

  #chosen() {
    this.grid.refresh();
    this.review.chosen();
  }

  category(event) { this.#category(event, {}); }

  /** The same for the stack of each that is chosen; in a group of the queue with nothing chosen, for the whole group. */
  stackCategory(event) {
    const whole = this.review.group && !this.viewing && !this.grid.selection.count(this.order?.length ?? 0);
    if (whole && !this.review.reading) this.grid.selection.selectAll();
    this.#category(event, { stack: true });
  }

  nextGroup() { this.review.groups(1); }
  previousGroup() { this.review.groups(-1); }

  #category(event, scope) {
    if (!this.review.setup.person.decides) return;
    const key = keyName(event).replace("Alt+", "");
    const place = this.grid.categories.findIndex((c) => c.key === key) + 1;
    if (!this.order?.length) return;
    if (this.review.reading && !this.viewing) {
      this.review.say(say("grid.loading")); // a digit would meet what stood here before
      return;
    }
    if (!place) this.review.say(say("say.nokey", { key }));
    else if (!this.viewing && this.grid.selection.count(this.order.length)) this.#decideSelection(place, scope);
    else this.#decideOne(place, scope);
  }

  #decideOne(place, scope) {
    const index = this.grid.focusIndex;
    this.#decide(place, [index], { ids: [this.order.ids[index]], ...scope });
    if (index < this.order.length - 1) this.#by(1);
    else this.review.say(say("say.end"));
  }

  #decideSelection(place, scope) {
    const { selection } = this.grid;
    const indexes = [...selection.indexes(this.order.length)];
    const idOf = (index) => this.order.ids[index];
    const what = selection.all
      ? { list: this.order.list, view: this.review.view, except: Array.from(selection.some, idOf) }
      : { ids: indexes.map(idOf) };
    selection.clear();
    this.#decide(place, indexes, { ...what, ...scope });
    this.#chosen();
  }

  /** Show what a decision for a stack was about, once the server has said it. */
  stored(sent, answers) {
    for (const [n, { media, error }] of answers.entries()) {
      if (error || !media || !sent[n]?.body.stack) continue;
      const place = this.grid.categories.findIndex((c) => c.code === sent[n].body.code) + 1;
      this.#show(this.order, [...this.order.indexesOf(media).values()], () => place);
    }
  }

  /** Show the whole stack of a picture, as a view of its own; Backspace comes back. */
  stack() {
    if (!this.order?.length) return;
    const id = this.order.ids[this.grid.focusIndex];
    this.review.choose(stackHref(id));
  }

  mergeStack() { return this.#stacks("merge"); }
  splitStack() { return this.#stacks("split"); }
  undoStack() { return this.#stacks("undo"); }

  /** Decide what belongs to a stack, for what is selected or has the focus, and show the view as it is then. */
  async #stacks(kind) {
    if (!this.review.setup.person.decides || !this.order?.length) return;
    const { selection, focusIndex } = this.grid;
    const chosen = selection.count(this.order.length) ? [...selection.indexes(this.order.length)] : [focusIndex];
    const ids = kind === "undo" ? [] : chosen.map((index) => this.order.ids[index]);
    const keep = this.order.ids[focusIndex];
    const words = await decideStacks(kind, ids, (text) => this.review.say(text));
    if (!words) return;
    selection.clear();
    await this.review.load(this.review.view, { keep });
    this.review.recount();
    this.review.say(words);
  }

  /** Show a decision at once and put it on its way. */
  #decide(place, indexes, what) {
    const { order } = this;
    const category = this.grid.categories[place - 1];
    const before = indexes.map((index) => order.place(index));
    this.#show(order, indexes, () => place);
    const revert = () => this.#show(order, indexes, (n) => before[n]);
    this.review.outbox.push({ code: category.code, ...what }, revert);
    const words = `${category.key} ${category.name}`.trim();
    this.review.say(say(what.stack ? "say.decided.stack" : "say.decided", { category: words, n: pictures(indexes.length) }));
  }

  #show(order, indexes, placeOf) {
    for (const [n, index] of indexes.entries()) order.setPlace(index, placeOf(n));
    this.grid.refresh(new Set(indexes));
    this.review.covers();
    this.review.recount();
  }

  undo() { return this.#takeBack("undo"); }
  redo() { return this.#takeBack("redo"); }

  async #takeBack(kind) {
    await this.review.outbox.drained();
    const answer = await post(`/api/${kind}`, { op: operationId() }).catch((error) => this.review.say(error.message));
    if (!answer) return;
    if (!answer.files) {
      this.review.say(say(`say.nothing.${kind}`));
      return;
    }
    if (answer.whole) this.#restore(answer.restored);
    else await this.review.load(this.review.view, { keep: this.order.ids[this.grid.focusIndex] });
    this.review.recount();
    this.review.say(say(kind === "undo" ? "say.undone" : "say.redone", { n: pictures(answer.files) }));
  }

  #restore(rows) {
    const { order, grid } = this;
    const found = order.indexesOf(rows.map(([id]) => id));
    for (const [id, scheme, code] of rows) {
      const index = found.get(id);
      if (index === undefined) continue;
      const at = scheme === this.review.setup.scheme ? grid.categories.findIndex((c) => c.code === code) : 62;
      order.setPlace(index, code ? at + 1 : 0);
    }
    grid.refresh(new Set(found.values()));
    const first = found.get(rows[0][0]);
    if (first !== undefined) this.#to(first);
    this.review.covers();
    if (this.viewing) this.review.viewer.refresh();
  }

  nextUndecided() { this.#undecided(1, "say.last"); }
  previousUndecided() { this.#undecided(-1, "say.first"); }

  #undecided(step, none) {
    const index = this.order.undecided(this.grid.focusIndex, step);
    if (index < 0) this.review.say(say(none));
    else this.#to(index);
  }

  reveal() {
    if (this.viewing) this.review.viewer.reveal();
    else if (this.grid.blur) this.grid.uncover(this.grid.revealed === this.grid.focusIndex ? -1 : this.grid.focusIndex);
  }

  blur() {
    this.grid.setCover({ blur: !this.grid.blur });
    this.review.covers();
    this.review.say(say(this.grid.blur ? "say.blur.on" : "say.blur.off"));
  }

  grey() {
    this.grid.setCover({ grey: !this.grid.grey });
    this.review.covers();
    this.review.say(say(this.grid.grey ? "say.grey.on" : "say.grey.off"));
  }

  smaller() { this.#resize(-1); }
  larger() { this.#resize(1); }

  #resize(step) {
    this.grid.setSize(step);
    localStorage.setItem("cell", this.grid.size);
    this.review.covers();
    this.review.say(say("say.size", { n: this.grid.size }));
  }

  similar() {
    const id = this.#current();
    if (id) this.review.choose(`/review?${new URLSearchParams({ q: `similar:${id}/60`, order: "nearest" })}`);
  }

  compare() {
    const count = this.grid.selection.count(this.order.length);
    if (count < 2 || count > 6) {
      this.review.say(say("say.compare"));
      return;
    }
    const ids = [...this.grid.selection.indexes(this.order.length)].sort((a, b) => a - b).map((n) => this.order.ids[n]);
    this.review.leave(`/compare?ids=${ids.join(",")}`);
  }

  #current() {
    return this.viewing ? this.review.viewer.mediaId : this.order?.ids[this.grid.focusIndex];
  }

  /** Give what a mark is for: what is selected in the grid, or the one picture. */
  chosen() {
    const { selection } = this.grid;
    const count = this.viewing ? 0 : selection.count(this.order.length);
    if (!count) return { count: 1, what: { ids: [this.#current()] } };
    const idOf = (index) => this.order.ids[index];
    const what = selection.all
      ? { list: this.order.list, except: Array.from(selection.some, idOf) }
      : { ids: [...selection.indexes(this.order.length)].map(idOf) };
    return { count, what };
  }

  tag() { if (this.order?.length) this.review.marker.tag(this.chosen()); }
  note() { if (this.order?.length) this.review.marker.note(this.#current()); }
  region() { this.review.region.begin(); }

  zoomIn() { this.review.viewer.zoomBy(1); }
  zoomOut() { this.review.viewer.zoomBy(-1); }
  full() { this.review.viewer.fullOrFit(); }
  rotate() { this.review.viewer.rotate(); }
  open() { this.review.openItem(this.grid.focusIndex); }
  close() { this.review.closeViewer(); }
  filter() { this.review.filter.takeFocus(); }
  back() { history.back(); }
  insist() { this.review.together.insist(); }
  clear() { document.dispatchEvent(new CustomEvent("clearscreen")); }
  legend() { this.review.legend.open(); }
}
