/* The browser's part of the promise of docs/writing.md, tried with thousands of random evenings against a simple server.

   Amina writes one section on several pages of one browser, Jonas on his own. Requests and answers get lost, pages are shut
   hard, restored, duplicated; what was kept is taken or discarded; her right to write comes and goes. Every sentence is another
   one, and at every moment each that nobody has thrown away is on the server, on an open page, or kept in the browser; and a
   page that says it is saved shows nothing that the server does not have. */

import assert from "node:assert/strict";
import test from "node:test";
import { Copies } from "../../static/js/keep.js";
import { Saver } from "../../static/js/saver.js";
import { FakeClock, FakePage, FakeStorage, settled } from "./fakes.js";

const EVENINGS = Number(process.env.EVENINGS ?? 300);
const STEPS = 60;

/* Numbers that look random and are the same for the same seed (mulberry32). */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function sentences(text) {
  return text.split(" ").filter(Boolean);
}

/* Keeps whatever arrives, as Draft.save_content does: the next version, a merge, or a conflict. */
class FakeServer {
  versions = [""];
  revisions = new Map();
  isOpen = true;

  get text() {
    return this.versions.at(-1);
  }

  save({ version, text, attempt, after }, isClash) {
    if (!this.isOpen) return { state: "denied", outcome: "ended", sentence: "Nur noch lesen." };
    const base = after.findLast((one) => this.revisions.has(one));
    if (this.revisions.has(attempt) || text === this.text) return this.#answer("unchanged", text);
    const seen = base ? this.revisions.get(base) : { text: this.versions[version], version };
    if (text === seen.text) return this.#answer("unchanged", text);
    const isNewest = seen.version === this.versions.length - 1;
    if (!isNewest && isClash)
      return { state: "conflict", outcome: "conflict", url: this.#keep(`conflict ${attempt}`, text) };
    this.versions.push(isNewest ? text : merged(seen.text, text, this.text));
    this.#keep(attempt, text, isNewest ? this.versions.length - 1 : -1);
    return this.#answer(isNewest ? "saved" : "merged", text);
  }

  has(sentence) {
    const texts = [...this.versions, ...[...this.revisions.values()].map(({ text }) => text)];
    return texts.some((text) => sentences(text).includes(sentence));
  }

  #keep(attempt, text, version = -1) {
    this.revisions.set(attempt, { text, version });
    return attempt;
  }

  #answer(state, text) {
    const [version, same] = [this.versions.length - 1, text === this.text];
    return { state, outcome: "taken", version, same, text: this.text, saved_at: "9:00", url: "/" };
  }
}

function merged(base, mine, theirs) {
  const [was, is] = [sentences(base), sentences(mine)];
  const stays = sentences(theirs).filter((one) => !was.includes(one) || is.includes(one));
  return [...stays, ...is.filter((one) => !was.includes(one) && !stays.includes(one))].join(" ");
}

class Evening {
  server = new FakeServer();
  storage = new FakeStorage();
  clock = new FakeClock();
  pages = [];
  typed = new Set();
  thrown = new Set();
  number = 0;
  isOnline = true;

  constructor(seed) {
    this.roll = dice(seed);
    this.storage.room = this.roll() < 0.1 ? 2000 : Number.POSITIVE_INFINITY;
  }

  pick(list) {
    return list[Math.floor(this.roll() * list.length)];
  }

  /* `restored` is the text a browser puts back into a page it opens again. */
  open(restored = null) {
    const page = new FakePage(this.server.text);
    const opened = { page, isAlive: true, isHeld: false };
    const alive = { ...this.clock, Date: this.clock.Date };
    alive.setTimeout = (act, milliseconds) => this.clock.setTimeout(() => opened.isAlive && act(), milliseconds);
    alive.clearTimeout = (timer) => this.clock.clearTimeout(timer);
    opened.copies = new Copies({ person: "amina", section: "s1" }, this.storage, this.clock.Date.now);
    opened.saver = new Saver({ page, send: (letter) => this.send(opened, letter), store: opened.copies, clock: alive });
    opened.saver.base.version = String(this.server.versions.length - 1);
    page.letter = (attempt) => ({ text: page.text, version: Number(opened.saver.base.version), ...attempt });
    page.taken = (answer, isUntouched) => {
      if (answer.same || !isUntouched) return;
      page.text = answer.text;
      opened.saver.adopt();
    };
    if (restored !== null) page.text = restored;
    const copy = opened.saver.look();
    if (copy && opened.saver.isKept && !this.openPages().has(copy.page)) opened.copies.discard(copy);
    this.pages.push(opened);
  }

  async send(opened, letter) {
    const [isLost, isUnheard, isClash] = [this.roll() < 0.2, this.roll() < 0.2, this.roll() < 0.3];
    const lost = { state: "unreachable", outcome: "passing" };
    if (!this.isOnline || isLost) return lost;
    if (this.roll() < 0.05) return { state: "foreign", outcome: "ended" };
    const answer = this.server.save(letter, isClash);
    await new Promise((resolve) => this.clock.setTimeout(resolve, this.roll() * 3000));
    if (!opened.isAlive) return new Promise(() => {});
    return isUnheard ? lost : answer;
  }

  type({ page, saver }) {
    this.number += 1;
    const sentence = `Satz${this.number}.`;
    this.typed.add(sentence);
    page.text = `${page.text} ${sentence}`.trim();
    saver.change();
  }

  erase({ page, saver }) {
    const sentence = this.pick(sentences(page.text));
    if (!sentence) return;
    this.thrown.add(sentence);
    page.text = sentences(page.text)
      .filter((one) => one !== sentence)
      .join(" ");
    saver.change();
  }

