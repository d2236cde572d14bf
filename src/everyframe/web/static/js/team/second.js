// The second look: one picture after the other, blurred until asked, and nothing of what anybody said before.
import { getBlob, getJson, operationId } from "../api.js";
import { h } from "../dom.js";
import { keyName, toneOf } from "../keys.js";
import { send } from "./call.js";
import { tell } from "./words.js";

const find = (selector) => document.querySelector(selector);
const { categories } = JSON.parse(find("#setup").textContent);
const stage = find(".picture");
const canvas = find(".picture canvas");
const state = { media: [], left: 0, shown: false, preferences: { blur: true, grey: true } };

async function draw() {
  const [id] = state.media;
  const covered = state.preferences.blur && !state.shown;
  const path = `/api/media/${id}/rendition/${covered ? "grid" : "viewer"}/0`;
  const picture = await createImageBitmap(await getBlob(path));
  if (id !== state.media[0]) return;
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d");
  context.filter = `${covered ? `blur(${Math.round(picture.width / 12)}px)` : ""} ${state.preferences.grey ? "grayscale(1)" : ""}`.trim() || "none";
  context.drawImage(picture, 0, 0);
  picture.close();
  stage.dataset.media = id;
  stage.dataset.covered = covered;
}

async function load() {
  Object.assign(state, await getJson("/api/second"));
  await next();
}

async function next() {
  state.shown = false;
  find("#left").textContent = state.left;
  find("#none").hidden = state.media.length > 0;
  find("#show").hidden = !state.media.length;
  canvas.width = 1;
  if (state.media.length) await draw();
}

async function choose(code) {
  const media = state.media.shift();
  if (!media) return;
  state.left -= 1;
  const said = find("#said");
  try {
    await send("POST", "/api/votes", { op: operationId(), media, code });
    said.textContent = tell("second.stored");
  } catch (error) {
    said.textContent = error.message;
  }
  if (state.media.length) await next();
  else await load();
}

async function reveal() {
  state.shown = !state.shown;
  await draw();
}

const choices = categories.map((c, n) => {
  const digit = h("kbd", { class: "digit", "data-place": toneOf(c, n + 1) }, c.key || "·");
  return h("button", { type: "button", onclick: () => choose(c.code) }, digit, c.name);
});
find(".choices").append(...choices);
find("#show").addEventListener("click", reveal);
addEventListener("keydown", (event) => {
  if (event.target.closest("input, select") || !state.media.length) return;
  const category = categories.find((c) => c.key && c.key === event.key);
  if (category && !event.ctrlKey && !event.altKey) choose(category.code);
  else if (keyName(event) === "R") reveal();
});
Object.assign(state, await getJson("/api/preferences"));
await load();
stage.focus();
