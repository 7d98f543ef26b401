/* Somebody who logs out of a browser that still holds words which were never saved is asked first. */

import { offerCopy } from "./copying.js";
import { clear, keptBy, readable, wordsOf } from "./keep.js";
import { moment } from "./moment.js";

const logout = document.querySelector("form[data-logout]");
const dialog = document.querySelector("dialog[data-logout-dialog]");
logout?.addEventListener("submit", (event) => {
  const kept = keptBy(logout.dataset.logout);
  if (!kept.length) return;
  event.preventDefault();
  const isFirst = (copy, place) =>
    kept.findIndex((other) => other.url === copy.url && wordsOf(other) === wordsOf(copy)) === place;
  dialog.querySelector("[data-unsaved-list]").replaceChildren(...kept.filter(isFirst).map(unsavedItem));
  dialog.querySelector("[data-stay]").onclick = () => dialog.close();
  dialog.querySelector("[data-leave]").onclick = () => {
    clear(logout.dataset.logout);
    logout.submit();
  };
  dialog.showModal();
});

// Its page may be closed to this person by now, so the text can be copied here.
function unsavedItem(copy) {
  const item = dialog.querySelector("template").content.cloneNode(true).firstElementChild;
  Object.assign(item.querySelector("a"), { href: copy.url, textContent: copy.title });
  const time = item.querySelector("[data-kept-time]");
  time.textContent = time.dataset.words.replace("%s", moment(copy.at));
  const [text, words] = [item.querySelector("[data-kept-text]"), readable(copy)];
  text.textContent = words || text.dataset.empty;
  offerCopy(item.querySelector("[data-copy]"), () => words, text);
  return item;
}
