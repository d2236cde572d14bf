// Drawing a rectangle on the picture in the viewer: by the mouse, or by keys alone.
import { h } from "./dom.js";
import { say } from "./strings.js";

const STEP = 0.02;
const LEAST = 0.02;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class Region {
  constructor(review) {
    this.review = review;
  }

  begin() {
    const { viewer } = this.review;
    if (this.frame) return;
    if (viewer.covered) {
      this.review.say(say("say.regionblur"));
      return;
    }
    viewer.straighten();
    this.box = { left: 1 / 3, top: 1 / 3, width: 1 / 3, height: 1 / 3 };
    this.frame = h("div", { class: "region", tabindex: "0", role: "group", "aria-label": say("mark.region") });
    this.hint = h("p", { class: "cover regionhint" }, say("mark.region"));
    viewer.stage.append(this.frame, this.hint);
    this.frame.addEventListener("keydown", (event) => this.#key(event));
    this.pressed = (event) => this.#press(event);
    viewer.stage.addEventListener("pointerdown", this.pressed);
    this.sized = new ResizeObserver(() => this.#place());
    this.sized.observe(viewer.stage);
    this.#place();
    this.frame.focus({ preventScroll: true });
  }

  end() {
    if (!this.frame) return;
    this.review.viewer.stage.removeEventListener("pointerdown", this.pressed);
    this.sized.disconnect();
    this.frame.remove();
    this.hint.remove();
    this.frame = null;
    this.review.takeFocus();
  }

  #place() {
    const { viewer } = this.review;
    const inner = viewer.canvas.getBoundingClientRect();
    const outer = viewer.stage.getBoundingClientRect();
    const { style } = this.frame;
    style.left = `${inner.left - outer.left + this.box.left * inner.width}px`;
    style.top = `${inner.top - outer.top + this.box.top * inner.height}px`;
    style.width = `${this.box.width * inner.width}px`;
    style.height = `${this.box.height * inner.height}px`;
  }

  #key(event) {
    event.stopPropagation();
    const move = MOVES[event.key];
    if (!move && !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") this.end();
    else if (event.key === "Enter") this.#done();
    else this.#change(move, event.shiftKey);
  }

  #change([x, y], size) {
    const { box } = this;
    if (size) {
      box.width = clamp(box.width + x * STEP, LEAST, 1 - box.left);
      box.height = clamp(box.height + y * STEP, LEAST, 1 - box.top);
    } else {
      box.left = clamp(box.left + x * STEP, 0, 1 - box.width);
      box.top = clamp(box.top + y * STEP, 0, 1 - box.height);
    }
    this.#place();
  }

  #press(event) {
    const inner = this.review.viewer.canvas.getBoundingClientRect();
    const at = (e) => [clamp((e.clientX - inner.left) / inner.width, 0, 1), clamp((e.clientY - inner.top) / inner.height, 0, 1)];
    const from = at(event);
    event.preventDefault();
    const drag = (e) => {
      const to = at(e);
      const [left, top] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
      this.box = { left, top, width: Math.max(LEAST, Math.abs(to[0] - from[0])), height: Math.max(LEAST, Math.abs(to[1] - from[1])) };
      this.box.left = Math.min(this.box.left, 1 - this.box.width);
      this.box.top = Math.min(this.box.top, 1 - this.box.height);
      this.#place();
    };
    const up = () => {
      removeEventListener("pointermove", drag);
      this.frame?.focus({ preventScroll: true });
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", up, { once: true });
  }

  #done() {
    const { viewer, marker, setup } = this.review;
    const mark = { media: viewer.mediaId, ...viewer.shown, ...this.box };
    this.end();
    marker.clue(mark, setup.clues);
  }
}
