// The review page: puts grid, viewer, sidebar and status together, and keeps the address true to what is shown.
import "./filter.js";
import "./map.js";
import "./sidebar.js";
import "./status.js";
import "./viewer.js";
import "./grid.js";
import "./legend.js";
import { Actions } from "./actions.js";
import { getJson, poll } from "./api.js";
import { Outbox } from "./decisions.js";
import { actionOf } from "./keys.js";
import { Looks } from "./looks.js";
import { Marker } from "./marker.js";
import { Order } from "./order.js";
import { Region } from "./region.js";
import { queryOf, viewOf } from "./sidebar.js";
import { amount, say } from "./strings.js";
import { Lease } from "./team/lease.js";
import { Together } from "./team/together.js";

const REMEMBER_MS = 150;
const COUNT_MS = 1500;

const find = (selector) => document.querySelector(selector);

class Review {
  constructor() {
    this.setup = JSON.parse(find("#setup").textContent);
    this.grid = find("ef-grid");
    this.viewer = find("ef-viewer");
    this.sidebar = find("ef-sidebar");
    this.status = find("ef-status");
    this.legend = find("ef-legend");
    this.map = find("ef-map");
    this.filter = find("ef-filter");
    this.marker = new Marker(this);
    this.region = new Region(this);
    this.outbox = new Outbox();
    this.actions = new Actions(this);
    this.looks = new Looks(this.setup.rule, () => this.#onScreen());
    this.looks.silent = !this.setup.person.decides;
    this.together = new Together(this);
    this.lease = new Lease(this);
    this.#build();
    this.#listen();
    this.load(viewOf(location.search), history.state);
  }

  #build() {
    const act = (action) => this.actions.run(action);
    const { categories } = this.setup;
    this.grid.categories = categories;
    this.grid.size = Number(localStorage.getItem("cell")) || this.grid.size;
    const { blur, grey } = this.setup.person.preferences;
    this.grid.setCover({ blur, grey });
    this.sidebar.build(this.setup);
    this.status.build(categories, act);
    this.viewer.build(categories, act);
    this.sidebar.count();
    this.sidebar.readKept();
    this.filter.build(this.setup);
  }

