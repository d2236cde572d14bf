// What every page has for the person in front of it: clearing the screen, the lock, time with uncovered pictures, breaks.
import { getJson, post } from "../api.js";
import { h } from "../dom.js";
import { isSingle, keyName } from "../keys.js";
import { notices } from "./notice.js";
import { tell } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SEND_MS = 20 * SECOND;
const BREAK_MS = 5 * MINUTE; // so long without uncovered pictures is a break
const STIRS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"];

class Screen {
  active = Date.now();
  exposed = 0; // not sent yet
  since = 0; // with uncovered pictures since the last break
  covered = 0; // without them, in one piece
  #last = Date.now();
  #sent = Date.now();

  constructor() {
    for (const kind of STIRS) addEventListener(kind, () => this.#stir(), { capture: true, passive: true });
    addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("clearscreen", () => this.toggle());
    addEventListener("pagehide", () => this.#send(true));
    this.clock = setInterval(() => this.tick(), SECOND);
    this.ready = getJson("/api/preferences").then(({ preferences }) => Object.assign(this, { preferences }));
    this.ready.catch(() => null);
  }

  #stir() {
    this.active = Date.now();
  }

  #key(event) {
    if (event.defaultPrevented || event.target.closest?.("input, select, textarea")) return;
    const single = this.preferences?.["single-keys"] ?? true;
    const keys = (this.preferences?.keys.clear ?? ["X"]).filter((key) => single || !isSingle(key));
    const name = keyName(event);
    if (!keys.includes(name) && name !== "Pause") return;
    event.preventDefault();
    this.toggle();
  }

  /** Clear the screen at once, or come back. */
  toggle() {
    if (this.dialog) this.dialog.close();
    else this.#clear();
  }

  #clear() {
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const back = h("button", { type: "button", class: "primary", onclick: () => this.dialog.close() }, tell("cleared.back"));
    const key = this.preferences?.keys.clear?.[0] ?? "X";
    const lines = [h("p", { class: "clock" }, time), h("h2", {}, tell("cleared")), h("p", {}, tell("cleared.says", { key }))];
    const before = document.activeElement;
    this.dialog = h("dialog", { class: "cleared", "aria-label": tell("cleared") }, ...lines, back);
    document.documentElement.dataset.cleared = "";
    for (const media of document.querySelectorAll("video, audio")) media.pause();
    this.dialog.addEventListener("close", () => {
      delete document.documentElement.dataset.cleared;
      this.dialog.remove();
      this.dialog = null;
      before?.focus?.({ preventScroll: true });
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    back.focus();
  }

  /** Lock when nothing was done for as long as the person chose; the server does so after 15 minutes in any case. */
  tick() {
    const now = Date.now();
    const passed = Math.min(now - this.#last, 2 * SECOND); // a longer silence of the clock means that the machine slept
    this.#last = now;
    const idle = (this.preferences?.["idle-minutes"] ?? 15) * MINUTE;
    if (now - this.active >= idle) {
      this.lock();
      return;
    }
    this.#expose(passed, now);
  }

  async lock() {
    clearInterval(this.clock);
    document.body.hidden = true;
    await post("/session/end", {}).catch(() => null);
    location.replace("/locked");
  }

  get uncovered() {
    const attended = document.visibilityState === "visible" && document.hasFocus() && !this.dialog;
    return attended && (globalThis.everyframe?.looks.seen().length ?? 0) > 0;
  }

  #expose(passed, now) {
    if (this.uncovered) {
      this.exposed += passed;
      this.since += passed;
      this.covered = 0;
    } else {
      this.covered += passed;
      if (this.covered >= BREAK_MS) this.since = 0;
    }
    if (now - this.#sent >= SEND_MS) this.#send(false);
    const wanted = (this.preferences?.["break-minutes"] ?? 0) * MINUTE;
    if (wanted && this.since >= wanted) this.#remind();
  }

  #remind() {
    this.since = 0;
    const lines = [tell("break", { n: this.preferences["break-minutes"] })];
    notices().show("break", lines, [[tell("break.clear"), () => this.toggle()], [tell("break.later")]]);
  }

  #send(leaving) {
    this.#sent = Date.now();
    const milliseconds = Math.round(this.exposed);
    if (milliseconds < SECOND) return;
    this.exposed = 0;
    const here = new Date();
    const two = (n) => String(n).padStart(2, "0");
    const day = `${here.getFullYear()}-${two(here.getMonth() + 1)}-${two(here.getDate())}`;
    post("/api/exposure", { day, milliseconds }, { keepalive: leaving }).catch(() => (this.exposed += milliseconds));
  }
}

globalThis.everyframeScreen = new Screen();
