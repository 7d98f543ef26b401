/* Hard words of a page, explained in place: pressing a marked word shows its explanation beside it, Escape, a press elsewhere
   or going on closes it. Without this script, and in a browser without popovers, the word leads to the glossary. */

const GAP = 4; // px between a word and its explanation
const EDGE = 16; // px that stay free at the sides of the window

const template = document.querySelector("template[data-explanation]");

if (template && "popover" in HTMLElement.prototype) document.addEventListener("click", pressed);

function pressed(event) {
  const word = event.target.closest("a.explained");
  if (!word || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(word);
}

function show(word) {
  const note = explanationOf(word);
  word.after(note); // so that the tab key goes on from the word
  word.focus({ preventScroll: true }); // where the focus is to be again; Safari gives links none
  note.showPopover();
  place(note, word.getClientRects());
}

function explanationOf(word) {
  const note = template.content.firstElementChild.cloneNode(true);
  note.setAttribute("aria-label", word.dataset.word);
  note.querySelector("[data-title]").textContent = word.dataset.word;
  note.querySelector("[data-meaning]").textContent = word.dataset.text;
  note.querySelector("a").href = word.href;
  note.querySelector("button").addEventListener("click", () => note.hidePopover());
  note.addEventListener("toggle", ({ newState }) => newState === "closed" && note.remove());
  note.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !note.contains(relatedTarget)) note.hidePopover();
  });
  return note;
}

/** Beneath the word, or above it where there is no room beneath; on the page, so that it scrolls with its word. */
function place(note, lines) {
  const [first, last] = [lines[0], lines[lines.length - 1]];
  const most = document.documentElement.getBoundingClientRect().right - EDGE - note.offsetWidth; // without the scrollbar's gutter
  const fitsBeneath = last.bottom + GAP + note.offsetHeight <= window.innerHeight;
  const above = first.top - GAP - note.offsetHeight;
  const top = fitsBeneath || above < 0 ? last.bottom + GAP : above;
  note.style.left = `${Math.max(EDGE, Math.min(last.left, most)) + window.scrollX}px`;
  note.style.top = `${top + window.scrollY}px`;
  note.scrollIntoView({ block: "nearest" });
}
