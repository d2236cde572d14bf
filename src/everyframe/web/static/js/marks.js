// The panel's part for what people said of a picture: tags, notes, clues; each can be taken back.
import { operationId, post } from "./api.js";
import { h } from "./dom.js";
import { say } from "./strings.js";

/** Build the sections of a picture's marks; the viewer is told when one was taken back. */
export function marksOf(m, viewer) {
  const act = (action, word) =>
    h("button", { type: "button", "data-mark": action, onclick: () => viewer.dispatchEvent(new CustomEvent("mark", { detail: action })) }, say(word));
  const back = async (path, body) => {
    await post(path, { op: operationId(), ...body });
    viewer.dispatchEvent(new CustomEvent("changedmarks"));
  };
  const remove = (label, path, body) => h("button", { type: "button", class: "x", "aria-label": label, onclick: () => back(path, body) }, "×");
  const tag = (name) =>
    h("li", { class: "tagged" }, h("a", { href: `/review?${new URLSearchParams({ q: `tag:${JSON.stringify(name)}` })}` }, name),
      remove(say("mark.untag", { name }), "/api/tags", { name, ids: [m.id], remove: true }));
  const note = (n) => h("li", {}, n.text, remove(say("mark.unnote"), "/api/notes/withdraw", { id: n.id }), h("small", {}, `${n.actor} · ${n.at}`));
  const clue = (c) =>
    h("li", {}, h("b", {}, say(`clue.${c.kind}`)), c.text, remove(say("mark.unclue"), "/api/clues/withdraw", { id: c.id }),
      h("small", {}, `${c.actor} · ${c.at}`));
  const part = (title, rows, button) => h("section", {}, h("h3", {}, say(title)), rows.length ? h("ul", {}, ...rows) : null, button);
  return h(
    "div",
    { class: "marks" },
    part("mark.tags", m.tags.map(tag), act("tag", "mark.add.tag")),
    part("mark.notes", m.notes.map(note), act("note", "mark.add.note")),
    part("mark.clues", m.clues.map(clue), act("region", "mark.add.clue")),
  );
}
