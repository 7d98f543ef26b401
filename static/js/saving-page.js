/* A page whose form saves itself: joins the saver (saver.js) with the fields, the storage, the line that says what became of
   it and the offers of what was not saved before. It listens (`#listen`): to typing, to the form's buttons, to the network
   that is back, to coming back to the page and to leaving it. The section and the review say only what is different about
   them. */

import { hold, whenGone } from "./alive.js";
import { asServed, fill, namedBeside, typedBeside, written } from "./fields.js";
import { Copies, isAlike, whenCleared } from "./keep.js";
import { Offers } from "./kept-offers.js";
import { askForLogin } from "./login-dialog.js";
import { StateLine } from "./save-state-line.js";
import { Base, Saver } from "./saver.js";
import { ask } from "./send.js";

export class SavingPage {
  #hasAsked = false; // for the login
  #isSending = false; // by the browser, after a button
  #release = () => {};

  constructor(form, { address, eager = true }) {
    this.form = form;
    this.copies = new Copies(form.dataset);
    this.copies.renewed = () => this.#hold();
    this.#hold();
    this.saver = new Saver({
      page: this,
      send: (letter) => ask(address, letter, form),
      store: this.copies,
      base: new Base(form.elements.version),
      eager,
      isUnsaved: form.matches("[data-unsaved]"),
    });
    this.line = new StateLine(document.querySelector("[data-save-state]"), {
      form,
      text: () => this.texts().join("\n"),
      retry: () => this.saver.retry(),
      login: form.dataset.login,
    });
    this.offers = new Offers(this.copies, {
      form,
      hides: (words) => this.#hides(words),
      take: (copy) => this.take(copy),
      told: (sentence) => this.line.announcer.once("kept", sentence),
    });
  }

  /* Looks at the fields as they are now: on a slow connection somebody writes before this has come. */
  start() {
    this.#listen();
    this.#look();
    // After an error the page shows what was sent; from here on it stands in this page's own copy.
    if (this.saver.isKept) this.copies.forgetAttempt(this.form.dataset.unsaved);
  }

  // What the saver asks

  read() {
    return JSON.stringify(written(this.form));
  }

  served() {
    return JSON.stringify(asServed(this.form));
  }

  copy() {
    const pairs = JSON.parse(this.saver.saved || "[]");
    const [texts, named] = [this.texts(), namedBeside(this.form, pairs)];
    const copy = { pairs: written(this.form), texts, url: this.address, title: document.title };
    return named.join("\n") === texts.join("\n") ? copy : { ...copy, named }; // a long text is not kept three times
  }

  letter({ attempt, after, pressed }) {
    const button = pressed?.button;
    const fields = new FormData(this.form, button?.form === this.form ? button : null);
    return named(new URLSearchParams(fields), attempt, after);
  }

  // What the saver tells

  show(state, answer) {
    this.line.show(state, answer, this.saver.isKept);
    const needsLogin = answer?.outcome === "login";
    if (needsLogin && !this.#hasAsked) askForLogin(() => this.saver.wake()); // once; the way in stands beside the state
    this.#hasAsked = needsLogin;
  }

  taken() {
    this.copies.resume();
    this.offers.look();
  }

  /* What the server refuses is shown on the page it makes of it, with a sentence beside every field. */
  correct(button) {
    this.sendPlainly(button);
  }

  // What a page says or does in its own way

  get address() {
    return location.pathname;
  }

  texts() {
    return typedBeside(this.form, JSON.parse(this.saver.saved || "[]"));
  }

  changed() {
    this.saver.change();
  }

  pressed(button) {
    this.saver.press(button);
  }

  fill(pairs) {
    fill(this.form, pairs);
    this.filled();
  }

  filled() {}

  take(copy) {
    const isTaken = this.saver.take(copy);
    this.offers.look();
    return isTaken;
  }

  /* Sends the form as a browser does. The page that shows it again knows the copy by the attempt. */
  sendPlainly(button) {
    const attempt = crypto.randomUUID();
    const { version, after } = this.saver.base;
    if (this.saver.isUnsaved) this.copies.keep({ ...this.copy(), version, after, attempt });
    this.submit(button, attempt, after);
  }

  submit(button, attempt, after, pairs = []) {
    for (const field of this.form.querySelectorAll("[data-attempt]")) field.remove();
    for (const [name, value] of [["save", attempt], ...after.map((before) => ["after", before]), ...pairs]) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      field.dataset.attempt = "";
      this.form.append(field);
    }
    setTimeout(() => this.#send(button)); // not within the event of the button: a browser ignores that
  }

  #send(button) {
    this.#isSending = true;
    if (button) button.click();
    else this.form.submit();
    this.#isSending = false;
  }

  #listen() {
    const changed = (event) => event.target.form === this.form && this.changed();
    for (const name of ["input", "change"]) document.addEventListener(name, changed);
    this.form.addEventListener("submit", (event) => this.#submitted(event));
    window.addEventListener("online", () => this.saver.wake());
    window.addEventListener("pageshow", (event) => this.#shown(event));
    window.addEventListener("pagehide", () => this.#release());
    whenCleared(this.form.dataset.person, () => this.#forget());
    window.addEventListener("beforeunload", (event) => this.#asks(event));
    document.addEventListener("visibilitychange", () => {
      this.saver.wake();
      if (!document.hidden) this.offers.look();
    });
  }

  #submitted(event) {
    if (this.#isSending) return;
    event.preventDefault();
    if (this.saver.state !== "leaving") this.pressed(event.submitter);
  }

  #asks(event) {
    if (!this.saver.isUnsaved || this.saver.state === "leaving") return;
    event.preventDefault();
    event.returnValue = true; // older browsers ask only then
  }

  #shown(event) {
    if (event.persisted) this.#hold();
    this.#look();
  }

  #look() {
    const copy = this.saver.look();
    if (copy && this.saver.isKept) whenGone(copy.page).then(() => this.copies.discard(copy));
    this.offers.look();
  }

  #forget() {
    this.copies.pause();
    this.saver.change();
    this.offers.look();
  }

  #hold() {
    this.#release();
    this.#release = hold(this.copies.page);
  }

  /* What the server has needs no copy any more; what stands here needs no offer. */
  #hides(words) {
    const isSaved = isAlike(words, this.saver.saved);
    if (isSaved) this.copies.forget(words);
    return isSaved || isAlike(words, this.read());
  }
}

/* A letter with the name of the attempt and of those before it. */
export function named(letter, attempt, after) {
  letter.append("save", attempt);
  for (const before of after) letter.append("after", before);
  return letter;
}
