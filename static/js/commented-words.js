/* Shows in a section's text which words a comment is about, and leads from the comment to them. */

import { whenever } from "./counter.js";

const text = document.querySelector("[data-writing] textarea");
const quotes = text ? quotesOf([...text.defaultValue]) : [];
if (quotes.length) mark();
for (const link of document.querySelectorAll('a[href^="#stelle-"]')) link.addEventListener("click", point);

/* The words each comment is about, as they stand in the text that was served. */
function quotesOf(letters) {
  return [...document.querySelectorAll("[data-writing] [data-start]")].map(({ id, dataset }) => ({
    id,
    number: dataset.number,
    words: letters.slice(dataset.start, dataset.end).join(""),
  }));
}

// The words a comment quotes are marked behind the text, and stay marked while one writes around them.
function mark() {
  const mirror = document.createElement("div");
  mirror.className = "writing__mirror";
  mirror.ariaHidden = "true";
  text.before(mirror);
  whenever(text, () => mirror.replaceChildren(...marked(text.value)));
}

function marked(words) {
  const found = quotes
    .map((quote) => ({ ...quote, at: words.indexOf(quote.words) }))
    .filter((quote) => quote.at >= 0)
    .sort((one, other) => one.at - other.at);
  const parts = [];
  let at = 0;
  for (const quote of found) {
    if (quote.at < at) continue; // it begins inside another mark
    const element = document.createElement("mark");
    element.dataset.no = quote.number;
    element.textContent = quote.words;
    parts.push(words.slice(at, quote.at), element);
    at = quote.at + quote.words.length;
  }
  return [...parts, `${words.slice(at)}\n`];
}

// From a comment to its words, wherever they stand now: they are selected in the text.
function point(event) {
  const quote = quotes.find(({ id }) => `#${id}` === event.currentTarget.hash);
  const begin = quote ? text.value.indexOf(quote.words) : -1;
  if (begin < 0) return;
  event.preventDefault();
  text.focus();
  text.setSelectionRange(begin, begin + quote.words.length);
  text.scrollIntoView({ block: "nearest" });
}
