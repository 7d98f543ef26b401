/* For forms that do not save themselves: asks before somebody leaves what they have typed; `isChanged` says whether a
   field is changed.

   `data-guard` stands on the form, or on an element in it where the form itself is written elsewhere. With the value
   "unsent" the page has brought words back that were sent and not taken: it asks until they are sent again.
   `data-guard-without` names a part of the form that is no part of what people type. */

const guards = [...document.querySelectorAll("[data-guard]")].map((mark) => ({
  form: mark.closest("form"),
  cameBack: mark.dataset.guard === "unsent",
  without: mark.dataset.guardWithout ?? "",
}));
const EVERYTHING = document;
let allowed = null; // what the page may be left with: the form that is being sent, or everything

// Safari on iPhones and iPads never asks by itself; there at least the links do.
const { userAgent, maxTouchPoints } = navigator;
const isSilent = /iP(hone|ad|od)/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1);

if (guards.length) {
  // At the window, so that a script of the page has stopped the form before, if it does.
  window.addEventListener("submit", allow);
  window.addEventListener("beforeunload", ask);
  if (isSilent) document.addEventListener("click", askAtLink);
  // Without `beforeunload` nothing else says that the page has stayed, or is back from the browser's cache.
  window.addEventListener("pageshow", askAgain);
  window.addEventListener("input", askAgain);
}

function askAgain() {
  allowed = null;
}

function allow(event) {
  const guard = guards.find(({ form }) => form === event.target);
  if (!event.defaultPrevented && guard) allowed = guard.form;
}

function ask(event) {
  const asks = isAnyUnsent();
  askAgain();
  if (!asks) return;
  event.preventDefault();
  event.returnValue = true; // for browsers of before 2024
}

function askAtLink(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || link.target || link.origin !== location.origin) return;
  const staysHere = link.hash && link.pathname === location.pathname && link.search === location.search;
  if (allowed !== EVERYTHING) askAgain(); // a form that is being sent does not go where the link goes
  if (staysHere || !isAnyUnsent()) return;
  if (window.confirm(document.querySelector("[data-guard-words]").dataset.guardWords)) allowed = EVERYTHING;
  else event.preventDefault();
}

function isAnyUnsent() {
  return allowed !== EVERYTHING && guards.some((guard) => guard.form !== allowed && isUnsent(guard));
}

function isUnsent(guard) {
  return guard.cameBack || [...guard.form.elements].some((field) => !isLeftOut(guard, field) && isChanged(field));
}

function isLeftOut(guard, element) {
  return guard.without !== "" && Boolean(element?.closest(guard.without));
}

/* Does it hold something else than the server has sent? What the browser has put back after a reload counts, too. */
function isChanged(field) {
  if (!field.name || field.disabled) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.tagName === "SELECT") return isChosenAnew(field);
  if (field.tagName === "TEXTAREA") return field.value !== field.defaultValue;
  return field.tagName === "INPUT" && field.value !== servedValue(field);
}

function isChosenAnew(select) {
  const options = [...select.options];
  if (select.multiple) return options.some((option) => option.selected !== option.defaultSelected);
  const served = options.filter((option) => option.defaultSelected).pop() ?? options.find((option) => !option.disabled);
  return select.selectedOptions[0] !== served;
}

/* What a field of this type makes of the value in the page: a number with a comma, for one, becomes nothing. */
function servedValue(field) {
  const fresh = document.createElement("input");
  fresh.type = field.type;
  fresh.value = field.defaultValue;
  return fresh.value;
}
