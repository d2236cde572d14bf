// Language, light and keys of this person.
import { h } from "./dom.js";
import { keyName, PARTS, USUAL } from "./keys.js";
import { keycap } from "./legend.js";
import { preference, setPreference } from "./prefs.js";
import { say } from "./strings.js";

const LANGUAGES = [["en", "English"], ["de", "Deutsch"]];
const FIXED = ["category", "group"];
const BROWSER = ["Ctrl+W", "Ctrl+Q", "Ctrl+T", "Ctrl+N", "Ctrl+Shift+W", "Ctrl+Shift+N", "Ctrl+Shift+T", "Tab", "Shift+Tab", "F5", "F11", "F12"];
const MODIFIERS = ["Control", "Shift", "Alt", "Meta", "AltGraph"];

class Settings extends HTMLElement {
  connectedCallback() {
    this.own = preference("keys", {});
    this.told = h("p", { class: "note", role: "status" });
    this.render();
  }

  render() {
    this.replaceChildren(h("section", { class: "card settings" }, this.#language(), this.#theme(), this.#single()), this.#keys(), this.told);
  }

  #choice(id, word, values, chosen, act) {
    const select = h("select", { id }, ...values.map(([value, name]) => h("option", { value, selected: value === chosen }, name)));
    select.addEventListener("change", () => act(select.value));
    return h("label", {}, h("span", {}, say(word)), select);
  }

  #language() {
    return this.#choice("language", "settings.language", LANGUAGES, document.documentElement.lang, (value) => {
      document.cookie = `everyframe-language=${value}; path=/; max-age=31536000; SameSite=Strict`;
      location.reload();
    });
  }

  #theme() {
    const values = ["system", "light", "dark"].map((name) => [name, say(`settings.theme.${name}`)]);
    return this.#choice("theme-choice", "settings.theme", values, localStorage.getItem("theme") ?? "system", (value) => {
      if (value === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", value);
      if (value === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = value;
    });
  }

  #single() {
    const values = [["on", say("settings.single.on")], ["off", say("settings.single.off")]];
    return this.#choice("single-keys", "settings.single", values, preference("single-keys", true) ? "on" : "off", (value) => this.#set("single-keys", value === "on" ? null : false));
  }

  #keys() {
    const parts = PARTS.map((part) => h("section", {}, h("h3", {}, say(`legend.${part}`)), h("ul", {}, ...this.#rows().filter((r) => r.part === part).map((r) => this.#key(r)))));
    const reset = h("button", { type: "button", onclick: () => this.#keep({}) }, say("settings.reset"));
    return h("section", { class: "card" }, h("h2", {}, say("settings.keys")), h("div", { class: "keylist" }, ...parts), reset);
  }

  #rows() {
    return USUAL.map((row) => (this.own[row.action] ? { ...row, keys: this.own[row.action] } : row));
  }

  #key(row) {
    const name = say(`key.${row.action}`);
    const fixed = FIXED.includes(row.action) || row.keys.length > 3;
    const change = fixed ? null : h("button", { type: "button", "data-change": row.action, "aria-label": `${say("settings.change")}: ${name}`, onclick: (event) => this.#listen(row, event.target) }, say("settings.change"));
    const usual = this.own[row.action] && h("button", { type: "button", class: "quiet", onclick: () => this.#keep({ ...this.own, [row.action]: undefined }) }, say("settings.usual"));
    const caps = fixed && row.keys.length > 4 ? [row.keys[0], "…", row.keys.at(-1)] : row.keys;
    return h("li", {}, h("span", { class: "caps" }, ...caps.map(keycap)), h("span", { class: "what" }, name), usual || null, change);
  }

  #listen(row, button) {
    button.textContent = say("settings.press");
    const heard = (event) => {
      if (MODIFIERS.includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      button.removeEventListener("keydown", heard);
      this.#take(row, keyName(event));
    };
    button.addEventListener("keydown", heard);
    button.addEventListener("blur", () => button.isConnected && this.render(), { once: true });
  }

  #take(row, key) {
    const both = (other) => other.where === row.where || other.where === "both" || row.where === "both";
    const taken = this.#rows().find((other) => other.action !== row.action && both(other) && other.keys.includes(key));
    if (BROWSER.includes(key)) this.#tell(say("settings.browser", { key }));
    else if (taken) this.#tell(say("settings.taken", { key, action: say(`key.${taken.action}`) }));
    else {
      this.#keep({ ...this.own, [row.action]: [key] }).then(() => this.querySelector(`[data-change="${row.action}"]`)?.focus());
      return;
    }
    this.render();
  }

  async #keep(wanted) {
    const own = Object.fromEntries(Object.entries(wanted).filter(([, keys]) => keys));
    if (await this.#set("keys", Object.keys(own).length ? own : null)) this.own = own;
    this.render();
  }

  /** Keep a preference, and say so; gives whether it was kept. */
  async #set(name, value) {
    const refusal = await setPreference(name, value).catch((error) => error);
    const kept = !(refusal instanceof Error);
    this.#tell(kept ? say("settings.changed") : refusal.message);
    return kept;
  }

  #tell(text) {
    this.told.textContent = text;
  }
}

customElements.define("ef-settings", Settings);
