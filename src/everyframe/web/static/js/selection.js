// What is selected: some places of the order, or all of it except some.

export class Selection {
  constructor() {
    this.clear();
  }

  clear() {
    this.all = false;
    this.some = new Set(); // selected, or left out when all are
    this.anchor = -1;
  }

  has(index) {
    return this.some.has(index) !== this.all;
  }

  toggle(index) {
    if (!this.some.delete(index)) this.some.add(index);
    this.anchor = index;
  }

  selectAll() {
    this.clear();
    this.all = true;
  }

  /** Select from the anchor to an index, in place of what was selected. */
  extend(from, to) {
    const anchor = this.anchor < 0 ? from : this.anchor;
    this.clear();
    this.anchor = anchor;
    for (let i = Math.min(anchor, to); i <= Math.max(anchor, to); i += 1) this.some.add(i);
  }

  count(length) {
    return this.all ? length - this.some.size : this.some.size;
  }

  /** Give every selected index. */
  *indexes(length) {
    if (!this.all) {
      yield* this.some;
      return;
    }
    for (let i = 0; i < length; i += 1) if (!this.some.has(i)) yield i;
  }
}
