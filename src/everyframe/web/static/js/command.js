// The command that does what the form does, for a terminal; it follows what is typed.
import { fields } from "./fields.js";

const shown = document.querySelector("#command");
const form = document.querySelector("#start-intake");

/** Write a word as a shell takes it. */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

function write() {
  const said = form ? fields(form) : { carve: true };
  const words = ["everyframe", "intake", shown.dataset.case, said.path ? quoted(said.path) : "SOURCE", "--exhibit", said.exhibit ? quoted(said.exhibit) : "REFERENCE"];
  if (said.another) words.push("--another");
  if (said.verify) words.push("--verify");
  if (!said.carve) words.push("--no-carve");
  shown.textContent = words.join(" ");
}

form?.addEventListener("input", write);
write();
