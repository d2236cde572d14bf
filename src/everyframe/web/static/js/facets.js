// The sidebar's facets: how many of what is shown have each value; each is a link that narrows the view.
import { operationId, post } from "./api.js";
import { h } from "./dom.js";
import { amount, say, STRINGS } from "./strings.js";

const ORDER = ["kind", "exhibit", "model", "serial", "taken", "type", "provenance", "warning", "tag"];
const SHOWN = 6;
const NAMED = { kind: "facet", provenance: "panel" }; // whose values have words of their own

/** Write a value as the query language reads it. */
export function quoted(value) {
  return /^[\w./+*]+$/u.test(value) && value.toLowerCase() !== "or" ? value : `"${value.replace(/(["\\])/g, "\\$1")}"`;
}

/** Build one part for each field that has more than one value, or one that does not hold for all. */
export function facetParts(facets, view, hrefOf) {
  return ORDER.filter((name) => facets[name]?.length > 1 || (facets[name]?.length && ["tag", "warning"].includes(name))).map((name) => part(name, facets[name], view, hrefOf));
}

function words(name, value) {
  const key = `${NAMED[name]}.${name}.${value}`;
  return key in STRINGS ? say(key) : value;
}

function part(name, values, view, hrefOf) {
  const row = ([value, count]) => {
    const term = `${name}:${quoted(value)}`;
    const q = view.q.includes(term) ? view.q : /\bor\b/i.test(view.q) ? `(${view.q}) ${term}` : `${view.q} ${term}`.trim();
    const label = h("span", { class: "name" }, words(name, value));
    return h("li", {}, h("a", { href: hrefOf(q), "aria-current": view.q.split(" ").includes(term) && "true" }, label, h("small", {}, amount(count))));
  };
  const rest = values.slice(SHOWN);
  const more = rest.length && h("details", {}, h("summary", {}, say("facet.more", { n: amount(rest.length) })), h("ul", {}, ...rest.map(row)));
  return h("section", { class: "facet", "data-facet": name }, h("h2", {}, say(`facet.${name}`)), h("ul", {}, ...values.slice(0, SHOWN).map(row)), more || null);
}

/** Build the part of the views that this person keeps. */
export function keptPart(views, current, changed) {
  if (!views.length) return null;
  const forget = async (name) => {
    await post("/api/views", { op: operationId(), name, remove: true });
    changed();
  };
  const row = ({ name, query }) =>
    h("li", { class: "kept" },
      h("a", { href: `/review${query ? "?" : ""}${query}`, "aria-current": query === current && "true" }, h("span", { class: "name" }, name)),
      h("button", { type: "button", class: "x", "aria-label": say("side.forget", { name }), onclick: () => forget(name) }, "×"));
  return h("section", {}, h("h2", {}, say("side.kept")), h("ul", {}, ...views.map(row)));
}
