// Calls that change something, with the words that the server answers.
import { CallError, getJson } from "../api.js";

/** Send JSON; a refusal throws with the words of the server. */
export async function send(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: JSON.stringify(body) });
  if (answer.status === 401) location.replace("/locked");
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new CallError(answer.status, said.message || answer.statusText);
  return said;
}

/** Send a form when it is submitted; ``work`` gets its fields and gives the words to say. */
export function onSubmit(form, work) {
  const said = form.querySelector(".said") ?? document.querySelector("#said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.classList.remove("off");
    try {
      said.textContent = (await work(Object.fromEntries(new FormData(form)))) ?? "";
      form.reset();
    } catch (error) {
      said.textContent = error.message;
      said.classList.add("off");
    }
  });
}

export { getJson };