  #listen() {
    const { grid, outbox, viewer } = this;
    grid.addEventListener("keydown", (event) => this.#key(event, "grid"));
    viewer.addEventListener("keydown", (event) => this.#key(event, "viewer"));
    grid.addEventListener("moved", () => this.#moved());
    grid.addEventListener("settled", () => this.#remember());
    grid.addEventListener("planned", () => this.covers());
    grid.addEventListener("selected", () => this.chosen());
    grid.addEventListener("openitem", () => this.actions.run("open"));
    this.map.addEventListener("jump", (event) => grid.scrollToFraction(event.detail));
    this.sidebar.addEventListener("choose", (event) => this.choose(event.detail));
    this.filter.addEventListener("choose", (event) => this.choose(event.detail));
    this.filter.addEventListener("done", () => this.takeFocus());
    this.filter.addEventListener("kept", () => this.sidebar.readKept());
    this.filter.addEventListener("group", (event) => this.groups(event.detail));
    viewer.addEventListener("mark", (event) => this.actions.run(event.detail));
    viewer.addEventListener("changedmarks", () => viewer.refresh());
    this.legend.addEventListener("closed", () => this.takeFocus());
    outbox.addEventListener("changed", () => this.#unsent());
    outbox.addEventListener("refused", (event) => this.say(say("say.refused", { reason: event.detail })));
    outbox.addEventListener("stored", (event) => this.#stored(event.detail));
    this.looks.addEventListener("looked", (event) => this.#looked([event.detail]));
    this.looks.addEventListener("stored", (event) => this.#lookStored(event.detail));
    find("#newer").addEventListener("click", () => this.load(this.view, { index: 0, keep: grid.order.ids[grid.focusIndex] }));
    addEventListener("popstate", (event) => this.#popped(event.state));
    addEventListener("beforeunload", (event) => outbox.unsent && event.preventDefault());
    addEventListener("pagehide", () => outbox.flushOnLeaving());
    poll.addEventListener("progress", (event) => this.#progress(event.detail));
  }

  #stored({ sent, answers }) {
    this.actions.stored(sent, answers);
    this.recount();
    this.lease.renew();
  }

  /** Show a view; ``at`` is a place as history keeps it. */
  async load(view, at = null) {
    clearTimeout(this.remembering);
    this.reading = true; // what is shown is still the list before
    this.turning = true; // what the grid shows is not yet what the address says
    this.view = view;
    this.sidebar.show(view);
    this.filter.show(view);
    this.loading?.abort();
    this.loading = new AbortController();
    this.grid.message(say("grid.loading"));
    const order = await Order.load(queryOf(view), this.loading.signal).catch((error) => this.#failed(error));
    if (!order) return;
    this.filter.fail(null);
    this.order = order;
    this.sidebar.facet(order.list);
    this.lease.enter(this.group ? view.q : "");
    const place = at?.keep === undefined ? at : { index: Math.max(0, order.indexOf(at.keep)) };
    this.grid.show(order, place ?? undefined);
    this.reading = false;
    this.#looked(this.looks.met);
    this.turning = false;
    this.map.draw(order);
    poll.query = `?after=${order.newest}&${queryOf(view)}`;
    find("#newer").hidden = true;
    this.#address();
    this.chosen();
    if (this.viewer.hidden && !this.filter.contains(document.activeElement)) this.takeFocus();
  }

  /** Go to another view: a new entry of the history. */
  async choose(href) {
    this.#rememberNow();
    history.pushState(null, "", href);
    await this.load(viewOf(location.search));
  }

  /** Go to another page; what is not stored yet is sent first. */
  async leave(href) {
    this.#rememberNow();
    await this.outbox.drained();
    location.assign(href);
  }

  /** Tell whether a group of the queue is shown. */
  get group() {
    return /^(within:("(\\.|[^"\\])*"|\S+)|(stack|burst):(none|\d+))$/.test(this.view.q);
  }

  /** Go to the next group of the queue, or the previous one. */
  async groups(step) {
    await this.outbox.drained();
    await this.looks.settle();
    const { group } = await getJson(`/api/queue/next?${new URLSearchParams({ q: this.view.q, step })}`);
    if (group) await this.choose(`/review?${new URLSearchParams({ q: group.query })}`);
    else this.say(say("say.lastgroup"));
  }

  /** Open or close the viewer as the address says. */
  #address() {
    const id = Number(new URLSearchParams(location.search).get("item"));
    if (!id) {
      if (!this.viewer.hidden) this.viewer.close();
      return;
    }
    const index = this.order.indexOf(id);
    if (index >= 0) this.grid.focusItem(index, { quiet: true });
    this.viewer.open(id, this.#state(index));
  }

  #state(index) {
    return { place: index >= 0 ? this.order.place(index) : 0, blur: this.grid.blur, grey: this.grid.grey };
  }

  /** Name the address of this view, with the viewer open at an item or closed. */
  href(id = 0) {
    const query = new URLSearchParams(queryOf(this.view));
    if (id) query.set("item", id);
    return `/review${query.size ? "?" : ""}${query}`;
  }

  openItem(index) {
    if (!this.order.length) return;
    this.#rememberNow();
    history.pushState({ ...this.grid.place, viewer: true }, "", this.href(this.order.ids[index]));
    this.#address();
  }

  /** Show another item in the open viewer, in the same entry of the history. */
  turnTo(index) {
    this.grid.focusItem(index, { quiet: true });
    const at = this.grid.focusIndex;
    history.replaceState({ ...this.grid.place, viewer: true }, "", this.href(this.order.ids[at]));
    this.#address();
    this.#placed();
  }

  closeViewer() {
    if (history.state?.viewer) {
      history.back();
      return;
    }
    history.replaceState(this.grid.place, "", this.href());
    this.#address();
    this.takeFocus();
  }

  #popped(state) {
    const view = viewOf(location.search);
    if (queryOf(view) !== queryOf(this.view)) {
      this.load(view, state);
      return;
    }
    const open = !this.viewer.hidden;
    this.#address();
    if (open && this.viewer.hidden) {
      this.grid.focusItem(this.grid.focusIndex);
      this.takeFocus();
    }
  }

  #key(event, where) {
    const typing = event.target.closest("input, select, textarea");
    const pressing = event.target.closest("button, a, summary") && ["Enter", " "].includes(event.key);
    if (event.defaultPrevented || typing || pressing) return;
    const action = actionOf(event, where);
    if (!action) return;
    event.preventDefault();
    this.actions.run(action, event);
  }

  takeFocus() {
    if (this.viewer.hidden) this.grid.takeFocus();
    else this.viewer.stage.focus({ preventScroll: true });
  }

  #moved() {
    this.#placed();
    this.#remember();
  }

  #placed() {
    this.status.place(this.grid.focusIndex, this.order?.length ?? 0);
  }

  chosen() {
    this.status.choose(this.grid.selection.count(this.order.length));
    this.#placed();
  }

  covers() {
    const { blur, grey, size } = this.grid;
    const drawn = this.grid.cellSide;
    this.status.cover({ blur, grey, size, drawn, least: this.setup.rule.min_side });
    this.viewer.tell(this.#state(this.order ? this.order.indexOf(this.viewer.mediaId) : -1));
  }

  /** Keep the place in the history entry, so that coming back comes back to it. */
  #remember() {
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => this.#rememberNow(), REMEMBER_MS);
  }

  #rememberNow() {
    clearTimeout(this.remembering);
    if (this.order && !this.turning) history.replaceState({ ...history.state, ...this.grid.place }, "");
  }

  say(text) {
    this.status.say(text);
    const live = find("#live");
    live.textContent = live.textContent === text ? `${text}\u00a0` : text;
  }

  recount() {
    this.counting ??= setTimeout(() => {
      this.counting = undefined;
      this.sidebar.count();
    }, COUNT_MS);
    clearTimeout(this.mapping);
    this.mapping = setTimeout(() => this.map.draw(), 300);
  }

  #onScreen() {
    if ("cleared" in document.documentElement.dataset) return [];
    if (!this.viewer.hidden) return this.viewer.onScreen();
    if (find("dialog[open]")) return [];
    const seen = this.grid.onScreen().filter((cell) => !cell.painted.blur);
    return seen.map((cell) => {
      const item = this.grid.items.get(cell.id);
      const { width, height } = cell.painted;
      return { id: cell.id, width, height, native: item, several: item?.several ?? true, manner: "grid" };
    });
  }

  #looked(ids) {
    const found = this.order.indexesOf(ids);
    for (const index of found.values()) this.order.setLooked(index);
    this.grid.refresh(new Set(found.values()));
  }

  #lookStored({ accepted }) {
    this.#looked(accepted);
    this.lease.renew();
    if (this.looks.refused) this.status.say(say("status.refused", { n: amount(this.looks.refused) }));
    if (accepted.length) this.recount();
    if (accepted.includes(this.viewer.mediaId)) this.viewer.refresh();
  }

  #unsent() {
    const { unsent, failing } = this.outbox;
    const box = find("#unsent");
    box.hidden = !unsent;
    box.classList.toggle("failing", failing);
    box.textContent = failing ? say("status.lost") : say("status.unsent", { n: amount(unsent) });
  }

  #progress(said) {
    const box = find("#intake");
    box.hidden = !said?.intake;
    if (!said) return;
    box.textContent = say("status.intake", { n: amount(said.jobs) });
    const pill = find("#newer");
    pill.hidden = !said.new;
    pill.textContent = say("status.newer", { n: amount(said.new) });
    if (this.stamp && this.stamp !== said.stamp && said.intake) this.recount();
    this.stamp = said.stamp;
  }

  #failed(error) {
    if (error.name === "AbortError") return null;
    this.reading = false;
    if (error.at === undefined) this.grid.message(error.message);
    else this.filter.fail(error);
    return null;
  }
}

// For measurements and tests: what they need to see is on the page object, not in globals of its parts.
globalThis.everyframe = new Review();
