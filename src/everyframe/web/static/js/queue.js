// The queue: groups in the order they are best looked at, why, and how long the rest takes at this person's pace.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { amount, length, say } from "./strings.js";

const KINDS = {
  folder: ["queue.by.folder", "queue.by.says.folder"],
  stack: ["queue.by.stack", "queue.by.says.stack", "queue.rest.stack"],
  burst: ["queue.by.burst", "queue.by.says.burst", "queue.rest.burst"],
};

class Queue extends HTMLElement {
  async connectedCallback() {
    const by = new URLSearchParams(location.search).get("by") ?? "";
    this.names = JSON.parse(document.querySelector("#setup").textContent).person.names;
    const said = await getJson(`/api/queue?${new URLSearchParams({ by })}`);
    this.replaceChildren(this.#kinds(said.by), this.#summary(said), said.groups.length ? this.#table(said) : h("p", { class: "note" }, say("queue.none")));
    this.querySelector("a.primary")?.focus();
  }

  /** The ways in which things belong together; each is an address. */
  #kinds(by) {
    const link = (kind) => h("a", { class: "chip", href: `/queue?by=${kind}`, "aria-current": kind === by ? "page" : null }, say(KINDS[kind][0]));
    return h("nav", { class: "chips", "aria-label": say("queue.by") }, ...Object.keys(KINDS).map(link), h("p", { class: "note" }, say(KINDS[by][1])));
  }

  #name(g) {
    if (g.kind !== "folder" && !g.key) return [say(KINDS[g.kind][2])];
    return [h("b", {}, g.exhibit), " ", g.path || say("queue.top")];
  }

  #summary(said) {
    const { unseen, open, per_hour, groups } = said;
    const time = per_hour ? length((unseen / per_hour) * 3_600_000) : "";
    const pace = per_hour ? say("queue.pace", { rate: amount(Math.round(per_hour / 60)), time }) : say("queue.nopace");
    const left = unseen ? say("queue.left", { n: amount(unseen), groups: amount(open) }) : say("queue.none");
    const free = groups.find((g) => g.unseen && !g.held) ?? groups[0];
    const start = unseen ? h("a", { class: "button primary", href: hrefOf(free) }, say("queue.first")) : null;
    return h("section", { class: "card summary" }, h("p", {}, h("strong", {}, left)), unseen ? h("p", { class: "note" }, pace) : null, start);
  }

  #table({ groups, total }) {
    const head = ["queue.group", "queue.reason", "queue.unseen", "queue.undecided", "queue.all", "queue.newest"];
    const row = (g) =>
      h("tr", { class: !g.unseen && "none" },
        h("th", { scope: "row" }, h("a", { href: hrefOf(g) }, ...this.#name(g))),
        h("td", {}, reason(g), g.held ? h("span", { class: "tag" }, say("queue.held", { who: this.names[g.held.person] ?? g.held.person })) : null),
        ...[g.unseen, g.undecided, g.media].map((n) => h("td", { class: "num" }, amount(n))),
        h("td", {}, g.newest.slice(0, g.kind === "burst" ? 19 : 10).replace("T", " ")));
    const rows = h("table", { class: "rows queue" },
      h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, say(name))))),
      h("tbody", {}, ...groups.map(row)));
    const shown = total > groups.length && h("p", { class: "note" }, say("queue.shown", { n: amount(groups.length), all: amount(total) }));
    return h("section", { class: "card" }, h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": say("queue.group") }, rows), shown || null);
  }
}

function reason(g) {
  const share = `${Math.floor((100 * (g.media - g.unseen)) / g.media)}\u202f%`;
  return say(`queue.reason.${g.reason}`, { share });
}

function hrefOf(group) {
  return `/review?${new URLSearchParams({ q: group.query })}`;
}

customElements.define("ef-queue", Queue);
