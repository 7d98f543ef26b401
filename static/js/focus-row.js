/* Where a button has added or moved a row, the page comes anew at that row: writing goes on in it, from its first field where
   it is new. Without this the browser only scrolls there. */

const FIELD = "textarea, select, input:not([type=hidden])";

/* Not before the page has come: a browser that scrolls to a place which takes no focus takes it from where it was. */
export function enterRow(form) {
  if (document.readyState === "complete") enter(form);
  else window.addEventListener("load", () => setTimeout(() => enter(form)), { once: true });
}

function enter(form) {
  const place = document.getElementById(location.hash.slice(1));
  const row = place?.closest("[data-row]");
  if (!form.contains(row) || document.activeElement !== document.body) return; // a summary of errors comes first
  const field = place === row ? null : row.querySelector(FIELD);
  if (!field) row.tabIndex = -1;
  (field ?? row).focus();
}
