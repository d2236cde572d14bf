// What a person says about stacks: keep together, keep apart, or take the newest of these back.
import { operationId, post } from "./api.js";
import { pictures, say } from "./strings.js";

/** Send it; gives the words for what was done, or nothing when it was refused, which is told. */
export async function decideStacks(kind, ids, tell) {
  tell(say("say.stack.folding"));
  const answer = await post("/api/stacks", { op: operationId(), kind, ids }).catch((error) => tell(error.message));
  if (!answer) return "";
  const words = say(`say.stack.${kind}`, { n: pictures(answer.pairs) });
  return answer.folded ? words : `${words} ${say("say.stack.later")}`;
}
