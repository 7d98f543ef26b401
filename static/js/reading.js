/* Words marked in the text become the quote of the new remark; without it they are copied by hand.
   Leaving with words that were not sent asks first. */

const text = document.querySelector("[data-reading-text]");
const quote = document.querySelector("[data-quote]");
const before = document.querySelector("[data-quote-before]");

function remember() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return;
  const words = selection.toString().trim();
  if (!words || words.length > 2000) return;
  quote.value = words;
  const range = selection.getRangeAt(0);
  const upTo = document.createRange();
  upTo.setStart(text, 0);
  upTo.setEnd(range.startContainer, range.startOffset);
  const part = upTo.cloneContents();
  for (const other of part.querySelectorAll(".number, del")) other.remove();
  before.value = part.textContent.slice(-80);
}

if (text && quote && before) {
  document.addEventListener("pointerup", remember);
  document.addEventListener("keyup", (event) => {
    if (event.shiftKey || event.key === "Shift") remember();
  });
}

const form = document.getElementById("lesung");

if (form) {
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
  const asItCame = form.querySelector("[data-error-summary]") || document.querySelector("#neue-anmerkung [data-error-summary]") ? "" : typed();
  let sending = false;
  form.addEventListener("submit", () => (sending = true));
  window.addEventListener("beforeunload", (event) => !sending && typed() !== asItCame && event.preventDefault());
}
