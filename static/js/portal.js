/* Makes the frame of every page nicer; without it everything works the same. */

import "./bar.js";
import "./guard.js";
import { forget, keptBy } from "./keep.js";

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

// Whoever logs out of a browser that still holds words which were never saved is asked first.
const logout = document.querySelector("form[data-logout]");
const unsaved = document.querySelector("dialog[data-unsaved-dialog]");
logout?.addEventListener("submit", (event) => {
  const found = keptBy(logout.dataset.logout);
  if (!found.length) return;
  event.preventDefault();
  const links = found.map((one) =>
    Object.assign(document.createElement("a"), { href: one.url, textContent: one.title }),
  );
  unsaved.querySelector("[data-unsaved-list]").replaceChildren(
    ...links.map((link) => {
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
  unsaved.querySelector("[data-stay]").onclick = () => unsaved.close();
  unsaved.querySelector("[data-leave]").onclick = () => {
    for (const one of found) forget(one.key);
    logout.submit();
  };
  unsaved.showModal();
});
