// Every sentence that the scripts for people say, in one place, ready to be translated.
const WORDS = {
  "saved": "Kept.",
  "changed": "Changed. Your other sessions have ended.",
  "ended": "Ended: {n}",
  "done": "Done.",
  "noanswer": "The server does not answer.",
  "minutes": "{n} min",
  "hours": "{h} h {m} min",
  "ago.now": "just now",
  "ago.s": "{n} s ago",
  "ago.min": "{n} min ago",
  "ago.h": "{n} h ago",
  "cleared": "The screen is clear",
  "cleared.says": "Press {key} or Enter to come back. Pictures come back as you left them.",
  "cleared.back": "Come back",
  "break": "You asked to be reminded after {n} minutes with uncovered pictures.",
  "break.clear": "Clear the screen",
  "break.later": "Go on",
  "conflict": "{who} decided {n} of these first.",
  "conflict.one": "{who} decided this {ago}: {category}.",
  "conflict.kept": "Theirs stands. Yours is kept in the record.",
  "conflict.insist": "Decide as I did",
  "conflict.leave": "Leave theirs",
  "live.one": "{who}: {category}",
  "live.many": "{who}: {category} – {n} pictures",
  "live.undo": "{who} took a decision back – {n}",
  "lease": "{who} has this group, since {ago}.",
  "lease.says": "You can look at it and decide all the same; the queue passes it over for you.",
  "lease.go": "Understood",
  "undecided": "undecided",
  "other": "of another scheme",
  "second.stored": "Kept. Next.",
  "none": "–",
};

const given = globalThis.document?.querySelector("#words")?.textContent;
const TRANSLATED = given ? JSON.parse(given) : {};

/** Give a text with its {names} filled in. */
export function tell(key, values = {}) {
  const text = TRANSLATED[`team.${key}`] ?? WORDS[key];
  if (text === undefined) throw new Error(`no text is called ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Say how long ago an instant was. */
export function ago(iso, now = Date.now()) {
  const s = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (s < 2) return tell("ago.now");
  if (s < 90) return tell("ago.s", { n: s });
  return s < 5400 ? tell("ago.min", { n: Math.round(s / 60) }) : tell("ago.h", { n: Math.round(s / 3600) });
}

/** Write a length of time in minutes. */
export function minutes(ms) {
  const all = Math.floor(ms / 60_000);
  return all < 60 ? tell("minutes", { n: all }) : tell("hours", { h: Math.floor(all / 60), m: all % 60 });
}
