/* Changes something above a form without moving the form: not the words under the cursor, not the button under the finger. */

export function still(form, change) {
  const anchor = form.querySelector("textarea, fieldset, table, .actions");
  const before = anchor.getBoundingClientRect().top;
  change();
  window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}
