// Counting an export before it is made.
import { post } from "./api.js";
import { h } from "./dom.js";
import { fields } from "./fields.js";
import { amount, bytes, say } from "./strings.js";

const form = document.querySelector("#scope");
const counted = document.querySelector("#counted");
const alarm = form.querySelector("[role=alert]");

function row(place, sums) {
  const texts = { ...sums, goes_bytes: bytes(sums.goes_bytes), stays_bytes: bytes(sums.stays_bytes), all: amount(sums.goes + sums.stays) };
  for (const cell of place.querySelectorAll("[data-of]")) {
    const value = texts[cell.dataset.of];
    cell.textContent = typeof value === "number" ? amount(value) : value;
  }
  place.classList.toggle("none", !sums.goes);
}

function show(said) {
  const total = { goes: 0, goes_bytes: 0, stays: 0, stays_bytes: 0 };
  for (const [state, sums] of Object.entries(said.states)) {
    for (const name of Object.keys(total)) total[name] += sums[name];
    const place = counted.querySelector(`tr[data-state="${CSS.escape(state)}"]`);
    if (place) row(place, sums);
  }
  row(counted.querySelector('tr[data-state="total"]'), total);
  const balance = counted.querySelector("#balance");
  balance.classList.toggle("off", !said.balanced);
  balance.textContent = said.balanced ? balance.dataset.good : balance.dataset.bad;
  const { media, files, other_files: other } = said.vics;
  counted.querySelector("#vics").textContent = say("report.vics", { media: amount(media), files: amount(files), other: amount(other) });
  const list = counted.querySelector("#by-category");
  list.replaceChildren(...said.categories.map((c) => h("li", {}, h("span", {}, c.code ? `${c.scheme} ${c.code}` : list.dataset.none), h("span", {}, amount(c.media)))));
  counted.hidden = false;
  counted.focus();
}

document.querySelector("#count").addEventListener("click", async () => {
  alarm.textContent = "";
  const said = await post("/api/report/count", fields(form)).catch((error) => ({ fault: error.message }));
  if (said.fault) alarm.textContent = said.fault;
  else show(said);
});
form.addEventListener("input", () => {
  counted.hidden = true; // what was counted is no longer what is chosen
});
