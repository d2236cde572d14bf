// Several people at one case: what others decide appears here, and where two decide the same, one is asked.
import { amount } from "../strings.js";
import { Live } from "./live.js";
import { notices } from "./notice.js";
import { ago, tell } from "./words.js";

export class Together {
  #own = new Set(); // operations of this screen: they are shown already
  #held = null;

  constructor(review) {
    this.review = review;
    this.person = review.setup.person;
    this.live = new Live(this.person.seen);
    review.outbox.seen = () => this.live.seen;
    review.outbox.addEventListener("stored", (event) => event.detail.answers.forEach((answer) => this.#own.add(answer.op)));
    review.outbox.addEventListener("held", (event) => this.#conflict(event.detail));
    this.live.addEventListener("decision", (event) => this.#decided(event.detail));
    this.live.addEventListener("reset", () => this.#reload());
  }

  #place(scheme, code) {
    if (!code) return 0;
    const at = this.review.grid.categories.findIndex((c) => c.code === code);
    return scheme === this.review.setup.scheme && at >= 0 ? at + 1 : 63;
  }

  #name(scheme, code) {
    if (!code) return tell("undecided");
    const category = this.review.grid.categories.find((c) => c.code === code);
    return category && scheme === this.review.setup.scheme ? `${category.key} ${category.name}`.trim() : tell("other");
  }

  /** Show what was decided, here or elsewhere; one's own of this screen stand already. */
  #decided(told) {
    const mine = told.actor === this.person.name;
    if (mine && (this.#own.delete(told.op) || this.review.outbox.unsent)) return;
    if (!told.whole) {
      this.#reload();
      return;
    }
    this.#show(told.rows);
    if (mine || !told.rows.length) return;
    const [, scheme, code] = told.rows[0];
    const facts = { who: told.name, category: this.#name(scheme, code), n: amount(told.count) };
    const word = told.kind === "undo" ? "live.undo" : told.count === 1 ? "live.one" : "live.many";
    this.review.say(tell(word, facts));
  }

  #show(rows) {
    const { order, grid } = this.review;
    if (!order) return;
    const found = order.indexesOf(rows.map(([id]) => id));
    for (const [id, scheme, code] of rows) {
      const index = found.get(id);
      if (index !== undefined) order.setPlace(index, this.#place(scheme, code));
    }
    grid.refresh(new Set(found.values()));
    this.review.covers();
    this.review.recount();
    if (!this.review.viewer.hidden && found.has(this.review.viewer.mediaId)) this.review.viewer.refresh();
  }

  #reload() {
    const { review } = this;
    return review.load(review.view, { keep: review.order?.ids[review.grid.focusIndex] });
  }

  /** Say who decided first, and let the person choose. */
  #conflict({ answer, body }) {
    const { conflicts, held, seen } = answer;
    this.live.knows(seen);
    this.#show(conflicts.map((one) => [one.media_id, one.scheme, one.code]));
    this.#held = { code: body.code, ids: conflicts.map((one) => one.media_id) };
    const [first] = conflicts;
    const facts = { who: this.person.names[first.actor] ?? first.actor, n: amount(held), ago: ago(first.at) };
    const category = this.#name(first.scheme, first.code);
    const head = held === 1 ? tell("conflict.one", { ...facts, category }) : tell("conflict", facts);
    const insist = [`${tell("conflict.insist")} (Shift+I)`, () => this.insist()];
    const leave = [tell("conflict.leave"), () => this.#leave()];
    notices().show("conflict", [head, tell("conflict.kept")], [insist, leave]);
    this.review.say(head);
  }

  #leave() {
    this.#held = null;
    this.review.takeFocus();
  }

  /** Decide as before, knowing of the other's. */
  insist() {
    if (!this.#held) return;
    const { code, ids } = this.#held;
    this.#held = null;
    notices().dismiss("conflict");
    const { scheme } = this.review.setup;
    this.#show(ids.map((id) => [id, scheme, code]));
    this.review.outbox.push({ code, ids }, () => this.#reload());
    this.review.takeFocus();
  }
}
