/* The page of a section: a text saves itself in the pauses of typing, rows when they are left. Without it the form works the
   same, with its buttons. */

import { showAround } from "./around.js";
import { enterRow } from "./focus-row.js";
import { Copies } from "./keep.js";
import { Offers } from "./kept-offers.js";
import { Newer } from "./newer-text.js";
import { named, SavingPage } from "./saving-page.js";
import { ask } from "./send.js";

class SectionPage extends SavingPage {
  #theirs = null; // what somebody else wrote meanwhile, shown when the cursor is elsewhere

  constructor(form) {
    const text = form.querySelector("[data-writing] textarea");
    super(form, { address: form.action, eager: text !== null });
    this.text = text;
    this.newer = new Newer(this);
    form.addEventListener("focusout", (event) => this.#left(event));
    form.addEventListener("portal:newer", (event) => this.newer.tell(event.detail));
  }

  /* With the year of the plan; a row that was asked for is not asked for again. */
  get address() {
    const params = new URLSearchParams(location.search);
    params.delete("neu");
    return params.size ? `${location.pathname}?${params}` : location.pathname;
  }

  letter(attempt) {
    const letter = super.letter(attempt);
    if (attempt.pressed) letter.set("pressed", "1");
    return letter;
  }

  taken(answer, isUntouched) {
    showAround(answer);
    if (!answer.same && this.text && isUntouched) this.#hold(answer.text);
    super.taken();
  }

  onward(answer) {
    go(answer.url);
  }

  decide(answer) {
    go(answer.url);
  }

  changed() {
    if (this.saver.isUnsaved) this.#theirs = null;
    super.changed();
  }

  /* The text of the server stands here from now on. */
  adopt(text) {
    this.text.value = text;
    this.#theirs = null;
    this.saver.adopt();
    this.filled();
    this.offers.look();
  }

  filled() {
    this.text.dispatchEvent(new Event("portal:replaced"));
  }

  /* A text is put back where it was; rows go to the server, which joins them with what stands there now. */
  take(copy) {
    if (!this.text) return this.#sendRows(copy);
    const isTaken = super.take(copy);
    if (isTaken) this.text.focus();
    return isTaken;
  }

  async #sendRows(copy) {
    await this.saver.leave();
    const letter = named(new URLSearchParams(copy.pairs), crypto.randomUUID(), copy.after ?? []);
    letter.set("version", copy.version);
    letter.set("pressed", "1");
    const answer = await ask(copy.url ?? this.form.action, letter, this.form);
    if (answer.outcome === "taken" || answer.outcome === "conflict") {
      this.copies.discard(copy);
      go(answer.url);
    } else if (answer.outcome === "invalid") this.#correctRows(copy);
    else {
      this.saver.stay();
      this.show(answer.outcome === "ended" ? "refused" : "unheard", answer);
    }
    return true;
  }

  #correctRows(copy) {
    const attempt = crypto.randomUUID();
    if (this.saver.isUnsaved) this.copies.renew();
    if (this.copies.keep({ ...copy, attempt })) this.copies.discard(copy);
    for (const field of [...this.form.elements])
      if (!["version", "csrfmiddlewaretoken"].includes(field.name)) field.disabled = true;
    this.saver.base.version = copy.version;
    if (copy.url) this.form.action = copy.url; // the rows stand on the page of their year
    this.submit(null, attempt, copy.after ?? [], copy.pairs);
  }

  /* Rows are saved when one leaves them; a text from somebody else appears when the cursor is gone. */
  #left(event) {
    if (this.text) {
      if (this.#theirs !== null && this.saver.isIdle) this.adopt(this.#theirs);
      return;
    }
    const row = event.target.closest("[data-row]") ?? event.target;
    if (!row.contains(event.relatedTarget)) this.saver.settle();
  }

  #hold(text) {
    if (document.activeElement === this.text) this.#theirs = text;
    else this.adopt(text);
  }
}

/* To another page, or to this one made anew, also when only the place on it is another. */
function go(address) {
  const target = new URL(address, location.href);
  if (target.hash && target.pathname === location.pathname && target.search === location.search) {
    history.replaceState(null, "", target);
    location.reload();
  } else location.assign(target);
}

const form = document.getElementById("abschnitt");
if (form?.matches("[data-autosave]")) {
  new SectionPage(form).start();
  enterRow(form);
}
// Somebody who may not write here any more still finds their words, to copy them.
else if (form) new Offers(new Copies(form.dataset), { form, hides: () => false }).look();
// What was sent from here stands on this page, and is kept by the server.
for (const page of document.querySelectorAll("[data-arrived]"))
  new Copies(page.dataset).forgetAttempt(page.dataset.arrived);
