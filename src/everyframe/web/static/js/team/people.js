// The accounts of a case: each button does what it says at once, and the page is read anew.
import { onSubmit, send } from "./call.js";
import { tell } from "./words.js";

const said = document.querySelector("#said");

function show(name, password) {
  const box = document.querySelector("#told");
  box.hidden = false;
  box.querySelector("b").textContent = name;
  box.querySelector("code").textContent = password;
}

async function act(body) {
  const answer = await send("POST", "/api/people", body);
  await refresh();
  if (answer.password) show(body.name, answer.password);
  return tell("done");
}

/** Take the table from a frame-less copy of the page: scripts cannot write HTML here, but may have the browser load it. */
function refresh() {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", "/people");
    request.responseType = "document";
    request.onload = () => {
      document.querySelector("tbody").replaceWith(document.adoptNode(request.response.querySelector("tbody")));
      done();
    };
    request.onerror = failed;
    request.send();
  });
}

async function clicked(body) {
  said.classList.remove("off");
  try {
    said.textContent = await act(body);
  } catch (error) {
    said.textContent = error.message;
    said.classList.add("off");
  }
}

document.querySelector("table").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { name } = button.closest("tr").dataset;
  clicked({ do: button.dataset.do, name, factor: "factor" in button.dataset });
});
document.querySelector("table").addEventListener("change", (event) => {
  clicked({ do: "role", name: event.target.closest("tr").dataset.name, role: event.target.value });
});
onSubmit(document.querySelector("#add"), (fields) => act({ do: "add", ...fields }));
