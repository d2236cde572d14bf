// Every text that the scripts show, in one place, ready to be translated. A translation comes with the page.
import { SCREEN_STRINGS } from "./strings_screens.js";

export const STRINGS = {
  "grid.label": "Pictures of this view",
  "grid.empty": "Nothing is in this view.",
  "grid.loading": "Reading the order …",
  "cell.film": "film of {time}",
  "cell.frames": "{n} frames",
  "cell.damaged": "damaged",
  "cell.looked": "looked at",
  "cell.undecided": "undecided",
  "cell.category": "category {code} {name}",
  "cell.other": "decided under another scheme",
  "cell.copies": "{n} files have these bytes",
  "cell.folded": "{n} folded under it",
  "cell.missing": "No preview",
  "cell.broken": "Preview damaged",
  "cell.loading": "loading",
  "side.views": "Show",
  "side.categories": "Categories",
  "side.exhibits": "Exhibits",
  "side.everything": "All exhibits",
  "side.order": "Order",
  "side.label": "What is shown",
  "side.progress": "{done} of {all} looked at",
  "status.position": "{at} of {all}",
  "status.selected": "{n} selected",
  "status.blur": "Blur",
  "status.grey": "Grey",
  "status.size": "Cell size",
  "status.smaller": "Smaller cells",
  "status.larger": "Larger cells",
  "status.keys": "Keys ?",
  "status.small": "Too small to count as looking: press ]",
  "status.blurred": "Blurred: nothing counts as looked at",
  "status.unsent": "{n} not stored yet",
  "status.lost": "No connection to the server: decisions are kept and sent again",
  "status.refused": "Looks refused by the rule: {n}",
  "status.newer": "{n} new since you opened this view – show",
  "status.intake": "Intake is running: {n} left",
  "say.decided": "{category} – {n} – undo with U",
  "say.files.one": "1 picture",
  "say.files": "{n} pictures",
  "say.undone": "Undone for {n}",
  "say.redone": "Redone for {n}",
  "say.nothing.undo": "Nothing to undo",
  "say.nothing.redo": "Nothing to redo",
  "say.nokey": "No category has the key {key}",
  "say.last": "No undecided picture further on",
  "say.first": "No undecided picture further back",
  "say.selectall": "{n} selected: all of this view",
  "say.blur.on": "Blurred",
  "say.blur.off": "Not blurred",
  "say.grey.on": "Grey",
  "say.grey.off": "In colour",
  "say.size": "Cells of {n} pixels",
  "say.refused": "Not stored: {reason}",
  "say.end": "End of this view",
  "viewer.label": "Viewer",
  "viewer.close": "Close",
  "viewer.previous": "Previous",
  "viewer.next": "Next",
  "viewer.full": "100 %",
  "viewer.rotate": "Turn",
  "viewer.reveal": "Reveal",
  "viewer.cover": "Blur",
  "viewer.blurred": "Blurred – R shows this picture",
  "viewer.frame": "Frame {n}",
  "viewer.rendition": "shown {width} × {height}",
  "viewer.unknown": "There is no such picture, or it cannot be shown.",
  "panel.file": "Content",
  "panel.made": "Camera and making",
  "panel.times": "Times as recorded",
  "panel.files": "Where it was found",
  "panel.folded": "Folded under this",
  "panel.embedded": "Embedded pictures",
  "panel.warnings": "Warnings",
  "panel.digests": "Digests",
  "panel.history": "History",
  "panel.tags": "All tags",
  "panel.showtags": "Read all tags",
  "panel.notags": "The file has no tags.",
  "panel.more": "{n} more are stored",
  "panel.type": "Type",
  "panel.size": "Size",
  "panel.pixels": "Pixels",
  "panel.frames": "Frames",
  "panel.duration": "Length",
  "panel.codec": "Codec",
  "panel.decoder": "Decoded by",
  "panel.seen": "Normalised",
  "panel.damaged": "Damaged",
  "panel.make": "Make",
  "panel.model": "Model",
  "panel.serial": "Body serial",
  "panel.lens": "Lens",
  "panel.software": "Software",
  "panel.unique_id": "Unique image id",
  "panel.file_number": "File number",
  "panel.position": "Position",
  "panel.altitude": "Altitude",
  "panel.reader": "Read by",
  "panel.utc": "UTC {time}",
  "panel.modified": "modified",
  "panel.accessed": "accessed",
  "panel.changed": "changed",
  "panel.created": "created",
  "panel.excluded": "excluded",
  "panel.disagrees": "name disagrees with content",
  "panel.differs": "shows something else (distance {n})",
  "panel.same": "shows the same (distance {n})",
  "panel.untold": "cannot be compared",
  "panel.quality": "quality {n}",
  "panel.look": "looked, {seconds} s, {width} × {height}, {n} on screen, {manner}",
  "panel.category": "decided {code}",
  "panel.undo": "undone",
  "panel.undo.to": "undone: {code} again",
  "panel.redo": "redone: {code}",
  "panel.redo.none": "redone",
  "legend.title": "Keys",
  "legend.close": "Close",
  "legend.focus": "Keys act while the grid or the viewer has the focus.",
  "legend.move": "Move",
  "legend.decide": "Decide",
  "legend.select": "Select",
  "legend.see": "See",
  "legend.go": "Go",
  "legend.viewer": "In the viewer",
  "key.left": "Previous picture",
  "key.right": "Next picture, on to the next row",
  "key.up": "Row above",
  "key.down": "Row below",
  "key.pageUp": "Screen up",
  "key.pageDown": "Screen down",
  "key.rowStart": "Start of the row",
  "key.rowEnd": "End of the row",
  "key.first": "First of the view",
  "key.last": "Last of the view",
  "key.category": "Put into the category with this digit, and go on",
  "key.undo": "Undo",
  "key.redo": "Redo",
  "key.nextUndecided": "Next undecided",
  "key.previousUndecided": "Previous undecided",
  "key.toggle": "Select or not",
  "key.extend": "Extend the selection",
  "key.selectAll": "Select all of the view",
  "key.open": "Open in the viewer",
  "key.close": "Close the viewer",
  "key.escape": "Clear the selection, or close",
  "key.reveal": "Show this one unblurred",
  "key.blur": "Blur on or off",
  "key.grey": "Grey or colour",
  "key.smaller": "Smaller cells",
  "key.larger": "Larger cells",
  "key.filter": "To the filter",
  "key.legend": "These keys",
  "key.back": "Back to where you were",
  "key.viewerLeft": "Previous picture",
  "key.viewerRight": "Next picture",
  "key.zoomIn": "Larger",
  "key.zoomOut": "Smaller",
  "key.full": "Fit, or every pixel",
  "key.rotate": "Turn by a quarter",
  ...SCREEN_STRINGS,
};

const given = globalThis.document?.querySelector("#words")?.textContent;
const TRANSLATED = given ? JSON.parse(given) : {};

/** Give a text with its {names} filled in. */
export function say(key, values = {}) {
  const text = TRANSLATED[key] ?? STRINGS[key];
  if (text === undefined) throw new Error(`no text is called ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

const NUMBERS = new Intl.NumberFormat("en", { useGrouping: true });

/** Write a whole number with thin spaces between the thousands. */
export function amount(n) {
  return NUMBERS.format(n).replaceAll(",", "\u202f");
}

/** Write so many pictures. */
export function pictures(n) {
  return n === 1 ? say("say.files.one") : say("say.files", { n: amount(n) });
}

/** Write a length of time. */
export function length(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor(s / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** Write a number of bytes in decimal units. */
export function bytes(n) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let at = 0;
  while (n >= 1000 && at < units.length - 1) [n, at] = [n / 1000, at + 1];
  return `${at && n < 100 ? n.toFixed(1) : n.toFixed(0)}\u202f${units[at]}`;
}
