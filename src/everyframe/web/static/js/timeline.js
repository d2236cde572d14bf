// When: bars of one clock at a time. A brush over bars leads to the grid with just these.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { amount, say } from "./strings.js";

const UNITS = ["year", "month", "day"];
const FILE_CLOCKS = ["modified", "created", "accessed"];
const MOST = 1200; // bars, gaps between them included

class Timeline extends HTMLElement {
  async connectedCallback() {
    const asked = new URLSearchParams(location.search);
    this.q = asked.get("q") ?? "";
    this.unit = UNITS.includes(asked.get("unit")) ? asked.get("unit") : "month";
    this.clock = asked.get("clock") ?? "";
    await this.#read();
  }

  async #read() {
    const said = await getJson(`/api/timeline?${new URLSearchParams({ q: this.q, unit: this.unit, clock: this.clock })}`);
    this.clock = said.clock;
    if (!said.clocks.length) {
      this.replaceChildren(h("p", { class: "note" }, say("time.none")));
      return;
    }
    this.bars = filled(said.bars, this.unit);
    this.from = 0;
    this.to = -1;
    this.replaceChildren(this.#tools(said.clocks), this.#chart(), this.#foot());
    this.#brush(-1, -1);
  }

  #tools(clocks) {
    const option = (c) => h("option", { value: c.name, selected: c.name === this.clock }, `${clockName(c.name)} (${amount(c.media)})`);
    const clock = h("select", { id: "clock" }, ...clocks.map(option));
    const unit = h("select", { id: "unit" }, ...UNITS.map((u) => h("option", { value: u, selected: u === this.unit }, say(`time.${u}`))));
    const changed = () => {
      [this.clock, this.unit] = [clock.value, unit.value];
      history.replaceState(null, "", `/timeline?${new URLSearchParams({ q: this.q, clock: this.clock, unit: this.unit })}`);
      this.#read();
    };
    clock.addEventListener("change", changed);
    unit.addEventListener("change", changed);
    return h("div", { class: "tools" }, h("label", {}, say("time.clock"), " ", clock), h("label", {}, say("time.unit"), " ", unit));
  }

  #chart() {
    const most = Math.max(1, ...this.bars.map(([, n]) => n));
    const bar = ([label, n], at) => {
      const fill = h("span", {});
      fill.style.height = n ? `${Math.max(1.5, (100 * n) / most)}%` : "0";
      const button = h("button", { type: "button", class: "slot", tabindex: at ? "-1" : "0", "aria-label": say("time.bar", { label, n: amount(n) }) }, fill);
      button.title = say("time.bar", { label, n: amount(n) });
      return button;
    };
    this.row = h("div", { class: "bars", role: "group", "aria-label": say("time.bars") }, ...this.bars.map(bar));
    this.row.addEventListener("pointerdown", (event) => this.#press(event));
    this.row.addEventListener("keydown", (event) => this.#key(event));
    const axis = h("div", { class: "axis", "aria-hidden": "true" }, ...ticks(this.bars).map(([at, label]) => {
      const tick = h("span", {}, label);
      tick.style.left = `${(100 * at) / this.bars.length}%`;
      return tick;
    }));
    this.inner = h("div", { class: "inner" }, this.row, axis);
    this.inner.style.minWidth = `${this.bars.length * 4}px`;
    return h("section", { class: "card chart" }, this.inner);
  }

  #foot() {
    this.said = h("span", { role: "status" });
    this.link = h("a", { class: "button primary", hidden: true }, say("time.open"));
    return h("div", { class: "tools foot" }, this.said, this.link, h("p", { class: "note" }, say("time.hint")));
  }

  #index(target) {
    return [...this.row.children].indexOf(target?.closest?.(".slot"));
  }

  #press(event) {
    const from = this.#index(event.target);
    if (from < 0) return;
    event.preventDefault();
    this.#focus(from);
    this.#brush(from, from);
    const drag = (e) => {
      const to = this.#index(document.elementFromPoint(e.clientX, this.row.getBoundingClientRect().bottom - 4));
      if (to >= 0) this.#brush(from, to);
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", () => removeEventListener("pointermove", drag), { once: true });
  }

  #focus(at) {
    const to = Math.min(this.bars.length - 1, Math.max(0, at));
    for (const bar of this.row.querySelectorAll('[tabindex="0"]')) bar.tabIndex = -1;
    const bar = this.row.children[to];
    bar.tabIndex = 0;
    bar.focus();
    return to;
  }

  #key(event) {
    const at = this.#index(event.target);
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: this.bars.length - 1 - at }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const to = this.#focus(at + step);
      if (event.shiftKey) this.#brush(this.anchor ?? at, to);
      else this.#brush(to, to);
      if (!event.shiftKey) this.anchor = to;
    } else if (event.key === "Enter" && !this.link.hidden) {
      event.preventDefault();
      location.assign(this.link.href);
    }
  }

  #brush(from, to) {
    const [first, last] = from <= to ? [from, to] : [to, from];
    for (const [n, bar] of [...this.row.children].entries()) bar.classList.toggle("on", n >= first && n <= last && first >= 0);
    this.link.hidden = first < 0;
    if (first < 0) {
      this.said.textContent = "";
      return;
    }
    const [a, b] = [this.bars[first][0], this.bars[last][0]];
    const n = this.bars.slice(first, last + 1).reduce((sum, [, k]) => sum + k, 0);
    this.said.textContent = say("time.chosen", { first: a, last: b, n: amount(n) });
    const field = FILE_CLOCKS.includes(this.clock) ? this.clock : `taken@${JSON.stringify(this.clock)}`;
    const term = `${field}:${a === b ? a : `${a}..${b}`}`;
    const q = this.q ? `${/\bor\b/i.test(this.q) ? `(${this.q})` : this.q} ${term}` : term;
    this.link.href = `/review?${new URLSearchParams({ q })}`;
  }
}

function clockName(name) {
  return FILE_CLOCKS.includes(name) ? say(`time.${name}`) : say("time.content", { tag: name });
}

function next(label, unit) {
  const [year, month = 1, day = 1] = label.split("-").map(Number);
  if (unit === "year") return String(year + 1).padStart(4, "0");
  const at = new Date(Date.UTC(year, month - 1 + (unit === "month"), day + (unit === "day")));
  return at.toISOString().slice(0, unit === "month" ? 7 : 10);
}

/** Put the gaps between bars in, so that the axis is true to time, where that does not make too many. */
function filled(bars, unit) {
  const found = [];
  for (const [label, n] of bars) {
    let at = found.length ? next(found.at(-1)[0], unit) : label;
    const valid = /^\d{4}(-\d\d){0,2}$/.test(label) && !Number.isNaN(Date.parse(label));
    for (let gap = 0; valid && at < label && gap < MOST; gap += 1) {
      found.push([at, 0]);
      at = next(at, unit);
      if (found.length > MOST) return bars;
    }
    if (valid) found.push([label, n]);
  }
  return found;
}

function ticks(bars) {
  const step = Math.max(1, Math.ceil(bars.length / 10));
  return bars.map(([label], at) => [at, label]).filter(([at]) => at % step === 0);
}

customElements.define("ef-timeline", Timeline);
