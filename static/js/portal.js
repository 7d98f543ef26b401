/* Makes the frame of every page nicer; without it everything works the same. */

import "./bar.js";
import "./guard.js";
import "./printing.js";
import { offerCopy } from "./copying.js";
import { clear, keptBy, readable, wordsOf } from "./keep.js";
import { moment } from "./moment.js";

const menus = [...document.querySelectorAll("details.menu")];

document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus.filter((menu) => menu.open)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Changing the theme keeps the page, and with it what somebody has typed.
for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = event.submitter.value;
    if (chosen === "auto") delete document.documentElement.dataset.kernTheme;
    else document.documentElement.dataset.kernTheme = chosen;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
    const body = new URLSearchParams({ theme: chosen });
    await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {}); // offline: for this page only
  });
}

// After a refused form the summary of errors is what comes next.
document.querySelector("[data-error-summary]")?.focus();

// Somebody who logs out of a browser that still holds words which were never saved is asked first.
const logout = document.querySelector("form[data-logout]");
const unsaved = document.querySelector("dialog[data-unsaved-dialog]");
logout?.addEventListener("submit", (event) => {
  const kept = keptBy(logout.dataset.logout);
  if (!kept.length) return;
  event.preventDefault();
  const isFirst = (copy, place) =>
    kept.findIndex((other) => other.url === copy.url && wordsOf(other) === wordsOf(copy)) === place;
  unsaved.querySelector("[data-unsaved-list]").replaceChildren(...kept.filter(isFirst).map(unsavedItem));
  unsaved.querySelector("[data-stay]").onclick = () => unsaved.close();
  unsaved.querySelector("[data-leave]").onclick = () => {
    clear(logout.dataset.logout);
    logout.submit();
  };
  unsaved.showModal();
});

// Its page may be closed to this person by now, so the text can be copied here.
function unsavedItem(copy) {
  const item = unsaved.querySelector("template").content.cloneNode(true).firstElementChild;
  Object.assign(item.querySelector("a"), { href: copy.url, textContent: copy.title });
  const time = item.querySelector("[data-kept-time]");
  time.textContent = time.dataset.words.replace("%s", moment(copy.at));
  const [text, words] = [item.querySelector("[data-kept-text]"), readable(copy)];
  text.textContent = words || text.dataset.empty;
  offerCopy(item.querySelector("[data-copy]"), () => words, text);
  return item;
}
