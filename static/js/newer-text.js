/* Shows that somebody else has saved this section, and takes their text in. Where nothing is unsaved it may stand here at
   once, but never under the cursor; what is unsaved is joined with it by the next save. */

import { Announcer } from "./announce.js";
import { showAround } from "./around.js";
import { still } from "./still.js";

export class Newer {
  constructor(page) {
    this.page = page;
    this.notice = page.form.querySelector("[data-newer]");
    this.announcer = new Announcer(document.querySelector("[data-newer-said]"));
  }

  tell(answer) {
    const { words, own, somebody } = this.notice.dataset;
    const sentence = (answer.own ? own : words).replace("%s", answer.by || somebody).replace("%t", answer.saved_at);
    const { text, saver } = this.page;
    showAround(answer);
    if (saver.isIdle && text && document.activeElement !== text) return this.#adopt(answer, sentence);
    this.#show(sentence);
    this.announcer.rest(`newer ${answer.by}`, sentence);
    if (saver.isIdle) this.#offer(answer, sentence);
  }

  #offer(answer, sentence) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.className = "link-button";
    button.textContent = this.notice.dataset.show;
    button.addEventListener("click", () => {
      if (this.page.text && this.page.saver.isIdle) this.#adopt(answer, sentence);
      else location.reload();
    });
    still(this.page.form, () => this.notice.append(" ", button));
  }

  #adopt(answer, sentence) {
    this.page.saver.base.version = String(answer.version);
    this.page.adopt(answer.text);
    const shown = `${sentence} ${this.notice.dataset.shown}`;
    this.#show(shown);
    this.announcer.rest(`shown ${answer.by}`, shown);
  }

  #show(sentence) {
    still(this.page.form, () => {
      this.notice.replaceChildren(sentence);
      this.notice.hidden = false;
    });
  }
}
