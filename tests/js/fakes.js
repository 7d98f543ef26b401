/* A clock that goes as it is told, a storage, and a network that answers when it is told, or never. */

import { webcrypto } from "node:crypto";
import { Copies } from "../../static/js/keep.js";
import { Saver } from "../../static/js/saver.js";

globalThis.crypto ??= webcrypto;

export const DAY = 24 * 60 * 60 * 1000;

export class FakeClock {
  time = Date.UTC(2026, 10, 28, 9);
  #timers = new Map();
  #last = 0;
  Date = { now: () => this.time };

  setTimeout(act, milliseconds) {
    this.#last += 1;
    this.#timers.set(this.#last, { act, at: this.time + milliseconds });
    return this.#last;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  /* Lets time go by, with everything that falls due meanwhile. */
  async pass(milliseconds) {
    const end = this.time + milliseconds;
    for (;;) {
      await settled();
      const [timer, next] = [...this.#timers].sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (!next || next.at > end) break;
      this.#timers.delete(timer);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = end;
  }
}

/* Resolves when every promise that could go on has gone on. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/* The same interface as `localStorage`; `room` is how many characters fit. */
export class FakeStorage {
  #values = new Map();
  room = Number.POSITIVE_INFINITY;

  get length() {
    return this.#values.size;
  }

  key(place) {
    return [...this.#values.keys()][place] ?? null;
  }

  getItem(key) {
    return this.#values.get(key) ?? null;
  }

  setItem(key, value) {
    const others = [...this.#values].filter(([name]) => name !== key);
    const taken = others.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
    if (taken + key.length + value.length > this.room) throw new Error("QuotaExceededError");
    this.#values.set(key, String(value));
  }

  removeItem(key) {
    this.#values.delete(key);
  }
}

/* Every letter waits for its answer: `await network.answer({...})` answers the oldest. */
export class FakeNetwork {
  letters = [];
  #waiting = [];

  send = (letter) => {
    this.letters.push(letter);
    return new Promise((resolve) => this.#waiting.push(resolve));
  };

  get running() {
    return this.#waiting.length;
  }

  async answer(answer) {
    this.#waiting.shift()(answer);
    await settled();
  }

  saved = (more = {}) =>
    this.answer({ state: "saved", outcome: "taken", same: true, version: 1, saved_at: "9:00", ...more });
  lost = () => this.answer({ state: "unreachable", outcome: "passing" });
  ended = () => this.answer({ state: "denied", outcome: "ended", sentence: "Sie können hier nur noch lesen." });
}

/* A page with one text; what it is told is noted. */
export class FakePage {
  states = [];
  went = [];

  constructor(text = "") {
    this.text = text;
    this.servedText = text;
  }

  read = () => JSON.stringify([["text", this.text]]);
  served = () => JSON.stringify([["text", this.servedText]]);
  copy = () => ({ pairs: [["text", this.text]], texts: [this.text], url: "/abschnitt/", title: "Abschnitt" });
  letter = ({ attempt, after, pressed }) => ({
    text: this.text,
    attempt,
    after: [...after],
    isPressed: pressed !== null,
  });
  fill = ([[, text]]) => {
    this.text = text;
  };
  show = (state) => this.states.push(state);
  taken = () => {};
  onward = (answer, button) => this.went.push(["onward", answer.url, button]);
  correct = (button) => this.went.push(["correct", button]);
  decide = (answer) => this.went.push(["decide", answer.url]);
}

/* One open page with its saver; several of them share a storage and a clock. */
export function open({ served = "", storage = new FakeStorage(), clock = new FakeClock(), ...options } = {}) {
  const [page, network] = [new FakePage(served), new FakeNetwork()];
  const copies = new Copies({ person: "amina", section: "s1" }, storage, clock.Date.now);
  const saver = new Saver({ page, send: network.send, store: copies, clock, ...options });
  const type = (text) => {
    page.text = text;
    saver.change();
  };
  return { page, network, copies, saver, storage, clock, type };
}
