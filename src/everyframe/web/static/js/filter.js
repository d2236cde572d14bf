// The filter above the grid: a query as chips, a line to add to it, and what is wrong with it, at its place.
import { getJson, operationId, post } from "./api.js";
import { h } from "./dom.js";
import { queryOf } from "./sidebar.js";
import { say } from "./strings.js";

const LIKENESS = /similar:([0-9a-f]{64}|\d+)(?:\/(\d+))?/i;
const FURTHEST = 128;

export class Filter extends HTMLElement {
  build(setup) {
    this.setup = setup;
    this.chips = h("ul", { class: "chips" });
    this.options = h("datalist", { id: "filter-words" });
    this.input = h("input", {
      type: "text", list: "filter-words", spellcheck: "false", autocomplete: "off",
      "aria-label": say("filter.label"), placeholder: say("filter.hint"), "aria-describedby": "filter-error",
    });
    this.error = h("p", { id: "filter-error", class: "error", role: "alert", hidden: true });
    this.like = h("div", { class: "like", hidden: true });
    this.group = h("div", { class: "group", hidden: true });
    this.views = h("button", { type: "button", class: "views", "aria-expanded": "false", onclick: () => this.#views() }, say("side.label"));
    const form = h("form", { role: "search" }, this.views, this.chips, this.input, this.options,
      h("button", { type: "button", class: "quiet", "data-do": "clear", onclick: () => this.#go("") }, say("filter.clear")),
      h("button", { type: "button", class: "quiet", "data-do": "keep", onclick: () => this.#keep() }, say("filter.keep")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => this.#suggest());
    this.append(form, this.error, this.group, this.like);
    this.#suggest();
  }

  /** Where the window is narrow, what else can be shown lies over the grid until something is chosen. */
  #views(open = this.views.getAttribute("aria-expanded") !== "true") {
    this.views.setAttribute("aria-expanded", open);
    this.closest(".work").toggleAttribute("data-views", open);
  }

  /** Show the query of a view. */
  async show(view) {
    this.view = view;
    this.#views(false);
    this.input.value = "";
    this.fail(null);
    this.#likeness();
    this.#groupBar();
    const { chips = [] } = view.q ? await getJson(`/api/query?${new URLSearchParams({ q: view.q })}`) : {};
    if (view !== this.view) return;
    this.parts = chips;
    this.chips.replaceChildren(...chips.map((text, n) => this.#chip(text, n)));
    this.querySelector('[data-do="clear"]').hidden = !chips.length;
  }

  /** Say what is wrong with a query, and point at it. */
  fail(error) {
    this.error.hidden = !error;
    this.error.textContent = error ? say("filter.at", { at: error.at + 1, message: error.query ?? error.error }) : "";
    this.input.setAttribute("aria-invalid", Boolean(error));
  }

  takeFocus() {
    this.input.focus();
  }

  #chip(text, n) {
    const remove = () => this.#go(this.parts.filter((_, m) => m !== n).join(" "));
    const edit = () => {
      this.input.value = text;
      this.editing = n;
      this.input.focus();
    };
    return h("li", {}, h("button", { type: "button", class: "text", onclick: edit }, text),
      h("button", { type: "button", class: "x", "aria-label": say("filter.remove", { part: text }), onclick: remove }, "×"));
  }

  async #add() {
    const text = this.input.value.trim();
    if (!text) {
      this.dispatchEvent(new CustomEvent("done"));
      return;
    }
    const parts = this.parts ?? [];
    const kept = this.editing === undefined ? parts : parts.filter((_, m) => m !== this.editing);
    const whole = /\bor\b/i.test(text) && kept.length ? `(${text})` : text;
    const said = await getJson(`/api/query?${new URLSearchParams({ q: text })}`);
    if (said.error) {
      this.fail(said);
      this.input.focus();
      this.input.setSelectionRange(said.at, Math.max(said.at + 1, text.length));
      return;
    }
    this.#go([...kept.map((k) => (/\bor\b/i.test(k) && !k.startsWith("(") ? `(${k})` : k)), whole].join(" "));
    this.dispatchEvent(new CustomEvent("done"));
  }

  #key(event) {
    if (event.key === "Escape") {
      this.input.value = "";
      this.editing = undefined;
      this.fail(null);
      this.dispatchEvent(new CustomEvent("done"));
    } else if (event.key === "Backspace" && !this.input.value && this.parts?.length) {
      event.preventDefault();
      this.#go(this.parts.slice(0, -1).join(" "));
    }
  }

  /** Offer the names of fields, and the words that a field takes. */
  #suggest() {
    const [, before = "", word = ""] = /^(.*\s)?(\S*)$/.exec(this.input.value) ?? [];
    const [name] = word.split(":");
    const field = word.includes(":") && this.setup.fields.find((f) => f.name === name.replace(/^-/, ""));
    const words = field ? field.choices.map((c) => `${name}:${c}`) : this.setup.fields.map((f) => `${f.name}:`);
    this.options.replaceChildren(...words.map((w) => h("option", { value: before + w })));
  }

  #go(q) {
    this.editing = undefined;
    const order = LIKENESS.test(q) ? this.view.order : this.view.order === "nearest" ? "listing" : this.view.order;
    const query = queryOf({ ...this.view, q, order });
    this.dispatchEvent(new CustomEvent("choose", { detail: `/review${query ? "?" : ""}${query}` }));
  }

  #keep() {
    const input = h("input", { maxlength: 60, required: true, "aria-label": say("filter.keepname"), placeholder: say("filter.keepname") });
    const form = h("form", { class: "keep" }, input);
    const end = () => form.remove();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await post("/api/views", { op: operationId(), name: input.value, query: queryOf(this.view) });
      end();
      this.dispatchEvent(new CustomEvent("kept"));
      this.dispatchEvent(new CustomEvent("done"));
    });
    input.addEventListener("keydown", (event) => event.key === "Escape" && end());
    this.append(form);
    input.focus();
  }

