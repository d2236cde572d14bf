// Facts of cells, fetched by ids in windows and kept for a while.
import { getJson } from "./api.js";

const KEPT = 4000;
const WINDOW = 200;

export class Items extends EventTarget {
  #kept = new Map();
  #asked = new Set();

  get(id) {
    return this.#kept.get(id);
  }

  forget(ids) {
    for (const id of ids) this.#kept.delete(id);
  }

  clear() {
    this.#kept.clear();
  }

  /** Fetch what is not there yet; "arrived" is fired with the ids. */
  async want(ids) {
    const missing = ids.filter((id) => !this.#kept.has(id) && !this.#asked.has(id)).slice(0, WINDOW);
    if (!missing.length) return;
    for (const id of missing) this.#asked.add(id);
    try {
      const { items } = await getJson(`/api/items?ids=${missing.join(",")}`);
      for (const item of items) this.#kept.set(item.id, item);
      this.#trim();
      this.dispatchEvent(new CustomEvent("arrived", { detail: items.map((i) => i.id) }));
    } catch {
      // asked for again when the cells are next drawn
    } finally {
      for (const id of missing) this.#asked.delete(id);
    }
  }

  #trim() {
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) return;
      this.#kept.delete(id);
    }
  }
}
