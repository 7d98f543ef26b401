/* Decides when a page asks who else is there: as often as the last answer says. The server makes the pauses longer as long as
   nobody else is there and nothing is new; somebody who does something ends that, and who comes back asks at once. It knows no
   page and no network, only what it is given. */

export const PATIENCE = 15_000; // for an answer, and before the next attempt if there never was one

/* The parts it is given:

   ask       takes the seconds that were waited undisturbed, promises an answer with `outcome`, `again` and `soonest`
   isHidden  nobody looks at the page: nothing is asked */
export class Beat {
  #asked = 0;
  #kept = 0; // seconds waited since the last answer; 0 as soon as somebody does something
  #again = PATIENCE / 1000;
  #soonest = null; // not known before the first answer, nor after a final one
  #isStirred = false; // somebody did something while an answer was on its way
  #timer = 0;

  constructor({ ask, isHidden, clock = globalThis }) {
    Object.assign(this, { ask, isHidden, clock });
  }

  /* Somebody has opened the page, or comes back to it. */
  begin() {
    this.#kept = 0;
    return this.#run();
  }

  /* Somebody writes. If the page asks rarely by now, it asks soon, or at once where that is due. */
  stir() {
    this.#isStirred = true;
    if (!this.#kept) return;
    this.#kept = 0;
    if (this.#soonest !== null) this.#arm(this.#asked + this.#soonest * 1000 - this.clock.Date.now());
  }

  /* Nobody looks at the page any more. */
  rest() {
    this.clock.clearTimeout(this.#timer);
  }

  async #run() {
    this.rest();
    if (this.isHidden()) return;
    this.#asked = this.clock.Date.now();
    this.#isStirred = false;
    this.#hear(await this.ask(this.#kept));
  }

  #hear({ outcome, again = this.#again, soonest = this.#soonest }) {
    this.rest();
    this.#again = again;
    this.#soonest = outcome === "ended" ? null : soonest;
    const ended = outcome === "ended";
    this.#kept = ended || this.#isStirred ? 0 : again;
    if (!ended) this.#arm((this.#isStirred ? Math.min(again, soonest ?? again) : again) * 1000);
  }

  #arm(milliseconds) {
    this.rest();
    this.#timer = this.clock.setTimeout(() => this.#run(), Math.max(0, milliseconds));
  }
}
