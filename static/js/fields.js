/* For forms that save themselves: what somebody has written in them (`written`), and what the server had sent (`asServed`). */

// What a page needs to send, but nobody has written.
const OURS = new Set(["version", "csrfmiddlewaretoken", "save", "after", "next", "add", "move"]);
const TYPED = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";

/* As pairs of name and value, in the order of the page. */
export function written(form) {
  return [...new FormData(form)].filter(([name]) => !OURS.has(name));
}

/* The same as the server has sent it, whatever the browser has put into the fields since. */
export function asServed(form) {
  const pairs = [];
  for (const field of form.elements) {
    if (!field.name || field.disabled || OURS.has(field.name) || field.type === "submit") continue;
    for (const value of servedValues(field)) pairs.push([field.name, value]);
  }
  return pairs;
}

function servedValues(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked ? [field.value] : [];
  if (field.tagName !== "SELECT") return [field.defaultValue];
  const chosen = [...field.options].filter((option) => option.defaultSelected);
  const served = chosen.length || field.multiple ? chosen : [...field.options].slice(0, 1);
  return served.map((option) => option.value);
}

/* The words somebody typed that are not among these pairs, for people to read. */
export function typedBeside(form, pairs) {
  return fieldsBeside(form, pairs).map((field) => field.value);
}

/* The same, each with the row and the field it stands in, where that is a row. */
export function namedBeside(form, pairs) {
  return fieldsBeside(form, pairs).map((field) => [placeOf(form, field), field.value].filter(Boolean).join(": "));
}

function fieldsBeside(form, pairs) {
  const known = new Set(pairs.map((pair) => JSON.stringify(pair)));
  const fields = [...form.elements].filter((field) => field.matches(TYPED) && field.value.trim());
  return fields.filter((field) => !known.has(JSON.stringify([field.name, field.value])));
}

/* "Bootsbauer 2028, Einzelpreis"; a row that has no name is called by its number. */
function placeOf(form, field) {
  const [prefix, id] = field.name.match(/^[a-z]+-(.+)(?=-\w+$)/) ?? [];
  const row = id && document.getElementById(`zeile-${id}`);
  if (!row) return "";
  const typedIn = (name) => form.elements[`${prefix}-${name}`]?.value?.trim() ?? "";
  const [name, year] = [typedIn(row.dataset.namedBy), typedIn("year")];
  const label = (field.labels[0]?.querySelector("[data-label]") ?? field.labels[0])?.textContent.trim();
  if (field.name === `${prefix}-${row.dataset.namedBy}`) return label ?? ""; // its words are the name
  const called = name ? `${name} ${year}`.trim() : [row.dataset.rowName, year].filter(Boolean).join(", ");
  return [called, label].filter(Boolean).join(", ");
}

/* Puts pairs back into the fields they came from. */
export function fill(form, pairs) {
  for (const field of form.elements) {
    if (!field.name || OURS.has(field.name) || field.type === "submit") continue;
    const values = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values[0];
  }
}
