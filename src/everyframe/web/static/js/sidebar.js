// The list of views with their counts, every one a link; and how far the looking has got.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { facetParts, keptPart } from "./facets.js";
import { toneOf } from "./keys.js";
import { amount, say } from "./strings.js";

/** Write a view as a query string, leaving out what is usual. */
export function queryOf(view) {
  const query = new URLSearchParams();
  if (view.show !== "all") query.set("show", view.show);
  if (view.exhibit) query.set("exhibit", view.exhibit);
  if (view.order !== "listing") query.set("order", view.order);
  if (view.q) query.set("q", view.q);
  return query.toString();
}

export function viewOf(search) {
  const query = new URLSearchParams(search);
  return {
    show: query.get("show") || "all",
    exhibit: query.get("exhibit") || "",
    order: query.get("order") || "listing",
    q: query.get("q") || "",
  };
}

export class Sidebar extends HTMLElement {
  counts = {};
  facets = {};
  kept = [];

  build(setup) {
    this.setup = setup;
    this.view = viewOf(location.search);
    this.setAttribute("role", "navigation");
    this.setAttribute("aria-label", say("side.label"));
    this.addEventListener("click", (event) => this.#clicked(event));
    this.render();
  }

  async count() {
    const query = this.view.exhibit ? `?exhibit=${encodeURIComponent(this.view.exhibit)}` : "";
    this.counts = await getJson(`/api/counts${query}`).catch(() => this.counts);
    this.render();
  }

  /** Count the values of fields among what is shown. */
  async facet(list) {
    const found = await getJson(`/api/facets?list=${list}`).catch(() => null);
    if (found) this.facets = found.facets;
    this.render();
  }

  async readKept() {
    this.kept = (await getJson("/api/views").catch(() => ({ views: this.kept }))).views;
    this.render();
  }

  show(view) {
    const anew = view.exhibit !== this.view.exhibit;
    this.view = view;
    this.render();
    if (anew) this.count();
  }

  takeFocus() {
    (this.querySelector("[aria-current]") ?? this.querySelector("a"))?.focus();
  }

  render() {
    const focused = this.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const { setup } = this;
    const digit = (c, n) => h("kbd", { class: "digit", "data-place": toneOf(c, n + 1) }, c.key || "·");
    const parts = [
      this.#progress(),
      this.#part("side.views", setup.shows.map(([show, name]) => this.#link({ show }, name, this.counts[show]))),
      this.#part(
        "side.categories",
        setup.categories.map((c, n) =>
          this.#link({ show: `category:${c.code}` }, [digit(c, n), c.name], this.counts[`category:${c.code}`]),
        ),
      ),
      setup.exhibits.length > 1 &&
        this.#part("side.exhibits", [
          this.#link({ exhibit: "" }, say("side.everything")),
          ...setup.exhibits.map((exhibit) => this.#link({ exhibit }, exhibit)),
        ]),
      this.#part(
        "side.order",
        setup.orders
          .filter(([order]) => order !== "nearest" || /similar:/.test(this.view.q))
          .map(([order, name]) => this.#link({ order }, name)),
      ),
      keptPart(this.kept, location.search.slice(1), () => this.readKept()),
      ...facetParts(this.facets, this.view, (q) => `/review?${queryOf({ ...this.view, q })}`),
    ];
    this.replaceChildren(...parts.filter(Boolean));
    if (focused !== null) this.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  #progress() {
    const { looked = 0, all = 0 } = this.counts;
    const words = say("side.progress", { done: amount(looked), all: amount(all) });
    const meter = h("meter", { min: 0, max: Math.max(1, all), value: looked, "aria-label": words });
    return h("div", { class: "progress" }, meter, h("small", {}, words));
  }

  #part(title, links) {
    return h("section", {}, h("h2", {}, say(title)), h("ul", {}, ...links.map((link) => h("li", {}, link))));
  }

  #link(change, name, count) {
    const view = { ...this.view, ...change };
    const query = queryOf(view);
    const [[key, value]] = Object.entries(change);
    const current = this.view[key] === value;
    const label = h("span", { class: "name" }, ...(Array.isArray(name) ? name : [name]));
    const number = count === undefined ? null : h("small", {}, amount(count));
    const href = query ? `/review?${query}` : "/review";
    return h("a", { href, "aria-current": current && "true", class: count === 0 && "none" }, label, number);
  }

  #clicked(event) {
    const link = event.target.closest("a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("choose", { detail: link.getAttribute("href") }));
  }
}

customElements.define("ef-sidebar", Sidebar);
