/* The page on which a coach reads. Words marked in the text become the quote of the new remark; own phrases are put
   where the cursor is; whatever she has begun is saved by itself, for her eyes only. Without it the buttons do. */

import { asServed, written } from "./keep.js";
import { askForLogin } from "./login.js";
import { ask, wait } from "./send.js";

const PAUSE = 1000; // after this long without a key
const LATEST = 10_000; // and at least this often while somebody types

const text = document.querySelector("[data-reading-text]");
const quote = document.querySelector("[data-quote]");
const before = document.querySelector("[data-quote-before]");
const bar = document.querySelector("[data-selection-bar]");
const form = document.getElementById("lesung");
const remark = form?.elements.text;

if (text && quote && before) {
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(remember, 150);
  });
  bar.querySelector("[data-remark-here]").addEventListener("click", () => {
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
  const already = remark.value.trimEnd();
  remark.value = already ? `${already}\n${sentence}` : sentence;
  if (kind && !form.elements.kind.value) form.elements.kind.value = kind;
  phrases.value = "";
  remark.focus();
  remark.dispatchEvent(new Event("input", { bubbles: true }));
});

if (form) start(form, document.querySelector("[data-keep-state]"));

function start(form, status) {
  const words = status.dataset;
  const fingerprint = () => JSON.stringify(written(form));
  const refused = document.querySelector("[data-error-summary]");
  let saved = refused ? "" : JSON.stringify(asServed(form));
  let running = null; // never two at once
  let timer = 0;
  let since = 0;
  let failures = 0;
  let refusal = "";
  let leaving = false;

  for (const field of form.elements) field.addEventListener("input", changed);
  document.addEventListener("visibilitychange", () => unsaved() && save());
  window.addEventListener("online", () => unsaved() && save());
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("beforeunload", (event) => !leaving && unsaved() && event.preventDefault());
  form.addEventListener("submit", submitting);
  changed();

  function unsaved() {
    return fingerprint() !== saved;
  }

  function changed() {
    if (!unsaved() || fingerprint() === refusal || failures) return;
    refusal = "";
    const now = Date.now();
    since ||= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LATEST - now)));
    say("writing", words.saving);
  }

  async function save() {
    if (running || leaving || !unsaved()) return;
    clearTimeout(timer);
    since = 0;
    const carried = fingerprint();
    running = ask(words.address, new URLSearchParams(new FormData(form)), form);
    const answer = await running;
    running = null;
    if (answer.state === "saved") {
      failures = 0;
      saved = carried;
      say("done", words.saved.replace("%s", answer.saved_at));
      return changed();
    }
    if (answer.state === "invalid" || answer.state === "closed") {
      failures = 0;
      refusal = carried;
      return say("error", `${words.failed} ${answer.sentence}`);
    }
    failures += 1;
    timer = setTimeout(save, wait(failures));
    if (answer.state !== "login") return say("error", words.retry);
    say("error", words.login, words.loginAddress, words.toLogin);
    askForLogin(save);
  }

  // What is on its way must not come after the button's own request: it would begin a remark that was just saved.
  async function submitting(event) {
    leaving = true;
    clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    await running;
    clearTimeout(timer);
    form.requestSubmit(event.submitter);
  }

  function say(stage, sentence, url, label) {
    status.className = `stage stage--${stage}`;
    const part = document.createElement("span");
    part.textContent = sentence;
    if (url)
      part.append(" ", Object.assign(document.createElement("a"), { href: url, textContent: label, target: "_blank" }));
    status.replaceChildren(part);
  }
}
