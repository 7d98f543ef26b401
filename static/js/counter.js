/* Shows how long a text is, in the counter that the server has drawn for it. */

import { visibleLength } from "./counting.js";

/* Now, with every change, and when the browser has put back what stood here before. */
export function whenever(text, act) {
  for (const name of ["input", "portal:replaced"]) text.addEventListener(name, act);
  window.addEventListener("pageshow", act);
  act();
}

export function showLength(counter, words) {
  const length = visibleLength(words);
  const progress = counter.querySelector("progress");
  counter.querySelector("[data-length]").textContent = length.toLocaleString("de-DE");
  if (!progress) return;
  progress.value = length;
  counter.querySelector("[data-over]").hidden = length <= progress.max;
}
