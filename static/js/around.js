/* What stands around the form of a section and follows from what is saved. Every word comes from the server. */

export function showAround({ stage, words, version }) {
  if (!stage) return;
  for (const place of document.querySelectorAll("[data-stage]")) {
    place.className = place.className.replace(/\bstage--[\w-]+/, `stage--${stage.symbol}`);
    place.firstElementChild.textContent = stage.words;
  }
  for (const place of document.querySelectorAll("[data-fresh]")) {
    const fresh = words[place.dataset.fresh];
    if (fresh) place.textContent = fresh;
  }
  for (const field of document.querySelectorAll("[data-draft-version]")) field.value = version;
}
