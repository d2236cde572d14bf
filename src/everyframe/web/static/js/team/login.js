// The steps of signing in: each form is sent as JSON; the server says which page comes next.
import { h } from "../dom.js";
import { tell } from "./words.js";

async function send(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  const said = answer ? await answer.json().catch(() => ({})) : { message: tell("noanswer") };
  return { ok: Boolean(answer?.ok), said, status: answer?.status };
}

const wrong = document.querySelector("#wrong");

function showCodes(codes, next) {
  const box = document.querySelector("#codes");
  for (const part of document.querySelectorAll("main > :not(h1, #codes)")) part.hidden = true;
  box.querySelector("ul").replaceChildren(...codes.map((code) => h("li", {}, h("code", {}, code))));
  box.hidden = false;
  const button = box.querySelector("button");
  button.addEventListener("click", () => location.replace(next));
  button.focus();
}

async function submitted(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  const { ok, said, status } = await send(form.dataset.post, Object.fromEntries(new FormData(form)));
  button.disabled = false;
  if (ok && said.codes) showCodes(said.codes, said.next);
  else if (ok || status === 401) location.replace(ok ? said.next : "/login");
  else {
    wrong.textContent = said.message ?? "";
    wrong.hidden = false;
    const field = form.querySelector("input[type=password], input[name=code]");
    field.value = "";
    field.focus();
  }
}

document.querySelector("form")?.addEventListener("submit", submitted);
document.querySelector("#over")?.addEventListener("click", async () => {
  await send("/session/end", {});
  location.replace("/login");
});
