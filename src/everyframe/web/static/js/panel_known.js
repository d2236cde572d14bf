// What known sets say of a picture, and the stack that it stands in, for the viewer's panel.
import { h } from "./dom.js";
import { say } from "./strings.js";

/** What brings a picture to how the known one, or a representative to how the member lies, as EXIF numbers it. */
const TURNS = [
  "panel.turn.1", "panel.turn.2", "panel.turn.3", "panel.turn.4",
  "panel.turn.5", "panel.turn.6", "panel.turn.7", "panel.turn.8",
];

function hit(row) {
  const turn = say(TURNS[row.orientation - 1]);
  const how = row.manner === "exact" ? say("panel.known.exact", row) : say("panel.known.near", { ...row, turn });
  const scheme = row.scheme || say("panel.known.scheme");
  const category = row.category ? say("panel.known.category", { category: row.category, scheme }) : say("panel.known.nocategory");
  const marks = [row.left_out && say("panel.known.leftout")].filter(Boolean).map((words) => h("small", {}, words));
  const alarm = !row.agrees && h("small", { class: "alarm" }, say("panel.known.disagrees"));
  const name = [row.set, row.version].filter(Boolean).join(" ");
  return h("li", {}, h("b", {}, name), h("small", {}, `${row.kind} · ${how} · ${category}`), alarm, ...marks);
}

/** Give an entry for each hit; sets that disagree are two entries. */
export function knownOf(m) {
  return (m.known ?? []).map(hit);
}

/** Name the address of a whole stack. */
export function stackHref(id) {
  return `/review?show=stack%3A${id}`;
}

/** Name a picture that opens in the viewer, wherever it stands. */
function itemLink(id, name) {
  return h("a", { href: `/review?show=stack%3A${id}&item=${id}` }, h("code", {}, name));
}

/** Give an entry for the representative and for each member. */
export function stackOf(m) {
  if (!m.stack) return [];
  const member = (row) => {
    const turn = row.turn !== 1 && say(TURNS[row.turn - 1]);
    const marks = [say("panel.stack.distance", { n: row.distance }), turn, row.by_hand && say("panel.stack.byhand")];
    const alarm = row.differs && h("small", { class: "alarm" }, say("panel.stack.differs"));
    return h("li", {}, itemLink(row.media_id, row.name), h("small", {}, marks.filter(Boolean).join(" · ")), alarm);
  };
  const head = h("li", {}, itemLink(m.stack.representative, m.stack.name), h("small", {}, say("panel.stack.head")));
  const whole = h("li", {}, h("a", { href: stackHref(m.stack.representative) }, say("panel.stack.show")));
  return [head, ...m.stack.rows.map(member), whole];
}
