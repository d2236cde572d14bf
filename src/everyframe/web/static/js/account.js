// Keeps the figures of the case page up to date without loading it again.
import { getJson, poll } from "./api.js";
import { amount, bytes } from "./strings.js";

function percent(part, whole) {
  if (!whole) return "–";
  const share = (100 * part) / whole;
  const bounded = part > 0 && part < whole ? Math.min(Math.max(share, 0.1), 99.9) : share;
  return `${bounded % 1 ? bounded.toFixed(1) : bounded.toFixed(0)}\u202f%`;
}

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

class Account extends HTMLElement {
  connectedCallback() {
    this.stamp = "";
    this.told = (event) => this.#progress(event.detail);
    poll.addEventListener("progress", this.told);
  }

  disconnectedCallback() {
    poll.removeEventListener("progress", this.told);
  }

  async #progress(said) {
    if (!said) return;
    this.#running(said);
    if (said.stamp === this.stamp) return;
    const account = await getJson("/api/account").catch(() => null);
    if (!account) return;
    this.stamp = account.stamp; // figures that take long may be of an earlier moment; then they are asked for again
    this.#show(account);
  }

  #running({ intake, jobs }) {
    const section = this.querySelector('[data-live="running"]');
    section.hidden = !intake;
    put(section.querySelector('[data-live="jobs"]'), amount(jobs));
    put(section.querySelector('[data-live="holder"]'), intake?.purpose ?? "");
  }

  #show(account) {
    const cards = [account, ...account.exhibits];
    const known = new Set([...this.querySelectorAll("[data-account]")].map((e) => e.dataset.account));
    if (cards.some((c) => !known.has(c.reference ?? "")) || this.#balance(account)) {
      location.reload();
      return;
    }
    const { remaining, pending } = account.states;
    put(this.querySelector('[data-live="to_look"]'), amount(account.to_look));
    put(this.querySelector('[data-live="accounted"]'), percent(account.listed - remaining.files - pending.files, account.listed));
    for (const one of cards) this.#card(this.querySelector(`[data-account="${CSS.escape(one.reference ?? "")}"]`), one);
  }

  /** Tell whether the words about the balance are no longer true. */
  #balance(account) {
    return this.querySelector('[data-live="balanced"]').classList.contains("off") === account.balanced;
  }

  #card(card, account) {
    let at = 0;
    for (const part of card.querySelectorAll("[data-part]")) {
      const width = (1000 * account.states[part.dataset.part].files) / (account.listed || 1);
      part.setAttribute("x", at);
      part.setAttribute("width", width);
      at += width;
    }
    put(card.querySelector('[data-live="remaining"]'), amount(account.states.remaining.files));
    const total = { files: account.listed, media: account.media, bytes: account.listed_bytes };
    for (const row of card.querySelectorAll("tr[data-state]")) {
      const tally = account.states[row.dataset.state] ?? total;
      row.classList.toggle("none", !tally.files && tally !== total);
      put(row.querySelector('[data-of="files"]'), amount(tally.files));
      put(row.querySelector('[data-of="media"]'), amount(tally.media));
      put(row.querySelector('[data-of="bytes"]'), bytes(tally.bytes));
    }
  }
}

customElements.define("ef-account", Account);
