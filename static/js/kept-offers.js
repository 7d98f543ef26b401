/* Offers what this person wrote on other pages of this browser and was never saved: each text with its time, equal ones once.
   What a page that is still open holds is not offered, because it is there; it is as soon as that page is gone. */

import { whenGone } from "./alive.js";
import { offerCopy } from "./copying.js";
import { readable, wordsOf } from "./keep.js";
import { moment } from "./moment.js";
import { still } from "./still.js";

const LONG = 400; // characters, from which on a text is folded
const MOST_SHOWN = 3; // more texts than these are folded together

/* `hides(words)` says what needs no offer; `take(copy)` puts a copy where it belongs, where one may write. */
export class Offers {
  #asked = new Set();
  #gone = new Set();
  #box = null;
  #shown = "";

  constructor(copies, { form, hides, take = null, told = () => {} }) {
    Object.assign(this, { copies, form, hides, take, told });
  }

  /* Look what there is now. */
  look() {
    for (const page of this.copies.pages()) {
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      whenGone(page).then(() => {
        this.#gone.add(page);
        this.#draw();
      });
    }
    this.#draw();
  }

  #draw() {
    const gone = this.copies.others((copy) => this.#gone.has(copy.page));
    const offered = gone.filter((copy) => !this.hides(wordsOf(copy)));
    const shown = offered.map(({ keys, at }) => [...keys, at].join(" ")).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const change = () => this.#show(offered);
    if (this.form.contains(document.activeElement)) still(this.form, change);
    else change();
  }

  #show(offered) {
    const wasOpen = this.#box?.querySelector("[data-kept-more]")?.open ?? false;
    this.#box?.remove();
    this.#box = null;
    if (!offered.length) return;
    const place = document.getElementById("kept-here");
    this.#box = place.content.cloneNode(true).firstElementChild;
    const items = offered.map((copy) => this.#item(copy, offered.length > 1));
    this.#box.querySelector("[data-kept-list]").append(...items.slice(0, MOST_SHOWN));
    this.#fold(items.slice(MOST_SHOWN), wasOpen);
    place.after(this.#box);
    this.told(this.#box.querySelector("[data-kept-title]").textContent);
  }

  #fold(items, isOpen) {
    const more = this.#box.querySelector("[data-kept-more]");
    if (!items.length) return more.remove();
    const summary = more.querySelector("summary");
    const { one, many } = summary.dataset;
    summary.textContent = items.length === 1 ? one : many.replace("%s", items.length);
    more.querySelector("div").append(...items);
    more.open = isOpen;
  }

  #item(copy, isOneOfMany) {
    const item = document.getElementById("kept-one").content.cloneNode(true).firstElementChild;
    const [time, text] = [item.querySelector("[data-kept-time]"), item.querySelector("[data-kept-text]")];
    const words = readable(copy);
    time.textContent = time.dataset.words.replace("%s", moment(copy.at));
    item.ariaLabel = time.textContent;
    text.textContent = words || text.dataset.empty;
    item.querySelector("details").open = !isOneOfMany || words.length < LONG;
    offerCopy(item.querySelector("[data-copy]"), () => words, text);
    const take = item.querySelector("[data-take]");
    if (this.take) take.addEventListener("click", () => this.#take(copy, item));
    else take.remove();
    item.querySelector("[data-drop]").addEventListener("click", () => this.#discard(copy));
    return item;
  }

  async #take(copy, item) {
    const { notNow } = item.querySelector("[data-take]").dataset;
    if (!(await this.take(copy))) item.querySelector("[data-copied]").textContent = notNow;
  }

  #discard(copy) {
    this.copies.discard(copy);
    this.#draw();
    const next =
      this.#box?.querySelector("[data-drop]") ?? this.form.querySelector("textarea, input:not([type=hidden]), select");
    (next ?? document.querySelector("main")).focus();
  }
}
