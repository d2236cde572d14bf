// The menu of the case file: closes on Escape, and when the focus or the mouse goes elsewhere.
const menu = document.querySelector("#menu");

function close(event) {
  if (menu.open && !menu.contains(event.type === "focusout" ? event.relatedTarget : event.target)) menu.open = false;
}

menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
});
menu?.addEventListener("focusout", close);
document.addEventListener("pointerdown", (event) => menu && close(event));
