// Where: a map drawn here, from outlines that come with Everyframe. Nothing is fetched from anywhere else.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { amount, say } from "./strings.js";

const SQUARE = 44; // pixels of a square that is gathered
const WHOLE = { lat: 20, lon: 0, scale: 0 };
const CLOSEST = 60_000; // pixels for a degree

class Places extends HTMLElement {
  async connectedCallback() {
    const asked = new URLSearchParams(location.search);
    this.q = asked.get("q") ?? "";
    this.at = asked.has("lat") ? { lat: Number(asked.get("lat")), lon: Number(asked.get("lon")), scale: Number(asked.get("scale")) } : null;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.points = h("ul", { class: "points" });
    this.map = h("div", { class: "map", tabindex: "0", role: "group", "aria-label": say("place.map") }, this.canvas, this.points);
    const button = (word, act) => h("button", { type: "button", onclick: act }, say(word));
    this.said = h("span", { role: "status" });
    this.link = h("a", { class: "button primary", hidden: true }, say("place.open"));
    const tools = h("div", { class: "tools" }, button("place.in", () => this.#zoom(2)), button("place.out", () => this.#zoom(0.5)),
      button("place.whole", () => this.#to({ ...WHOLE })), this.said, this.link);
    this.append(tools, this.map, h("p", { class: "note" }, say("place.hint")));
    this.lands = await getJson("/static/outlines.json");
    if (!this.at) await this.#fit();
    this.#listen();
    new ResizeObserver(() => this.draw()).observe(this.map);
  }

  get least() {
    return this.map.clientWidth / 360;
  }

  /** Begin where the pictures are. */
  async #fit() {
    const { clusters } = await getJson(`/api/places?${new URLSearchParams({ q: this.q, south: -90, west: -180, north: 90, east: 180, step: 30 })}`);
    this.at = { ...WHOLE };
    if (!clusters.length) return;
    const boxes = clusters.map((c) => c.box);
    const [south, north] = [Math.min(...boxes.map((b) => b.south)), Math.max(...boxes.map((b) => b.north))];
    const [west, east] = [Math.min(...boxes.map((b) => b.west)), Math.max(...boxes.map((b) => b.east))];
    const wide = Math.max(east - west, 0.02) * 1.4;
    const high = Math.max(north - south, 0.02) * 1.6;
    const scale = Math.min(this.map.clientWidth / wide, this.map.clientHeight / high, 400);
    this.at = { lat: (south + north) / 2, lon: (west + east) / 2, scale };
  }

  #listen() {
    this.map.addEventListener("keydown", (event) => this.#key(event));
    this.map.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#zoom(event.deltaY < 0 ? 1.25 : 0.8, event);
    }, { passive: false });
    this.map.addEventListener("pointerdown", (event) => {
      if (event.target.closest("a")) return;
      this.map.setPointerCapture(event.pointerId);
    });
    this.map.addEventListener("pointermove", (event) => {
      if (event.buttons === 1 && !event.target.closest("a")) this.#move(-event.movementX, -event.movementY);
    });
  }

  #key(event) {
    const act = {
      ArrowLeft: () => this.#move(-80, 0), ArrowRight: () => this.#move(80, 0), ArrowUp: () => this.#move(0, -80), ArrowDown: () => this.#move(0, 80),
      "+": () => this.#zoom(2), "=": () => this.#zoom(2), "-": () => this.#zoom(0.5), Home: () => this.#to({ ...WHOLE }),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #move(x, y) {
    this.#to({ ...this.at, lon: this.at.lon + x / this.at.scale, lat: this.at.lat - y / this.at.scale });
  }

