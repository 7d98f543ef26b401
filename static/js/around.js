/* Changes what stands around a section's form after a save: states, names, versions. Every word comes from the server. */

export function showAround({ section, words, version }) {
  if (!section) return;
  for (const place of document.querySelectorAll("[data-state]")) {
    place.className = place.className.replace(/\bstate--[\w-]+/, `state--${section.symbol}`);
    place.firstElementChild.textContent = section.words;
  }
  for (const place of document.querySelectorAll("[data-fresh]")) {
    const fresh = words[place.dataset.fresh];
    if (fresh) place.textContent = fresh;
  }
  for (const field of document.querySelectorAll("[data-draft-version]")) field.value = version;
}
