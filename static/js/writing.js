/* Counts what stands in the text as the server counts it, and shows which words a remark is about. */

import { visibleLength } from "./counting.js";

const text = document.querySelector("[data-writing] textarea");
const counter = document.querySelector("[data-count]");
if (text && counter) {
  for (const name of ["input", "portal:replaced"]) text.addEventListener(name, show);
  if (text.value !== text.defaultValue) show(); // somebody wrote before this has come
}
for (const link of document.querySelectorAll('a[href^="#stelle-"]')) link.addEventListener("click", point);
if (text) mark();

function show() {
  const length = visibleLength(text.value);
  const progress = counter.querySelector("progress");
  counter.querySelector("[data-length]").textContent = length.toLocaleString("de-DE");
  if (!progress) return;
  progress.value = length;
  counter.querySelector("[data-over]").hidden = length <= progress.max;
}

// The words a remark quotes are marked behind the text, and stay marked while one writes around them.
function mark() {
  const places = [...document.querySelectorAll("[data-writing] [data-start]")];
  if (!places.length) return;
  const letters = [...text.value];
  const quotes = places.map((place) => ({
    number: place.dataset.number,
    words: letters.slice(place.dataset.start, place.dataset.end).join(""),
  }));
  const mirror = document.createElement("div");
  mirror.className = "writing__mirror";
  mirror.ariaHidden = "true";
  text.before(mirror);
  const draw = () => mirror.replaceChildren(...marked(text.value, quotes));
  for (const name of ["input", "portal:replaced"]) text.addEventListener(name, draw);
  draw();
}

function marked(words, quotes) {
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

// From a remark to its words: they are selected in the text.
function point(event) {
  const place = document.querySelector(event.currentTarget.hash);
  if (!text || !place?.dataset.start) return;
  event.preventDefault();
  const letters = [...text.value];
  const begin = letters.slice(0, place.dataset.start).join("").length;
  const words = letters.slice(place.dataset.start, place.dataset.end).join("");
  text.focus();
  text.setSelectionRange(begin, begin + words.length);
  text.scrollIntoView({ block: "nearest" });
}
