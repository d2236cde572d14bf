// What every page has: the theme switch, the lock button, and the lock that follows the server's.
import { post, poll } from "./api.js";

function nextTheme() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme || (dark ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}

async function lock() {
  document.body.hidden = true;
  await post("/session/end", {}).catch(() => null);
  location.replace("/locked");
}

document.querySelector("#theme")?.addEventListener("click", nextTheme);
document.querySelector("#lock")?.addEventListener("click", lock);
poll.start();