  jonas() {
    this.number += 1;
    const sentence = `Jonas${this.number}.`;
    this.server.versions.push(`${this.server.text} ${sentence}`.trim());
  }

  shut(opened) {
    opened.isAlive = false;
    this.pages.splice(this.pages.indexOf(opened), 1);
    if (!opened.saver.isKept) for (const one of sentences(opened.page.text)) this.thrown.add(one); // it was said
  }

  /* A copy is offered when its page is gone. */
  offered({ copies }) {
    const open = this.openPages();
    return this.pick(copies.others(({ page }) => !open.has(page)));
  }

  openPages() {
    return new Set(this.pages.map(({ copies }) => copies.page));
  }

  take(opened) {
    const copy = this.offered(opened);
    if (copy) opened.saver.take(copy);
  }

  discard(opened) {
    const copy = this.offered(opened);
    if (!copy) return;
    opened.copies.discard(copy);
    for (const one of sentences(copy.texts[0])) if (!this.isSafe(one)) this.thrown.add(one);
  }

  async step() {
    const opened = this.pick(this.pages);
    const acts = [
      () => this.open(),
      () => opened && this.shut(opened),
      () => opened && this.open(opened.page.text), // duplicated
      () => this.jonas(),
      () => opened && this.take(opened),
      () => opened && this.roll() < 0.3 && this.discard(opened),
      () => opened && this.erase(opened),
      () => opened?.saver.press(),
      () => opened?.saver.retry(),
      () => opened?.saver.wake(),
      () => this.toggles(),
      ...Array.from({ length: 6 }, () => () => opened && this.type(opened)),
    ];
    await this.pick(acts)();
    await this.clock.pass(this.roll() < 0.5 ? 0 : this.roll() * 6000);
    await settled();
    this.pages = this.pages.filter((one) => one.page.went.length === 0 || this.leaves(one));
  }

  toggles() {
    if (this.roll() < 0.7) this.isOnline = !this.isOnline;
    else this.server.isOpen = !this.server.isOpen;
  }

  /* A button led on: the page is gone, and the next one opens. */
  leaves(opened) {
    opened.isAlive = false;
    this.clock.setTimeout(() => this.open(), 0);
    return false;
  }

  isSafe(sentence) {
    const kept = new Copies({ person: "amina", section: "s1" }, this.storage, this.clock.Date.now).others();
    const texts = [...kept.map((copy) => copy.texts[0]), ...this.pages.map(({ page }) => page.text)];
    return this.server.has(sentence) || texts.some((text) => sentences(text).includes(sentence));
  }

  look() {
    for (const sentence of this.typed)
      assert.ok(this.thrown.has(sentence) || this.isSafe(sentence), `${sentence} is gone`);
    for (const { page, saver } of this.pages) {
      if (saver.state !== "saved") continue;
      assert.equal(saver.isUnsaved, false, "it says saved and is not");
      for (const one of sentences(page.text)) assert.ok(this.server.has(one), `${one} is said to be saved`);
    }
  }
}

/* Everything works again, and a person presses where that is asked of them. */
async function morning(evening) {
  evening.isOnline = true;
  evening.server.isOpen = true;
  evening.roll = () => 0.99;
  await evening.clock.pass(5000); // for answers that are still on their way
  for (const { saver } of evening.pages) if (["ended", "clashing", "unheard"].includes(saver.state)) saver.retry();
  await evening.clock.pass(5 * 60_000);
  evening.look();
  for (const { page, saver } of evening.pages) {
    assert.equal(saver.state, "saved");
    assert.deepEqual(
      sentences(page.text).filter((one) => !evening.server.has(one)),
      [],
    );
  }
}

async function spend(seed) {
  const evening = new Evening(seed);
  evening.open();
  for (let step = 0; step < STEPS; step += 1) {
    await evening.step();
    evening.look();
  }
  await morning(evening);
  return evening.typed.size;
}

test("no sentence is lost, and nothing is said to be saved that is not", async () => {
  let typed = 0;
  for (let seed = 1; seed <= EVENINGS; seed += 1) {
    typed += await spend(seed).catch((cause) => {
      throw new Error(`evening ${seed}`, { cause });
    });
  }
  assert.ok(typed > EVENINGS * 10, `${typed} sentences`);
});

function evening() {
  const one = new Evening(0);
  one.roll = () => 0.99; // nothing is lost by itself
  return one;
}

test("a text kept offline stays when another page is opened and written on", async () => {
  const story = evening();
  story.isOnline = false;
  story.open();
  story.type(story.pages[0]);
  await story.clock.pass(2000);
  story.shut(story.pages[0]);
  story.isOnline = true;
  story.open();
  story.type(story.pages[0]); // without answering the offer
  await story.clock.pass(10_000);
  assert.deepEqual([story.server.text, story.pages[0].copies.others()[0].texts], ["Satz2.", ["Satz1."]]);
  story.look();
});

test("a sentence on a page that was cut off outlives a save on another page", async () => {
  const story = evening();
  story.open();
  story.open();
  const [cut, other] = story.pages;
  story.isOnline = false;
  story.type(cut);
  await story.clock.pass(1500);
  story.isOnline = true;
  story.type(other);
  other.saver.wake();
  await story.clock.pass(200);
  cut.isAlive = false;
  await story.clock.pass(10_000);
  story.shut(cut);
  assert.deepEqual([other.saver.state, other.copies.others()[0].texts], ["saved", ["Satz1."]]);
  story.look();
});
