/* Tells assistive technology what has come to rest, and seldom. What changes while somebody types is only seen. */

const LASTS = 4000; // a fault that is over sooner is not worth a word

export class Announcer {
  #coming = "";
  #said = "";
  #timer = 0;
  #told = new Set();

  constructor(region, clock = globalThis) {
    this.region = region;
    this.clock = clock;
  }

  /* The state that was said last; empty before anything was. */
  get said() {
    return this.#said;
  }

  /* A state at rest: it is said when it is not the one that was said last; a passing one only when it lasts. */
  rest(state, sentence, isPassing = false) {
    if (state === this.#coming) return;
    this.#coming = state;
    this.clock.clearTimeout(this.#timer);
    if (state === this.#said) return;
    const say = () => {
      this.#said = state;
      this.region.textContent = sentence;
    };
    if (isPassing) this.#timer = this.clock.setTimeout(say, LASTS);
    else say();
  }

  /* Something that is said once on this page, however often it happens. */
  once(name, sentence) {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.region.textContent = sentence;
  }
}