  #zoom(by, event = null) {
    const scale = Math.min(CLOSEST, Math.max(this.least, this.at.scale * by));
    const box = this.map.getBoundingClientRect();
    const [x, y] = event ? [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2] : [0, 0];
    const [lon, lat] = [this.at.lon + x / this.at.scale - x / scale, this.at.lat - y / this.at.scale + y / scale];
    this.#to({ lat, lon, scale });
  }

  #to({ lat, lon, scale }) {
    this.at = { lat: Math.min(85, Math.max(-85, lat)), lon: Math.min(180, Math.max(-180, lon)), scale };
    this.draw();
  }

  draw() {
    const [width, height] = [this.map.clientWidth, this.map.clientHeight];
    if (!width || !this.lands) return;
    this.at.scale = Math.max(this.least, this.at.scale);
    this.#paint(width, height);
    this.#shift();
    clearTimeout(this.reading);
    this.reading = setTimeout(() => this.#read(), 120);
    const { lat, lon, scale } = this.at;
    history.replaceState(null, "", `/places?${new URLSearchParams({ q: this.q, lat: lat.toFixed(5), lon: lon.toFixed(5), scale: scale.toFixed(2) })}`);
  }

  #xy(lat, lon) {
    return [(lon - this.at.lon) * this.at.scale + this.map.clientWidth / 2, (this.at.lat - lat) * this.at.scale + this.map.clientHeight / 2];
  }

  #paint(width, height) {
    const ratio = devicePixelRatio;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(this);
    pen.fillStyle = style.getPropertyValue("--land");
    pen.strokeStyle = style.getPropertyValue("--shore");
    pen.lineWidth = 1;
    for (const ring of this.lands.rings) {
      pen.beginPath();
      for (let n = 0; n < ring.length; n += 2) pen.lineTo(...this.#xy(ring[n + 1], ring[n]));
      pen.closePath();
      pen.fill();
      pen.stroke();
    }
    this.#lines(pen, width, height);
  }

  /** Draw lines of latitude and longitude with their degrees, so that one knows where one is however close. */
  #lines(pen, width, height) {
    const step = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002].find((s) => s * this.at.scale < 260) ?? 0.002;
    const style = getComputedStyle(this);
    pen.strokeStyle = style.getPropertyValue("--gridline");
    pen.fillStyle = style.getPropertyValue("--dim");
    pen.font = "11px sans-serif";
    const places = Math.max(0, -Math.floor(Math.log10(step)));
    const [west, east] = [this.at.lon - width / 2 / this.at.scale, this.at.lon + width / 2 / this.at.scale];
    const [south, north] = [this.at.lat - height / 2 / this.at.scale, this.at.lat + height / 2 / this.at.scale];
    pen.beginPath();
    for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
      const [x] = this.#xy(0, lon);
      pen.moveTo(x, 0);
      pen.lineTo(x, height);
      pen.fillText(`${Math.abs(lon).toFixed(places)}° ${lon < 0 ? "W" : "E"}`, x + 4, height - 6);
    }
    for (let lat = Math.ceil(south / step) * step; lat <= north; lat += step) {
      const [, y] = this.#xy(lat, 0);
      pen.moveTo(0, y);
      pen.lineTo(width, y);
      pen.fillText(`${Math.abs(lat).toFixed(places)}° ${lat < 0 ? "S" : "N"}`, 4, y - 4);
    }
    pen.stroke();
  }

  #shift() {
    for (const point of this.points.children) this.#place(point);
  }

  #place(point) {
    const [x, y] = this.#xy(point.cluster.latitude, point.cluster.longitude);
    point.style.left = `${x}px`;
    point.style.top = `${y}px`;
  }

  async #read() {
    const { lat, lon, scale } = this.at;
    const [wide, high] = [this.map.clientWidth / 2 / scale, this.map.clientHeight / 2 / scale];
    const box = { south: Math.max(-90, lat - high), west: Math.max(-180, lon - wide), north: Math.min(90, lat + high), east: Math.min(180, lon + wide) };
    const texts = Object.fromEntries(Object.entries({ ...box, step: SQUARE / scale }).map(([k, v]) => [k, v.toFixed(6)]));
    const said = await getJson(`/api/places?${new URLSearchParams({ q: this.q, ...texts })}`);
    this.points.replaceChildren(...said.clusters.map((c) => this.#point(c)));
    this.#shift();
    this.said.textContent = said.media ? say("place.here", { n: amount(said.media) }) : say("place.none");
    this.link.hidden = !said.media;
    this.link.href = this.#href(box);
  }

  #href({ south, west, north, east }) {
    const out = (value, digits, up) => (up ? Math.ceil : Math.floor)(value * 10 ** digits) / 10 ** digits;
    const term = `place:${out(south, 6, false)}/${out(west, 6, false)}..${out(north, 6, true)}/${out(east, 6, true)}`;
    return `/review?${new URLSearchParams({ q: this.q ? `${this.q} ${term}` : term })}`;
  }

  #point(cluster) {
    const place = `${cluster.latitude.toFixed(4)}, ${cluster.longitude.toFixed(4)}`;
    const link = h("a", { href: this.#href(cluster.box), "aria-label": say("place.cluster", { n: amount(cluster.media), place }) }, amount(cluster.media));
    const size = 22 + 6 * Math.log10(cluster.media + 1);
    link.style.minWidth = `${size}px`;
    link.style.lineHeight = `${size}px`;
    const point = h("li", {}, link);
    point.cluster = cluster;
    return point;
  }
}

customElements.define("ef-places", Places);
