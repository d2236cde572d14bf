// Hands the token behind the # of the link to the server, and takes it out of the address.
const token = location.hash.slice(1);
history.replaceState(null, "", "/open");

const answer = await fetch("/session", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ token }),
}).catch(() => null);

if (answer?.ok) {
  location.replace((await answer.json()).next);
} else {
  document.querySelector("#opening").hidden = true;
  document.querySelector("#failed").hidden = false;
}
