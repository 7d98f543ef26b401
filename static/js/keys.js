/* Keys on the coach's pages: a letter presses or goes to what carries it (`data-key`), `?` shows them all. A switch in
   that list turns the letters off for this browser (WCAG 2.1.4). Ctrl and Enter send the part one is in. */

const STORE = "schmiede-tasten";
const dialog = document.querySelector("dialog[data-keys]");
if (dialog) start(dialog);

function start(dialog) {
  const off = dialog.querySelector("[data-keys-off]");
  const look = () => {
    off.checked = stored() === "aus";
  };
  look();
  window.addEventListener("pageshow", look); // the browser may have put back an older choice
  off.addEventListener("change", () => store(off.checked ? "aus" : "an"));
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", show);
  }
  document.addEventListener("keydown", pressed);

  function pressed(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (off.checked) return;
    if (event.key === "?") return act(event, show);
    const place = places().find((one) => one.dataset.key === event.key.toLowerCase());
    if (place) act(event, () => go(place));
  }

  function show() {
    const rows = places().map((one) => row(one.dataset.key, one.dataset.keyLabel));
    dialog.querySelector("[data-keys-list]").replaceChildren(...rows);
    dialog.showModal();
  }

  function row(key, label) {
    const found = document.createElement("div");
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    found.append(term, Object.assign(document.createElement("dd"), { textContent: label }));
    return found;
  }
}

/* What carries a key; of several, such as the choices of one question, the first. */
function places() {
  const found = new Map();
  for (const one of document.querySelectorAll("[data-key]"))
    if (!found.has(one.dataset.key)) found.set(one.dataset.key, one);
  return [...found.values()];
}

function act(event, what) {
  event.preventDefault();
  what();
}

function send(event) {
  const button = event.target.closest("[data-enter]")?.querySelector("[data-enter-button]");
  if (button) act(event, () => button.click());
}

function go(place) {
  if (place.matches("a, button")) return place.click();
  place.scrollIntoView({ block: "center" });
  place.focus();
}

function isTyping(target) {
  return target.matches?.("textarea, select, input:not([type=radio], [type=checkbox], [type=submit], [type=button])");
}

function stored() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function store(value) {
  try {
    localStorage.setItem(STORE, value);
  } catch {
    // for this page only
  }
}
