// The lease of the group that is open: taken on the way in, renewed by what the person does, given back on the way out.
import { getJson, operationId, post } from "../api.js";
import { notices } from "./notice.js";
import { ago, tell } from "./words.js";

const RENEW_MS = 60_000;

/** Name a group for leases: 32 hexadecimal digits of its query's SHA-256, as the server does. */
export async function leaseName(query) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(query));
  return Array.from(new Uint8Array(digest).slice(0, 16), (b) => b.toString(16).padStart(2, "0")).join("");
}

export class Lease {
  #query = "";
  #taken = "";
  #renewed = 0;

  constructor(review) {
    const { alone, decides, name, names } = review.setup.person;
    this.active = !alone && decides;
    this.me = name;
    this.names = names;
    addEventListener("pagehide", () => this.#release());
  }

  /** Come to a group, or with no query to none. */
  async enter(query) {
    if (!this.active || query === this.#query) return;
    this.#release();
    this.#query = query;
    notices().dismiss("lease");
    if (!query) return;
    const name = await leaseName(query);
    const { leases } = await getJson("/api/leases");
    if (this.#query !== query) return;
    const theirs = leases.find((one) => one.name === name && one.person !== this.me);
    if (theirs) this.#others(theirs);
    else await this.#take(name);
  }

  /** The person did something in the group. */
  renew() {
    if (this.#taken && Date.now() - this.#renewed > RENEW_MS) this.#take(this.#taken);
  }

  /** Ask for it; from now on it is given back on the way out, whether the answer has come by then or not. */
  async #take(name) {
    this.#renewed = Date.now();
    this.#taken = name;
    const answer = await post("/api/leases", { op: operationId(), group: name, do: "take" }).catch((error) => error);
    if (answer.lease || this.#taken !== name) return;
    this.#taken = "";
    if (answer.status === 409 && answer.held) this.#others(answer.held);
  }

  #others({ person, since }) {
    this.#taken = "";
    notices().show("lease", [tell("lease", { who: this.names[person] ?? person, ago: ago(since) }), tell("lease.says")], [[tell("lease.go"), null]]);
  }

  #release() {
    if (this.#taken) post("/api/leases", { op: operationId(), group: this.#taken, do: "release" }, { keepalive: true }).catch(() => {});
    this.#taken = "";
  }
}
