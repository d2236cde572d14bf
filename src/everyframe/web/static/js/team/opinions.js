// The supervisor's page: how many opinions a category needs, what people disagree on, and how far they agree.
import { getBlob, getJson, operationId } from "../api.js";
import { h } from "../dom.js";
import { toneOf } from "../keys.js";
import { amount } from "../strings.js";
import { send } from "./call.js";
import { ago, tell } from "./words.js";

const find = (selector) => document.querySelector(selector);
const { categories, most } = JSON.parse(find("#setup").textContent);
const said = find("#said");

function named(code) {
  const at = categories.findIndex((c) => c.code === code);
  const category = categories[at];
  if (!category) return [code];
  return [h("kbd", { class: "digit", "data-place": toneOf(category, at + 1) }, category.key || "·"), ` ${category.name}`];
}

async function act(work) {
  said.classList.remove("off");
  try {
    await work();
    said.textContent = tell("done");
  } catch (error) {
    said.textContent = error.message;
    said.classList.add("off");
  }
  await load();
}

function rule(category, votes) {
  const choices = Array.from({ length: most }, (_, n) => h("option", { value: n + 1, selected: votes === n + 1 }, n + 1));
  const choose = h("select", { "aria-label": category.name }, ...choices);
  choose.addEventListener("change", () => {
    act(() => send("PUT", "/api/opinions/rules", { code: category.code, votes: Number(choose.value) }));
  });
  return h("tr", {}, h("td", {}, ...named(category.code)), h("td", { class: "num" }, choose));
}

/** Draw the small rendition, blurred and grey; it is shown as it is on request. */
async function draw(canvas, id, covered) {
  const picture = await createImageBitmap(await getBlob(`/api/media/${id}/rendition/grid/0`));
  canvas.width = canvas.height = 264;
  const context = canvas.getContext("2d");
  const scale = Math.min(264 / picture.width, 264 / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  context.filter = covered ? "blur(18px) grayscale(1)" : "grayscale(1)";
  context.drawImage(picture, (264 - width) / 2, (264 - height) / 2, width, height);
  picture.close();
}

function dispute({ media, said: opinions }) {
  const box = find("#disputed");
  const canvas = h("canvas", {});
  draw(canvas, media, true);
  const lines = opinions.map((o) => h("p", {}, h("b", {}, o.actor), " ", ...named(o.code), " ", h("small", {}, ago(o.at))));
  const buttons = categories.map((c, n) => {
    const digit = h("kbd", { class: "digit", "data-place": toneOf(c, n + 1) }, c.key || "·");
    const settle = () => act(() => send("POST", "/api/opinions/settle", { op: operationId(), media, code: c.code }));
    return h("button", { type: "button", title: `${box.dataset.settle} ${c.name}`, "aria-label": `${box.dataset.settle} ${c.name}`, onclick: settle }, digit);
  });
  const show = h("button", { type: "button", onclick: () => draw(canvas, media, false) }, box.dataset.show);
  const right = h("div", { class: "grow" }, h("div", { class: "said-by" }, ...lines));
  right.append(h("div", { class: "actions" }, show, h("span", { class: "grow" }), h("small", {}, box.dataset.settle), ...buttons));
  return h("article", { class: "dispute", "data-media": media }, canvas, right);
}

const figure = (kappa) => (kappa === null ? tell("none") : kappa.toFixed(3));
const number = (...inside) => h("td", { class: "num" }, ...inside);

async function load() {
  const found = await getJson("/api/opinions");
  for (const [name, n] of Object.entries(found.counts)) find(`[data-count="${name}"]`).textContent = amount(n);
  find("#rules").replaceChildren(...categories.map((c) => rule(c, found.rules[c.code] ?? 1)));
  find("#disputed").replaceChildren(...found.disputed.map(dispute));
  find("#none").hidden = found.disputed.length > 0;
  const pair = (p) =>
    h("tr", {}, h("td", {}, `${p.first}, ${p.second}`), number(amount(p.items)), number(amount(p.agreed)), number(figure(p.kappa)));
  find("#pairs").replaceChildren(...found.pairs.map(pair));
  const group = (f) => h("tr", {}, h("td", {}, f.people), number(amount(f.items)), h("td", {}), number(figure(f.kappa)));
  find("#fleiss").replaceChildren(...found.fleiss.map(group));
}

await load();