  #groupBar() {
    const [, folder] = /^within:"?(.*?)"?$/.exec(this.view.q) ?? [];
    const [, kind, key] = /^(stack|burst):(none|\d+)$/.exec(this.view.q) ?? [];
    this.group.hidden = !folder && !kind;
    if (this.group.hidden) return;
    const rest = { stack: "queue.rest.stack", burst: "queue.rest.burst" };
    const named = { stack: "group.stack", burst: "group.burst" };
    const own = key === "none" ? say(rest[kind]) : kind && say(named[kind], { n: key });
    const name = folder ? folder.replace("//", " · ") : own;
    const step = (to, word) => h("button", { type: "button", onclick: () => this.dispatchEvent(new CustomEvent("group", { detail: to })) }, say(word));
    this.group.replaceChildren(h("span", {}, say("group.bar", { name })), step(-1, "group.previous"), step(1, "group.next"));
  }

  /** Show what is searched by, and how near it must be. */
  #likeness() {
    const found = LIKENESS.exec(this.view.q);
    this.like.hidden = !found;
    if (!found) return;
    const [all, what, bits = "60"] = found;
    const told = h("output", {}, say("filter.bits", { n: bits }));
    const slider = h("input", { type: "range", min: 0, max: FURTHEST, step: 2, value: bits, "aria-label": say("filter.distance") });
    slider.addEventListener("input", () => { told.textContent = say("filter.bits", { n: slider.value }); });
    slider.addEventListener("change", () => this.#go(this.view.q.replace(all, `similar:${what}/${slider.value}`)));
    const words = what.length === 64 ? h("span", {}, say("filter.uploaded")) : h("a", { href: `/review?q=id:${what}&item=${what}` }, say("filter.reference"));
    this.like.replaceChildren(words, h("label", {}, say("filter.distance"), slider), told);
  }
}

customElements.define("ef-filter", Filter);
