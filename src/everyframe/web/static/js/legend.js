// The legend of keys: made from the key map and the categories of the case, so that it cannot say anything else.
import { h } from "./dom.js";
import { KEYS, PARTS, toneOf } from "./keys.js";
import { say } from "./strings.js";

const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page ↑", PageDown: "Page ↓" };

export function keycap(name) {
  return h("kbd", {}, name.replace(/Arrow\w+|Page\w+/, (found) => NAMES[found] ?? found));
}

function entry({ action, keys }) {
  const caps = { category: ["0 – 9"], stackCategory: ["Alt+0 – 9"] }[action] ?? keys;
  return [h("dt", {}, ...caps.map(keycap)), h("dd", { "data-action": action }, say(`key.${action}`))];
}

function categories() {
  const data = document.querySelector("#setup");
  const rows = data ? JSON.parse(data.textContent).categories : [];
  return rows.flatMap((c, n) => [
    h("dt", {}, h("kbd", { class: "digit", "data-place": toneOf(c, n + 1) }, c.key || "·")),
    h("dd", {}, c.name, " ", h("small", {}, c.code)),
  ]);
}

function table() {
  const parts = PARTS.map((part) =>
    h("section", {}, h("h3", {}, say(`legend.${part}`)), h("dl", {}, ...KEYS.filter((k) => k.part === part).flatMap(entry))),
  );
  parts.push(h("section", {}, h("h3", {}, say("side.categories")), h("dl", {}, ...categories())));
  return h("div", { class: "legend" }, ...parts);
}

export class Legend extends HTMLElement {
  connectedCallback() {
    const note = h("p", { class: "note" }, say("legend.focus"));
    if (this.hasAttribute("inline")) {
      this.append(table(), note);
      return;
    }
    const close = h("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, say("legend.close"));
    const head = h("header", {}, h("h2", {}, say("legend.title")), close);
    this.dialog = h("dialog", { "aria-label": say("legend.title") }, head, table(), note);
    this.dialog.addEventListener("close", () => this.dispatchEvent(new CustomEvent("closed")));
    this.append(this.dialog);
  }

  open() {
    this.dialog.showModal();
  }
}

customElements.define("ef-legend", Legend);
