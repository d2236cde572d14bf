// The viewer's panel: everything that is stored of one picture, as text. Nothing in it leads out of the case.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { marksOf } from "./marks.js";
import { knownOf, stackOf } from "./panel_known.js";
import { reasonOf } from "./reasons.js";
import { amount, bytes, length, say } from "./strings.js";

const FILE_TIMES = ["modified", "created", "changed", "accessed"];

function facts(rows) {
  const given = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!given.length) return null;
  return h("dl", {}, ...given.flatMap(([key, value]) => [h("dt", {}, say(key)), h("dd", {}, value)]));
}

function section(title, ...content) {
  const filled = content.filter(Boolean);
  return filled.length ? h("section", {}, h("h3", {}, say(title)), ...filled) : null;
}

function list(entries, total = entries.length) {
  if (!entries.length) return null;
  const more = total > entries.length && h("li", { class: "more" }, say("panel.more", { n: amount(total - entries.length) }));
  return h("ul", {}, ...entries, more);
}

function content(m) {
  return section(
    "panel.file",
    facts([
      ["panel.type", m.mime],
      ["panel.size", bytes(m.size)],
      ["panel.pixels", m.width && `${amount(m.width)} × ${amount(m.height)}`],
      ["panel.frames", m.frames > 1 && amount(m.frames)],
      ["panel.duration", m.duration_ms && length(m.duration_ms)],
      ["panel.codec", [m.container, m.codec, m.audio_codec].filter(Boolean).join(" · ")],
      ["panel.decoder", m.decoder],
      ["panel.seen", m.seen],
      ["panel.damaged", m.damaged && h("span", { class: "alarm" }, m.damaged)],
    ].map(([key, value]) => [key, value || ""])),
  );
}

function made(metadata) {
  if (!metadata) return null;
  const { latitude, longitude, altitude } = metadata;
  const position = latitude === null || longitude === null ? "" : `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
  const names = ["make", "model", "serial", "lens", "software", "unique_id", "file_number"];
  const rows = names.map((name) => [`panel.${name}`, metadata[name]]);
  rows.push(["panel.position", position], ["panel.altitude", altitude === null ? "" : `${altitude} m`]);
  rows.push(["panel.reader", metadata.reader]);
  return section("panel.made", facts(rows));
}

function times(rows) {
  const entry = (t) =>
    h("li", {}, h("b", {}, t.text), h("small", {}, t.source, t.utc && ` · ${say("panel.utc", { time: t.utc })}`));
  return section("panel.times", list(rows.map(entry)));
}

function file(row) {
  const marks = [say(`panel.provenance.${row.provenance}`), row.exclusion_id && say("panel.excluded"), row.name_disagrees && say("panel.disagrees")];
  const stamps = FILE_TIMES.filter((t) => row[t]).map((t) => h("small", {}, `${say(`panel.${t}`)} ${row[t]}`));
  const where = h("small", {}, h("b", {}, row.exhibit), ` · ${marks.filter(Boolean).join(" · ")}`);
  return h("li", {}, h("code", {}, row.display), where, ...stamps);
}

function embedded(rows, viewer) {
  const entry = (e) => {
    const told = e.differs === null ? "panel.untold" : e.differs ? "panel.differs" : "panel.same";
    const words = h("small", { class: e.differs && "alarm" }, say(told, { n: e.distance }));
    const canvas = e.differs && h("canvas", { "data-media": e.child_id, class: "embedded" });
    if (canvas) viewer.drawSmall(canvas, e.child_id);
    const open = e.differs && h("a", { href: `/review?q=id:${e.child_id}&item=${e.child_id}` }, say("clue.open"));
    return h("li", {}, h("b", {}, e.name), ` ${e.width ?? "?"} × ${e.height ?? "?"}, ${bytes(e.size)}`, words, canvas, open);
  };
  return section("panel.embedded", list(rows.map(entry)));
}

function warnings({ rows, total }) {
  const entry = (w) => h("li", {}, h("b", { class: "alarm" }, w.code), ` ${w.reason}`, h("small", {}, w.stage));
  return section("panel.warnings", list(rows.map(entry), total));
}

function digests(m) {
  const names = { sha256: "SHA-256", sha1: "SHA-1", md5: "MD5", pdq: "PDQ", upright_pdq: "PDQ ↻" };
  const quality = { pdq: m.pdq_quality, upright_pdq: m.upright_quality };
  const entries = Object.entries(m.digests).map(([name, hex]) => {
    const good = quality[name] === undefined || quality[name] === null ? null : say("panel.quality", { n: quality[name] });
    return h("li", {}, h("b", {}, names[name]), h("code", {}, hex), good && h("small", {}, good));
  });
  return section("panel.digests", list(entries));
}

function decisionWords(d) {
  const code = d.code;
  if (d.kind === "undo") return code ? say("panel.undo.to", { code }) : say("panel.undo");
  if (d.kind === "redo") return code ? say("panel.redo", { code }) : say("panel.redo.none");
  return say("panel.category", { code });
}

function history(m) {
  const looks = m.looks.rows.map((k) => [k.at, k.actor, say("panel.look", { ...k, seconds: (k.duration_ms / 1000).toFixed(1), n: k.on_screen })]);
  const decisions = m.decisions.rows.map((d) => [d.at, d.actor, decisionWords(d)]);
  const rows = [...decisions, ...looks].sort((a, b) => (a[0] < b[0] ? 1 : -1));
  const entry = ([at, actor, words]) => h("li", {}, words, h("small", {}, `${actor} · ${at}`));
  return section("panel.history", list(rows.map(entry), m.looks.total + m.decisions.total));
}

function tags(id) {
  const place = h("div", { class: "tags" });
  const read = async () => {
    const { tags: found } = await getJson(`/api/media/${id}/tags`);
    const rows = Object.entries(found ?? {});
    const entries = rows.flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, typeof v === "object" ? JSON.stringify(v) : String(v))]);
    place.replaceChildren(rows.length ? h("dl", {}, ...entries) : say("panel.notags"));
  };
  place.append(h("button", { type: "button", onclick: read }, say("panel.showtags")));
  return section("panel.tags", place);
}

/** Build the panel of a picture as the server gave it. */
export function panelOf(m, viewer) {
  return [
    reasonOf(m.id),
    warnings(m.warnings),
    marksOf(m, viewer),
    content(m),
    made(m.metadata),
    times(m.times),
    section("panel.files", list(m.files.rows.map(file), m.files.total)),
    section("panel.folded", list(m.folded.rows.map(file), m.folded.total)),
    embedded(m.embedded, viewer),
    section("panel.known", list(knownOf(m))),
    section("panel.stack", list(stackOf(m), m.stack ? m.stack.total + 1 : 0)),
    history(m),
    digests(m),
    m.metadata && tags(m.id),
  ].filter(Boolean);
}
