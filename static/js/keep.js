/* What could not be sent stays in the browser, per person and section, for fourteen days at most: the fields of the
   form as they would have been sent. A browser without storage keeps nothing, and nothing else changes. */

const DAYS = 14;
const PREFIX = "schmiede";
// What a page needs to send, but nobody has written.
const OURS = new Set(["version", "csrfmiddlewaretoken", "save", "after", "next", "add", "move"]);

export function storeOf(element) {
  const key = `${PREFIX}:${element.dataset.person}:${element.dataset.section}`;
  return {
    keep: (form, version, after) =>
      attempt(() => {
        const place = { url: location.pathname, title: document.title };
        const found = { pairs: written(form), texts: changedTexts(form), version, after, ...place, at: Date.now() };
        localStorage.setItem(key, JSON.stringify(found));
      }),
    forget: () => attempt(() => localStorage.removeItem(key)),
    kept: () => attempt(() => read(key)),
  };
}

/* Everything this person left in this browser that was not saved, the page it belongs to included. */
export function keptBy(person) {
  return (
    attempt(() =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith(`${PREFIX}:${person}:`))
        .map((key) => ({ ...read(key), key }))
        .filter((found) => found.pairs),
    ) ?? []
  );
}

export function forget(key) {
  attempt(() => localStorage.removeItem(key));
}

/* What somebody has written or chosen, as pairs of name and value, in the order of the page. */
export function written(form) {
  return [...new FormData(form)].filter(([name]) => !OURS.has(name));
}

/* The same as the server has sent it, whatever the browser has put into the fields since. */
export function asServed(form) {
  const pairs = [];
  for (const field of form.elements) {
    if (!field.name || field.disabled || OURS.has(field.name) || field.type === "submit") continue;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.defaultChecked) pairs.push([field.name, field.value]);
    } else if (field.tagName === "SELECT") {
      const chosen = [...field.options].filter((option) => option.defaultSelected);
      const served = chosen.length || field.multiple ? chosen : [...field.options].slice(0, 1);
      for (const option of served) pairs.push([field.name, option.value]);
    } else pairs.push([field.name, field.defaultValue]);
  }
  return pairs;
}

/* The words that differ from what the server has sent, for people to read. */
function changedTexts(form) {
  const fields = [...form.elements].filter((field) =>
    field.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])"),
  );
  return fields.filter((field) => field.value.trim() && field.value !== field.defaultValue).map((field) => field.value);
}

function read(key) {
  const found = JSON.parse(localStorage.getItem(key));
  if (found && Date.now() - found.at < DAYS * 24 * 60 * 60 * 1000) return found;
  localStorage.removeItem(key);
  return null;
}

function attempt(act) {
  try {
    return act();
  } catch {
    return null;
  }
}
