// The key map: the one place that says which key does what. Handlers and the legend are both made from it.

import { preference } from "./prefs.js";

export const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

export const ALT_DIGITS = DIGITS.map((digit) => `Alt+${digit}`);

/** Each row: the action, its keys, where it acts, and the part of the legend it stands in. */
export const USUAL = [
  { action: "left", keys: ["ArrowLeft"], where: "grid", part: "move" },
  { action: "right", keys: ["ArrowRight"], where: "grid", part: "move" },
  { action: "up", keys: ["ArrowUp"], where: "grid", part: "move" },
  { action: "down", keys: ["ArrowDown"], where: "grid", part: "move" },
  { action: "pageUp", keys: ["PageUp"], where: "grid", part: "move" },
  { action: "pageDown", keys: ["PageDown"], where: "grid", part: "move" },
  { action: "rowStart", keys: ["Home"], where: "grid", part: "move" },
  { action: "rowEnd", keys: ["End"], where: "grid", part: "move" },
  { action: "first", keys: ["Ctrl+Home"], where: "grid", part: "move" },
  { action: "last", keys: ["Ctrl+End"], where: "grid", part: "move" },
  { action: "viewerLeft", keys: ["ArrowLeft", "ArrowUp", "PageUp"], where: "viewer", part: "viewer" },
  { action: "viewerRight", keys: ["ArrowRight", "ArrowDown", "PageDown"], where: "viewer", part: "viewer" },
  { action: "category", keys: DIGITS, where: "both", part: "decide" },
  { action: "stackCategory", keys: ALT_DIGITS, where: "both", part: "decide" },
  { action: "mergeStack", keys: ["Shift+M"], where: "grid", part: "decide" },
  { action: "splitStack", keys: ["Shift+S"], where: "grid", part: "decide" },
  { action: "undoStack", keys: ["Shift+Z"], where: "grid", part: "decide" },
  { action: "undo", keys: ["U", "Ctrl+Z"], where: "both", part: "decide" },
  { action: "redo", keys: ["Shift+U", "Ctrl+Shift+Z"], where: "both", part: "decide" },
  { action: "insist", keys: ["Shift+I"], where: "both", part: "decide" },
  { action: "nextUndecided", keys: ["N"], where: "both", part: "decide" },
  { action: "previousUndecided", keys: ["Shift+N"], where: "both", part: "decide" },
  { action: "nextGroup", keys: ["Q"], where: "both", part: "decide" },
  { action: "previousGroup", keys: ["Shift+Q"], where: "both", part: "decide" },
  { action: "toggle", keys: ["Space"], where: "grid", part: "select" },
  {
    action: "extend",
    keys: ["Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"],
    where: "grid",
    part: "select",
  },
  { action: "selectAll", keys: ["Ctrl+A"], where: "grid", part: "select" },
  { action: "escape", keys: ["Escape"], where: "grid", part: "select" },
  { action: "reveal", keys: ["R"], where: "both", part: "see" },
  { action: "blur", keys: ["B"], where: "both", part: "see" },
  { action: "grey", keys: ["G"], where: "both", part: "see" },
  { action: "clear", keys: ["X"], where: "both", part: "see" },
  { action: "smaller", keys: ["["], where: "grid", part: "see" },
  { action: "larger", keys: ["]"], where: "grid", part: "see" },
  { action: "full", keys: ["Z"], where: "viewer", part: "viewer" },
  { action: "zoomIn", keys: ["+", "="], where: "viewer", part: "viewer" },
  { action: "zoomOut", keys: ["-"], where: "viewer", part: "viewer" },
  { action: "rotate", keys: ["T"], where: "viewer", part: "viewer" },
  { action: "open", keys: ["Enter"], where: "grid", part: "go" },
  { action: "close", keys: ["Enter", "Escape", "Backspace"], where: "viewer", part: "viewer" },
  { action: "stack", keys: ["V"], where: "both", part: "go" },
  { action: "similar", keys: ["S"], where: "both", part: "go" },
  { action: "compare", keys: ["C"], where: "grid", part: "go" },
  { action: "tag", keys: ["K"], where: "both", part: "mark" },
  { action: "note", keys: ["I"], where: "both", part: "mark" },
  { action: "region", keys: ["O"], where: "viewer", part: "mark" },
  { action: "filter", keys: ["/"], where: "grid", part: "go" },
  { action: "back", keys: ["Backspace"], where: "grid", part: "go" },
  { action: "legend", keys: ["?"], where: "both", part: "go" },
];

/** The keys in force: the usual ones, and what this person set instead. */
export const KEYS = withOwn(USUAL, preference("keys", {}));

export const PARTS = ["move", "decide", "select", "see", "mark", "go", "viewer"];

export function withOwn(rows, own) {
  return rows.map((row) => (Array.isArray(own[row.action]) ? { ...row, keys: own[row.action] } : row));
}

const SINGLE = preference("single-keys", true);

/** Give the colour (1 to 10) of a category: that of its digit, so that it is the same in every scheme; 0 is the grey one. */
export function toneOf(category, place) {
  if (!category) return place ? 10 : "";
  return category.key ? Number(category.key) || 10 : Math.min(place, 10);
}

/** Name the key of an event as the map writes it. */
export function keyName(event) {
  const digit = event.altKey && /^Digit\d$/.test(event.code ?? "") ? event.code.slice(-1) : "";
  const key = digit || (event.key === " " ? "Space" : event.key);
  const letter = /^[a-z]$/i.test(key);
  const shift = event.shiftKey && (letter || key.length > 1);
  const held = [event.ctrlKey || event.metaKey ? "Ctrl+" : "", event.altKey ? "Alt+" : "", shift ? "Shift+" : ""];
  return held.join("") + (letter ? key.toUpperCase() : key);
}

/** Tell whether a key is one that speech could press: a letter, digit or sign alone. */
export function isSingle(name) {
  return /^(Shift\+)?.$/u.test(name);
}

/** Give the action of a key in the grid or the viewer, or undefined. */
export function actionOf(event, where) {
  const name = keyName(event);
  if (!SINGLE && isSingle(name)) return undefined;
  const row = KEYS.find((k) => (k.where === where || k.where === "both") && k.keys.includes(name));
  return row?.action;
}
