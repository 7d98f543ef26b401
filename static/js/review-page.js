/* The coach's page of a review: marked words become a quote, phrases are inserted, comments save themselves. Words that
   are marked in the text become the quote of the new comment; own phrases are put where the cursor is; what she has begun
   is saved by itself, for her eyes only. Without it the buttons do. */

import { SavingPage } from "./saving-page.js";

const text = document.querySelector("[data-review-text]");
const quote = document.querySelector("[data-quote]");
const before = document.querySelector("[data-quote-before]");
const bar = document.querySelector("[data-selection-bar]");
const form = document.getElementById("lesung");
const comment = form?.elements.text;

class ReviewPage extends SavingPage {
  get address() {
    return location.pathname + location.search;
  }

  /* Where another window of hers has changed one thing, everything else is saved; then this page has seen that. */
  show(state, answer) {
    if (answer?.version !== undefined) this.saver.base.version = answer.version;
    super.show(state, answer);
  }

  /* What she has begun is safe before a button leads on, and nothing is on its way any more: it would begin a comment that was
     just saved. */
  async pressed(button) {
    if (this.saver.isUnsaved) return this.saver.press(button);
    await this.saver.leave();
    this.sendPlainly(button);
  }

  onward(_answer, button) {
    this.sendPlainly(button);
  }
}

if (form) new ReviewPage(form, { address: form.dataset.keep }).start();

if (text && quote && before) {
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(remember, 150);
  });
  bar.querySelector("[data-comment-here]").addEventListener("click", () => {
    bar.hidden = true;
    form.elements.kind.focus();
  });
}

function remember() {
  const selection = document.getSelection();
  const inside = selection && text.contains(selection.anchorNode) && text.contains(selection.focusNode);
  const words = inside && !selection.isCollapsed ? selection.toString().trim() : "";
  bar.hidden = !words;
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

const phrases = document.querySelector("[data-phrases]");
phrases?.addEventListener("change", () => {
  const { text: sentence, kind } = phrases.selectedOptions[0].dataset;
  if (!sentence) return;
  const already = comment.value.trimEnd();
  comment.value = already ? `${already}\n${sentence}` : sentence;
  if (kind && !form.elements.kind.value) form.elements.kind.value = kind;
  phrases.value = "";
  comment.focus();
  comment.dispatchEvent(new Event("input", { bubbles: true }));
});
