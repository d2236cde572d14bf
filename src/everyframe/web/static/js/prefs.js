// What a person set for themselves: it comes with the page, and the server keeps it for this person.
import { send } from "./team/call.js";

const setup = globalThis.document?.querySelector("#setup")?.textContent;
const KEPT = setup ? (JSON.parse(setup).person?.preferences ?? {}) : {};

export function preference(name, usual) {
  return KEPT[name] ?? usual;
}

/** Set a preference, or bring what is usual back with null; throws with the words of the server when it is refused. */
export async function setPreference(name, value) {
  const { preferences } = await send("PUT", "/api/preferences", { preferences: { [name]: value } });
  Object.assign(KEPT, preferences);
}
