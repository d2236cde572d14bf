// A map of the whole view beside the scroll bar: what was looked at, what was decided, and where one is.

const SAMPLES = 24; // items looked up for one line of the map
const LINE = 2;

export class OrderMap extends HTMLElement {
  connectedCallback() {
    this.canvas = document.createElement("canvas");
    this.append(this.canvas);
    new ResizeObserver(() => this.draw()).observe(this);
    this.addEventListener("pointerdown", (event) => this.#point(event));
    this.addEventListener("pointermove", (event) => event.buttons === 1 && this.#point(event));
  }

  /** Draw an order's states; ``draw`` without one draws the last again. */
  draw(order = this.order) {
    this.order = order;
    if (!order || !this.clientHeight) return;
    const [width, height] = [this.clientWidth, Math.floor(this.clientHeight / LINE)];
    this.canvas.width = width;
    this.canvas.height = height;
    const pen = this.canvas.getContext("2d");
    const style = getComputedStyle(this);
    const [seen, done] = [style.getPropertyValue("--seen"), style.getPropertyValue("--done")];
    for (let line = 0; line < height; line += 1) {
      const share = sample(order, line / height, (line + 1) / height);
      bar(pen, line, 0, width * 0.5 * share.looked, seen);
      bar(pen, line, width * 0.5, width * 0.5 * share.decided, done);
    }
  }

  #point(event) {
    const box = this.getBoundingClientRect();
    const fraction = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
    this.dispatchEvent(new CustomEvent("jump", { detail: fraction }));
  }
}

function bar(pen, line, from, width, colour) {
  pen.fillStyle = colour;
  pen.fillRect(from, line, width, 1);
}

function sample(order, from, to) {
  const [start, end] = [Math.floor(from * order.length), Math.max(Math.floor(to * order.length), 1)];
  const step = Math.max(1, Math.floor((end - start) / SAMPLES));
  let [looked, decided, all] = [0, 0, 0];
  for (let i = start; i < Math.max(end, start + 1) && i < order.length; i += step) {
    looked += order.looked(i);
    decided += order.place(i) > 0;
    all += 1;
  }
  return all ? { looked: looked / all, decided: decided / all } : { looked: 0, decided: 0 };
}

customElements.define("ef-map", OrderMap);
