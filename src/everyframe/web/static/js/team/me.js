// One's own account: preferences, exposure, sessions, password, recovery codes.
import { h } from "../dom.js";
import { getJson, onSubmit, send } from "./call.js";
import { ago, minutes, tell } from "./words.js";

const find = (selector) => document.querySelector(selector);
const form = find("#preferences");
const ending = find("#ending");
const SVG = "http://www.w3.org/2000/svg";

async function loadPreferences() {
  const { preferences } = await getJson("/api/preferences");
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = preferences[field.name];
    else if (field.name) field.value = preferences[field.name];
  }
}

async function keep(event) {
  const field = event.target;
  const said = form.querySelector(".said");
  if (!field.reportValidity()) return;
  const value = field.type === "checkbox" ? field.checked : Number(field.value);
  const answer = await send("PUT", "/api/preferences", { preferences: { [field.name]: value } }).catch((error) => error);
  said.classList.toggle("off", answer instanceof Error);
  said.textContent = answer instanceof Error ? answer.message : tell("saved");
}

async function loadExposure() {
  const { days } = await getJson("/api/exposure");
  const most = Math.max(1, ...days.map((d) => d.milliseconds));
  find("#today").textContent = minutes(days.at(-1).milliseconds);
  find("#fortnight").textContent = minutes(days.reduce((n, d) => n + d.milliseconds, 0));
  const bars = days.map(({ day, milliseconds }, n) => {
    const bar = document.createElementNS(SVG, "rect");
    const height = Math.max(0.15, (milliseconds / most) * 10);
    const at = { x: n + 0.1, width: 0.8, y: 10 - height, height };
    for (const [name, value] of Object.entries(at)) bar.setAttribute(name, value);
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${day}: ${minutes(milliseconds)}`;
    bar.append(title);
    return bar;
  });
  find(".days").replaceChildren(...bars);
}

async function end(id) {
  const { ended } = await send("POST", "/api/me/sessions/end", { id, password: ending.elements.password.value });
  await loadSessions();
  return tell("ended", { n: ended });
}

async function loadSessions() {
  const body = find("#sessions");
  const { sessions } = await getJson("/api/me/sessions");
  const row = (s) => {
    const button = h("button", { type: "button" }, body.dataset.end);
    button.addEventListener("click", async () => {
      const said = ending.querySelector(".said");
      said.textContent = await end(s.id).catch((error) => error.message);
    });
    const idle = ago(new Date(Date.now() - s.idle_seconds * 1000).toISOString());
    const last = h("td", { class: "num" }, s.here ? body.dataset.here : button);
    return h("tr", {}, h("td", {}, new Date(s.opened_at).toLocaleString()), h("td", {}, s.agent), h("td", {}, idle), last);
  };
  body.replaceChildren(...sessions.map(row));
}

form.addEventListener("change", keep);
form.addEventListener("submit", (event) => event.preventDefault());
onSubmit(ending, () => end("others"));
onSubmit(find("#password"), async ({ old, new: fresh }) => {
  await send("POST", "/api/me/password", { old, new: fresh });
  await loadSessions();
  return tell("changed");
});
onSubmit(find("#newcodes"), async ({ password }) => {
  const { codes } = await send("POST", "/api/me/codes", { password });
  find(".codes-list").replaceChildren(...codes.map((code) => h("li", {}, h("code", {}, code))));
});
await Promise.all([loadPreferences(), loadExposure(), loadSessions()]);
