/* Shows whether a text is saved, in a line and to screen readers, and, when nothing can be sent any more, the text to be
   copied in place of the buttons. All words come from the page. */

import { Announcer } from "./announce.js";
import { offerCopy } from "./copying.js";

export class StateLine {
  #drawn = "";
  #rest;
  #withdrawn = [];

  /* `text()` is what a person would want to keep; `retry()` tries once more. */
  constructor(line, { form, text, retry, login }) {
    this.line = line;
    this.form = form;
    this.words = line.dataset;
    this.text = text;
    this.login = login;
    this.announcer = new Announcer(document.querySelector("[data-save-said]"));
    this.box = document.querySelector("[data-not-taken]");
    this.#rest = { className: line.className, nodes: [...line.childNodes] };
    const shown = this.box.querySelector("[data-not-taken-text]");
    offerCopy(this.box.querySelector("[data-copy]"), text, shown);
    this.box.querySelector("[data-retry]").addEventListener("click", retry);
  }

  show(state, answer, isKept) {
    this.#offerText(state === "ended" || isTooMuch(state, answer), isKept);
    if (state !== "sending") this.#offerButtons(!isFinal(state, answer));
    if (state === "saved") this.#saved(answer);
    else if (state === "writing") this.#draw("writing", this.words.unsaved);
    else if (state === "waiting" || state === "sending") this.#draw("writing", this.words.saving);
    else this.#fault(state, answer, isKept);
  }

  /* Without an answer what was changed has been undone: it is again as it was. */
  #saved(answer) {
    if (answer) {
      const time = this.words.saved.replace("%s", answer.saved_at);
      const isMerged = answer.same === false; // somebody else's words, which the page may not show yet
      this.#draw("done", isMerged ? joined(time, this.words.merged) : time);
      this.#rest = { className: this.line.className, nodes: [...this.line.childNodes] };
      if (isMerged) this.announcer.once("merged", this.words.merged);
    } else {
      this.#drawn = "";
      this.line.className = this.#rest.className;
      this.line.replaceChildren(...this.#rest.nodes);
    }
    const { said } = this.announcer;
    if (answer || said) this.announcer.rest("saved", said ? this.words.saidAgain : this.words.saidSaved);
  }

  #fault(state, answer, isKept) {
    const sentence = this.#sentence(state, answer);
    const isUnsaved = state !== "unheard";
    this.#draw("error", isUnsaved && !isKept ? joined(sentence, this.words.notKept) : sentence);
    if (answer.outcome === "login") this.#link(this.login, this.words.toLogin);
    if (state === "clashing") this.#decide();
    this.announcer.rest(`${state} ${sentence}`, sentence, state === "failing");
  }

  #sentence(state, answer) {
    const { words } = this;
    if (answer.outcome === "login") return words.login;
    if (state === "failing") return words.retry;
    if (state === "unheard") return words.down;
    if (state === "clashing") return words.conflict;
    return `${words.failed} ${answer.sentence ?? (answer.outcome === "refused" ? words.tooBig : words.foreign)}`;
  }

  /* What is shown already is left alone: a button in it may be under the finger. */
  #draw(symbol, sentence) {
    if (this.#drawn === sentence) return;
    this.#drawn = sentence;
    this.line.className = `state state--${symbol}`;
    this.line.replaceChildren(Object.assign(document.createElement("span"), { textContent: sentence }));
  }

  #link(href, textContent) {
    if (this.line.querySelector("a")) return;
    const link = Object.assign(document.createElement("a"), { href, textContent, target: "_blank" });
    this.line.firstElementChild.append(" ", link);
  }

  /* Sends what stands there now, and leads to the page where one decides. */
  #decide() {
    if (this.line.querySelector("button")) return;
    const button = Object.assign(document.createElement("button"), { type: "submit", textContent: this.words.decide });
    button.className = "link-button";
    this.line.append(button);
  }

  #offerText(isOffered, isKept) {
    this.box.hidden = !isOffered;
    if (!isOffered) return;
    this.box.querySelector("[data-not-taken-text]").textContent = this.text();
    this.box.querySelector("[data-when-kept]").hidden = !isKept;
  }

  /* What could only be refused again is not offered; the box says what is left to do, and gets the focus of a button that goes. */
  #offerButtons(isOffered) {
    if (isOffered) {
      for (const button of this.#withdrawn.splice(0)) button.hidden = button.disabled = false;
      return;
    }
    const buttons = [...this.form.elements].filter(({ type, disabled }) => type === "submit" && !disabled);
    if (buttons.includes(document.activeElement)) this.#enterBox();
    for (const button of buttons) button.hidden = button.disabled = true;
    this.#withdrawn.push(...buttons);
  }

  #enterBox() {
    const section = this.box.querySelector("section");
    section.tabIndex = -1;
    section.focus();
  }
}

/* The portal itself has said that it will take nothing from here. */
function isFinal(state, answer) {
  return state === "ended" && answer.state !== "foreign";
}

/* Refused for its length, and by no sentence of the server: shortening alone may not help. */
function isTooMuch(state, answer) {
  return state === "refused" && !answer.sentence;
}

function joined(one, other) {
  return `${/[.!?…]$/.test(one) ? one : `${one}.`} ${other}`;
}
