/* Keeps the bar at the foot of a form in sight above an on-screen keyboard, where styles alone cannot. On iPhones, for
   one, the keyboard covers the page instead of making it smaller. Says how high the bar is, so that a field that gets the
   focus is never brought to stand behind it, and gives a long sentence the whole width. */

const KEYBOARD = 100; // pixels; what covers less is a browser's own bar that comes and goes
const MOST_LINES = 3; // a state of more lines than these gets a row of its own

const root = document.documentElement;
const bar = document.querySelector("[data-bar]");
const state = bar?.querySelector(".state");

if (bar) new ResizeObserver(measure).observe(bar);
if (bar && window.visualViewport) {
  for (const name of ["resize", "scroll"]) window.visualViewport.addEventListener(name, rise);
  rise();
}
if (state) {
  new MutationObserver(fit).observe(state, { childList: true, characterData: true, subtree: true });
  window.addEventListener("resize", fit);
  document.fonts.ready.then(fit);
}

function measure() {
  root.style.setProperty("--bar", `${bar.offsetHeight}px`);
}

// Somebody who has zoomed in sees less of the page without any keyboard; then the bar stays where it is.
function rise() {
  const { height, offsetTop, scale } = window.visualViewport;
  const covered = root.clientHeight - height * scale;
  const beneath = Math.max(0, root.clientHeight - offsetTop - height);
  root.style.setProperty("--keyboard", covered > KEYBOARD ? `${beneath}px` : "0px");
}

function fit() {
  bar.classList.remove("bar--long");
  const line = Number.parseFloat(getComputedStyle(state).lineHeight);
  bar.classList.toggle("bar--long", state.offsetHeight > (MOST_LINES + 0.5) * line);
}
