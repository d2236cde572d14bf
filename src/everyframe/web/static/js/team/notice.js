// Notices over the page: what happened, and what can be done about it. They wait, and take no focus by themselves.
import { h } from "../dom.js";

export class Notice extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
  }

  /** Show lines with actions: [words, what to do]. A notice of the same kind takes the place of the one before. */
  show(kind, lines, actions) {
    this.dismiss(kind);
    const box = h("section", { "data-kind": kind }, ...lines.map((line) => h("p", {}, line)));
    const button = ([words, act]) => h("button", { type: "button", onclick: () => (this.dismiss(kind), act?.()) }, words);
    box.append(h("div", { class: "actions" }, ...actions.map(button)));
    this.append(box);
  }

  dismiss(kind) {
    this.querySelector(`section[data-kind="${kind}"]`)?.remove();
  }
}

customElements.define("ef-notice", Notice);

/** Give the one place for notices on this page. */
export function notices() {
  return document.querySelector("ef-notice") ?? document.body.appendChild(document.createElement("ef-notice"));
}
