// Long work: what runs now, how far it is, stopping it; forms that begin it; and parts of the page read anew when it ends.
import { getJson, operationId, post } from "./api.js";
import { h } from "./dom.js";
import { fields } from "./fields.js";
import { amount, bytes, length, say, STRINGS } from "./strings.js";

const FAST = 700;
const SLOW = 2500;

/** Give the words for a phase; phases of matching and of checks are shown as the program names them. */
function phase(name) {
  const key = `phase.${name}`;
  return key in STRINGS ? say(key) : name;
}

/** Cut a moment into what is done, of how much, at what rate, and how long it takes. */
function measures(moment) {
  const byFiles = "files" in moment;
  const done = byFiles ? moment.files_done : moment.done;
  const all = byFiles ? moment.files : moment.total;
  return { done: done ?? 0, all: all ?? 0, rate: byFiles ? moment.files_per_second : moment.per_second, left: moment.seconds_left };
}

function words(moment) {
  if (!moment?.phase) return phase("starting");
  const { done, all, rate, left } = measures(moment);
  const parts = [phase(moment.phase)];
  if (all) parts.push(say("run.of", { done: amount(done), all: amount(all) }));
  if (rate) parts.push(say("run.rate", { n: amount(Math.round(rate)) }));
  if (left !== null && left !== undefined) parts.push(say("run.left", { time: length(1000 * left) }));
  return parts.join(" · ");
}

function fill(bar, moment) {
  const { done, all } = measures(moment ?? {});
  bar.max = all || 1;
  bar.value = Math.min(done, bar.max);
}

/** Take the parts that change from a fresh copy of the page: scripts cannot write HTML here, but may have the browser load it. */
function refresh() {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname + location.search);
    request.responseType = "document";
    request.onload = () => {
      for (const part of document.querySelectorAll("[data-fresh]")) {
        const fresh = request.response?.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
        if (fresh) part.replaceWith(document.adoptNode(fresh));
      }
      done();
    };
    request.onerror = failed;
    request.send();
  });
}

class Runs extends HTMLElement {
  connectedCallback() {
    this.run = this.querySelector("#run");
    this.said = this.querySelector("#said");
    this.#part("stop")?.addEventListener("click", () => this.#act(this.said, () => post("/api/runs/stop", {})));
    this.seat = document.querySelector("#intake");
    this.seat?.addEventListener("click", (event) => {
      const { ask } = event.target.dataset;
      if (ask) this.#act(this.said, () => post("/api/intake/ask", { do: ask }));
    });
    this.closest("main").addEventListener("submit", (event) => this.#submit(event));
    this.closest("main").addEventListener("click", (event) => this.#undo(event.target));
    this.#ask();
  }

  #part(name) {
    return this.run.querySelector(`[data-run="${name}"]`);
  }

  #submit(event) {
    const form = event.target;
    const path = form.dataset.start ?? form.dataset.post;
    if (!path) return;
    event.preventDefault();
    const alarm = form.querySelector("[role=alert]");
    this.#act(alarm, async () => {
      await post(path, fields(form));
      if (form.dataset.post) {
        await refresh();
        this.said.textContent = say("run.saved");
      }
    });
  }

  #undo(button) {
    if (!button.dataset?.undo) return;
    this.#act(this.said, async () => {
      const { files } = await post("/api/undo/one", { op: operationId(), target: button.dataset.undo });
      await refresh();
      this.said.textContent = say("run.undone", { n: amount(files) });
      document.querySelector("#decisions [tabindex]")?.focus();
    });
  }

  /** Do something; what the server refuses is said beside it. */
  async #act(place, work) {
    for (const alarm of this.closest("main").querySelectorAll("[role=alert]")) alarm.textContent = "";
    this.said.classList.remove("off");
    try {
      await work();
    } catch (error) {
      place.textContent = error.message;
      place.classList.toggle("off", place === this.said);
    }
    this.#ask();
  }

  async #ask() {
    clearTimeout(this.timer);
    const asked = (this.asked = (this.asked ?? 0) + 1);
    const now = await getJson("/api/runs").catch(() => null);
    if (asked !== this.asked || !this.isConnected) return;
    if (now) await this.#show(now);
    this.timer = setTimeout(() => this.#ask(), now?.current || now?.seat ? FAST : SLOW);
  }

  async #show({ current, seat, moment, newest, asked }) {
    this.#current(current);
    if (this.seat) this.#seat(seat, moment, asked);
    const before = this.stamp;
    this.stamp = `${newest}/${seat?.since ?? ""}`;
    if (before === undefined || before === this.stamp) return;
    await refresh();
    if (!current && !seat) this.said.textContent = say("run.ended");
  }

  #current(current) {
    const began = this.run.hidden && current;
    this.run.hidden = !current;
    if (!current) return;
    const kind = say(`run.${current.kind}`);
    this.#part("kind").textContent = kind;
    this.#part("by").textContent = say("run.by", { name: current.actor });
    this.#part("words").textContent = current.stopping ? say("run.stopping") : words(current.moment);
    fill(this.run.querySelector("progress"), current.moment);
    if (began) this.said.textContent = say("run.began", { kind });
  }

  #seat(seat, moment, asked) {
    const section = this.seat;
    section.hidden = !seat;
    if (!seat) return;
    const put = (name, text) => (section.querySelector(`[data-seat="${name}"]`).textContent = text);
    put("purpose", seat.purpose);
    put("phase", phase(moment?.phase ?? "starting"));
    put("words", asked && asked !== "pause" ? say("run.stopping") : "");
    fill(section.querySelector("progress"), moment);
    section.querySelector('[data-seat="figures"]').replaceChildren(...figures(moment).map(([value, name]) => h("li", {}, h("strong", {}, value), " ", h("span", {}, name))));
    section.querySelector('[data-seat="stages"]').replaceChildren(...stages(moment).map(([name, n]) => h("li", {}, h("b", {}, amount(n)), " ", name)));
    const [pause, goOn] = ["pause", "go-on"].map((name) => section.querySelector(`[data-ask="${name}"]`));
    if (!pause) return;
    const held = asked === "pause";
    const focused = document.activeElement === pause || document.activeElement === goOn;
    [pause.hidden, goOn.hidden] = [held, !held];
    if (focused) (held ? goOn : pause).focus();
  }
}

function figures(moment) {
  if (!moment) return [];
  if (!("files" in moment)) return [[say("run.of", { done: amount(moment.done ?? 0), all: amount(moment.total ?? 0) }), ""]];
  const rows = [
    [say("run.of", { done: amount(moment.files_done), all: amount(moment.files) }), say("intake.files")],
    [bytes(moment.bytes_done), say("intake.bytes")],
    [moment.files_per_second.toFixed(1), say("intake.rate")],
    [bytes(moment.bytes_per_second), say("intake.speed")],
    [amount(moment.warnings), say("intake.warnings")],
    [amount(moment.workers_replaced), say("intake.replaced")],
  ];
  if (moment.seconds_left !== null) rows.push([length(1000 * moment.seconds_left), say("intake.left")]);
  return rows;
}

function stages(moment) {
  return Object.entries(moment?.stages ?? {}).map(([name, n]) => [`stage.${name}` in STRINGS ? say(`stage.${name}`) : name, n]);
}

customElements.define("ef-runs", Runs);
