// The line below the grid: where one is, what the keys mean here, how pictures are shown, and what was just done.
import { h } from "./dom.js";
import { toneOf } from "./keys.js";
import { SIZES } from "./layout.js";
import { amount, say } from "./strings.js";

export class Status extends HTMLElement {
  build(categories, act) {
    const button = (action, name, label) =>
      h("button", { type: "button", "data-action": action, "aria-label": label, onclick: () => act(action) }, name);
    this.position = h("span", { class: "position" });
    this.selected = h("span", { class: "chosen", hidden: true });
    this.hint = h("span", { class: "hint", hidden: true });
    this.said = h("span", { class: "said" });
    this.blur = button("blur", say("status.blur"));
    this.grey = button("grey", say("status.grey"));
    this.sizes = h("span", { class: "sizes", role: "group", "aria-label": say("status.size") });
    this.sizes.append(button("smaller", "−", say("status.smaller")), button("larger", "+", say("status.larger")));
    const keys = categories.map((c, n) =>
      h("span", { class: "category" }, h("kbd", { class: "digit", "data-place": toneOf(c, n + 1) }, c.key || "·"), c.name),
    );
    const left = h("div", { class: "where" }, this.position, this.selected, this.hint, this.said);
    const middle = h("div", { class: "categories" }, ...keys);
    const right = h("div", { class: "tools" }, this.blur, this.grey, this.sizes, button("legend", say("status.keys")));
    this.append(left, middle, right);
  }

  place(index, length) {
    const at = length ? index + 1 : 0;
    this.position.textContent = say("status.position", { at: amount(at), all: amount(length) });
  }

  choose(count) {
    this.selected.hidden = !count;
    this.selected.textContent = say("status.selected", { n: amount(count) });
  }

  /** Say why nothing that is on screen counts as looked at, if that is so. */
  cover({ blur, grey, size, drawn, least }) {
    this.blur.setAttribute("aria-pressed", blur);
    this.grey.setAttribute("aria-pressed", grey);
    const small = drawn < least;
    this.hint.hidden = !blur && !small;
    this.hint.textContent = say(blur ? "status.blurred" : "status.small");
    const [smaller, larger] = this.sizes.children;
    smaller.disabled = size === SIZES[0];
    larger.disabled = size === SIZES.at(-1);
  }

  say(text) {
    this.said.textContent = text;
  }
}

customElements.define("ef-status", Status);
