// What stands in a form, as the server reads it.
const SINGLE = ["text", "hidden", "date", "select-one"];

/** Read the fields of a form: a tick is true or false, ticks of one name with values are a list. */
export function fields(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox" && field.hasAttribute("value")) {
      found[field.name] ??= [];
      if (field.checked) found[field.name].push(field.value);
    } else if (field.type === "checkbox") found[field.name] = field.checked;
    else if (SINGLE.includes(field.type)) found[field.name] = field.value;
  }
  return found;
}
