// Why a picture has its place: one line, in the orders that are made of reasons only. A sample is looked at without it.
import { getJson } from "./api.js";
import { h } from "./dom.js";
import { say } from "./strings.js";

const WITH_REASONS = ["next", "ranked"];

/** Build the line for a picture, or nothing where the view's order gives no reasons. */
export function reasonOf(id) {
  const view = new URLSearchParams(location.search);
  if (!WITH_REASONS.includes(view.get("order") ?? "") || view.get("show") === "sample") return null;
  const line = h("p", {}, "…");
  const read = async () => {
    const { reasons } = await getJson(`/api/reasons?ids=${id}`);
    line.replaceChildren(reasons[id] ?? "");
  };
  read().catch((error) => line.replaceChildren(error.message));
  return h("section", { class: "reason" }, h("h3", {}, say("panel.reason")), line);
}
