// The order of a view: ids and states of every item, as the server sent them once.
import { getBuffer } from "./api.js";

const LOOKED = 1;

export class Order {
  constructor(head, ids, states) {
    this.list = head.list;
    this.newest = head.newest;
    this.ids = ids;
    this.states = states;
  }

  static async load(query, signal) {
    const buffer = await getBuffer(`/api/order?${query}`, signal);
    const size = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    const ids = new Int32Array(buffer, 4 + size, head.count);
    return new Order(head, ids, new Uint8Array(buffer, 4 + size + 4 * head.count, head.count));
  }

  get length() {
    return this.ids.length;
  }

  looked(index) {
    return (this.states[index] & LOOKED) !== 0;
  }

  setLooked(index) {
    this.states[index] |= LOOKED;
  }

  /** Give 0 when undecided, else 1 + the place of the category in the scheme. */
  place(index) {
    return this.states[index] >> 1;
  }

  setPlace(index, place) {
    this.states[index] = (this.states[index] & LOOKED) | (place << 1);
  }

  indexOf(id) {
    return this.ids.indexOf(id);
  }

  /** Find the places of a few ids in one pass; gives Map(id → index). */
  indexesOf(ids) {
    const wanted = new Set(ids);
    const found = new Map();
    if (wanted.size === 1) {
      const [id] = wanted;
      const at = this.indexOf(id);
      return at < 0 ? found : found.set(id, at);
    }
    for (let i = 0; i < this.ids.length && found.size < wanted.size; i += 1) {
      if (wanted.has(this.ids[i])) found.set(this.ids[i], i);
    }
    return found;
  }

  /** Find the next undecided item from an index on, in a direction; -1 when there is none. */
  undecided(from, step) {
    for (let i = from + step; i >= 0 && i < this.length; i += step) {
      if (this.place(i) === 0) return i;
    }
    return -1;
  }

  lookedCount() {
    let n = 0;
    for (let i = 0; i < this.states.length; i += 1) n += this.states[i] & LOOKED;
    return n;
  }
}
