// The tree of folders: files that can be shown, looked at, decided. Folders are read when they are opened.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { quoted } from "./facets.js";
import { amount, say } from "./strings.js";

class Folders extends HTMLElement {
  async connectedCallback() {
    const names = ["folder.name", "folder.files", "folder.looked", "folder.decided", "folder.undecided"];
    const head = h("tr", {}, ...names.map((name, n) => h("th", { scope: "col", class: n && "num" }, say(name))), h("th", { scope: "col" }, h("span", { class: "hidden" }, say("folder.open"))));
    this.body = h("tbody", {});
    const table = h("table", { class: "rows tree", role: "treegrid", "aria-label": say("folder.tree") }, h("thead", {}, head), this.body);
    this.append(h("section", { class: "card wide" }, table));
    this.addEventListener("keydown", (event) => this.#key(event));
    const top = await this.#read("", "");
    if (!top.length) this.replaceChildren(h("p", { class: "note" }, say("folder.none")));
    this.body.append(...top.map((f) => this.#row(f, 1)));
    const [first] = this.body.rows;
    if (first) {
      first.tabIndex = 0;
      if (this.body.rows.length === 1) await this.#open(first);
    }
  }

  async #read(exhibit, path) {
    return (await getJson(`/api/folders?${new URLSearchParams({ exhibit, path })}`)).folders;
  }

  #row(folder, level) {
    const { exhibit, path, name, files, looked, decided } = folder;
    const href = `/review?${new URLSearchParams({ q: path ? `exhibit:${quoted(exhibit)} folder:${quoted(path)}` : `exhibit:${quoted(exhibit)}` })}`;
    const twist = h("span", { class: "twist", "aria-hidden": "true" });
    const meter = h("meter", { min: 0, max: files, value: looked, "aria-hidden": "true" });
    const cells = [files, looked, decided, files - decided].map((n) => h("td", { class: "num" }, amount(n)));
    const row = h("tr", { role: "row", tabindex: "-1", "aria-level": level, "aria-expanded": folder.folders ? "false" : null },
      h("th", { scope: "row", "data-level": Math.min(level, 12) }, twist, h("span", {}, name), meter), ...cells,
      h("td", {}, h("a", { href, tabindex: "-1" }, say("folder.open"))));
    row.folder = folder;
    row.addEventListener("click", (event) => !event.target.closest("a") && this.#toggle(row));
    return row;
  }

  async #open(row) {
    if (row.getAttribute("aria-expanded") !== "false") return;
    row.setAttribute("aria-expanded", "true");
    const { exhibit, path } = row.folder;
    const level = Number(row.getAttribute("aria-level")) + 1;
    row.after(...(await this.#read(exhibit, path)).map((f) => this.#row(f, level)));
  }

  #close(row) {
    row.setAttribute("aria-expanded", "false");
    const level = Number(row.getAttribute("aria-level"));
    while (row.nextElementSibling && Number(row.nextElementSibling.getAttribute("aria-level")) > level) row.nextElementSibling.remove();
  }

  #toggle(row) {
    this.#focus(row);
    if (row.getAttribute("aria-expanded") === "true") this.#close(row);
    else this.#open(row);
  }

  #focus(row) {
    if (!row) return;
    this.body.querySelector('tr[tabindex="0"]')?.setAttribute("tabindex", "-1");
    row.tabIndex = 0;
    row.focus();
  }

  #key(event) {
    const row = event.target.closest("tbody tr");
    if (!row || event.target.closest("a")) return;
    const expanded = row.getAttribute("aria-expanded");
    const level = Number(row.getAttribute("aria-level"));
    const above = () => {
      let at = row.previousElementSibling;
      while (at && Number(at.getAttribute("aria-level")) >= level) at = at.previousElementSibling;
      return at;
    };
    const act = {
      ArrowDown: () => this.#focus(row.nextElementSibling),
      ArrowUp: () => this.#focus(row.previousElementSibling),
      ArrowRight: () => (expanded === "false" ? this.#open(row) : expanded && this.#focus(row.nextElementSibling)),
      ArrowLeft: () => (expanded === "true" ? this.#close(row) : this.#focus(above())),
      Home: () => this.#focus(this.body.firstElementChild),
      End: () => this.#focus(this.body.lastElementChild),
      Enter: () => row.querySelector("a").click(),
      " ": () => this.#toggle(row),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

customElements.define("ef-folders", Folders);
