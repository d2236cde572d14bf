// What stands beside the picture in the viewer: embedded pictures that show something else, and the other decoder's picture.
import { h } from "./dom.js";
import { say } from "./strings.js";

export class Beside extends HTMLElement {
  #drawn = [];

  /** Show what there is to a picture; ``viewer`` draws, covered as the picture itself is. */
  show(media, viewer) {
    this.viewer = viewer;
    const differing = media.embedded.filter((e) => e.differs).map((e) => this.#thumbnail(e));
    const other = media.renditions.some((r) => r.role === "other") ? [this.#other()] : [];
    this.#drawn = [...differing, ...other];
    this.replaceChildren(...this.#drawn.map((one) => one.element));
    this.hidden = !this.#drawn.length;
    this.redraw();
  }

  clear() {
    this.#drawn = [];
    this.replaceChildren();
    this.hidden = true;
  }

  redraw() {
    for (const one of this.#drawn) one.draw();
  }

  #thumbnail(embedded) {
    const canvas = h("canvas", {});
    const link = h("a", { href: `/review?q=id:${embedded.child_id}&item=${embedded.child_id}` }, canvas);
    const words = `${embedded.name} ${say("panel.differs", { n: embedded.distance })}`;
    link.setAttribute("aria-label", words);
    const element = h("figure", {}, link, h("figcaption", { class: "alarm" }, words));
    return { element, draw: () => this.viewer.drawSmall(canvas, embedded.child_id) };
  }

  #other() {
    const canvas = h("canvas", {});
    const button = h("button", { type: "button", onclick: () => button.setAttribute("aria-pressed", this.viewer.turnOther()) }, canvas);
    button.setAttribute("aria-label", say("viewer.other"));
    const element = h("figure", {}, button, h("figcaption", {}, say("viewer.other")));
    const draw = () => {
      button.setAttribute("aria-pressed", this.viewer.other);
      this.viewer.drawOther(canvas);
    };
    return { element, draw };
  }
}

customElements.define("ef-beside", Beside);
