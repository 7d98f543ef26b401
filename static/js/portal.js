/* What every page loads: closes menus (a press beside them, Escape), keeps the page when light or dark is chosen, goes to the
   summary of errors. Without it everything works the same. */

import "./bar.js";
import "./explained.js";
import "./guard.js";
import "./logout-dialog.js";
import "./printing.js";

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
