/* What the browser keeps: one copy per page, for fourteen days, as long as there is room. */

import assert from "node:assert/strict";
import test from "node:test";
import { Copies, clear, keptBy, whenCleared, wordsOf } from "../../static/js/keep.js";
import { DAY, FakeStorage } from "./fakes.js";

let time = Date.UTC(2026, 10, 28);
const now = () => time;
const here = { person: "amina", section: "s1" };

function copies(storage, place = here) {
  return new Copies(place, storage, now);
}

function text(words, more = {}) {
  return { pairs: [["text", words]], texts: [words], version: "1", after: [], url: "/s1/", title: "S1", ...more };
}

function textsOf(list) {
  return list.map((copy) => copy.texts[0]);
}

test("two pages keep two copies, and neither sees its own among the others", () => {
  const storage = new FakeStorage();
  const [one, other] = [copies(storage), copies(storage)];
  one.keep(text("Eins."));
  time += 1;
  other.keep(text("Zwei."));
  assert.deepEqual([textsOf(one.others()), textsOf(other.others())], [["Zwei."], ["Eins."]]);
  other.withdraw();
  assert.deepEqual([textsOf(one.others()), textsOf(copies(storage).others())], [[], ["Eins."]]);
});

test("copies of others are listed from the newest, equal ones once", () => {
  const storage = new FakeStorage();
  for (const words of ["Alt", "Ähnlich", "Neu", "A\u0308hnlich"]) {
    copies(storage).keep(text(words));
    time += 1;
  }
  assert.deepEqual(textsOf(copies(storage).others()), ["A\u0308hnlich", "Neu", "Alt"]);
});

test("words that were saved are forgotten on every page, others on none", () => {
  const storage = new FakeStorage();
  const mine = copies(storage);
  copies(storage).keep(text("Gleich."));
  copies(storage).keep(text("Anders."));
  mine.keep(text("Gleich."));
  mine.forget(wordsOf(text("Gleich.")));
  assert.deepEqual(textsOf(copies(storage).others()), ["Anders."]);
});

test("discarding a copy takes the equal ones it stands for, and no others", () => {
  const storage = new FakeStorage();
  const [mine, open] = [copies(storage), copies(storage)];
  for (const page of [copies(storage), copies(storage), open, mine]) page.keep(text("Gleich."));
  copies(storage).keep(text("Anders."));
  const [gleich] = mine.others(({ page }) => page !== open.page).filter(({ texts }) => texts[0] === "Gleich.");
  mine.discard(gleich);
  assert.deepEqual([textsOf(mine.others()), storage.length], [["Gleich.", "Anders."], 3]);
});

test("an attempt that arrived takes with it the copy that it carried", () => {
  const storage = new FakeStorage();
  copies(storage).keep(text("Gesendet.", { attempt: "a1" }));
  copies(storage).keep(text("Nicht gesendet.", { attempt: "" }));
  copies(storage).forgetAttempt("");
  assert.equal(storage.length, 2);
  copies(storage).forgetAttempt("a1");
  assert.deepEqual(textsOf(copies(storage).others()), ["Nicht gesendet."]);
});

test("what was set aside is a copy of another page", () => {
  const mine = copies(new FakeStorage());
  mine.keep(text("Beiseite."));
  mine.renew();
  mine.keep(text("Neu."));
  assert.deepEqual(textsOf(mine.others()), ["Beiseite."]);
});

test("a copy is kept for fourteen days", () => {
  const storage = new FakeStorage();
  copies(storage).keep(text("Alt."));
  time += 14 * DAY - 1;
  assert.equal(copies(storage).others().length, 1);
  time += 1;
  assert.deepEqual([copies(storage).others(), storage.length], [[], 0]);
});

test("a copy that is kept again without a change is as old as its words", () => {
  const storage = new FakeStorage();
  const mine = copies(storage);
  mine.keep(text("Alt."));
  time += 14 * DAY - 1;
  mine.keep(text("Alt.", { attempt: "a1" }));
  assert.equal(copies(storage).others()[0].at, time - 14 * DAY + 1);
  time += 1;
  assert.deepEqual(copies(storage).others(), []);
});

test("a copy in the format of before is offered, and goes like any other", () => {
  const storage = new FakeStorage();
  storage.setItem("schmiede:amina:s1", JSON.stringify({ ...text("Von früher."), at: time }));
  const mine = copies(storage);
  mine.keep(text("Neu."));
  assert.deepEqual(textsOf(mine.others()), ["Von früher."]);
  assert.equal(mine.others()[0].page, "");
  mine.discard(mine.others()[0]);
  assert.deepEqual([mine.others(), storage.length], [[], 1]);
});

test("nobody sees what another person or another section left", () => {
  const storage = new FakeStorage();
  copies(storage, { person: "jonas", section: "s1" }).keep(text("Von Jonas."));
  copies(storage, { person: "amina", section: "s10" }).keep(text("Anderer Abschnitt."));
  assert.deepEqual(copies(storage).others(), []);
  assert.deepEqual(textsOf(keptBy("amina", storage, time)), ["Anderer Abschnitt."]);
  clear("amina", storage, new EventTarget());
  assert.deepEqual(textsOf(keptBy("jonas", storage, time)), ["Von Jonas."]);
});

test("what was deleted on logging out is kept by no open page again, until something is saved from there", () => {
  const storage = new FakeStorage();
  const pages = new EventTarget();
  const mine = copies(storage);
  whenCleared("amina", () => mine.pause(), pages);
  mine.keep(text("Eins."));
  clear("jonas", storage, pages);
  assert.equal(mine.keep(text("Eins. Zwei.")), true);
  clear("amina", storage, pages);
  assert.deepEqual([mine.keep(text("Eins. Zwei.")), storage.length], [false, 0]);
  mine.resume();
  assert.equal(mine.keep(text("Drei.")), true);
});

test("where there is no room the last copy that fitted stays, and the page is told", () => {
  const storage = new FakeStorage();
  const mine = copies(storage);
  assert.equal(mine.keep(text("kurz")), true);
  storage.room = 400;
  assert.equal(mine.keep(text("lang".repeat(100))), false);
  assert.deepEqual(textsOf(copies(storage).others()), ["kurz"]);
});

test("what is too old makes room for what is new", () => {
  const storage = new FakeStorage();
  copies(storage, { person: "jonas", section: "s1" }).keep(text("alt".repeat(50)));
  storage.room = 500;
  assert.equal(copies(storage).keep(text("neu".repeat(40))), false);
  time += 14 * DAY;
  assert.equal(copies(storage).keep(text("neu".repeat(40))), true);
});

test("a browser without storage keeps nothing and breaks nothing", () => {
  const mine = copies(null);
  assert.equal(mine.keep(text("Eins.")), false);
  mine.withdraw();
  mine.forget(wordsOf(text("Eins.")));
  assert.deepEqual([mine.others(), keptBy("amina", null, time)], [[], []]);
});

test("a value that is no copy hides no other one", () => {
  const storage = new FakeStorage();
  storage.setItem("schmiede:amina:s1:x", "{kaputt");
  storage.setItem("schmiede-tasten", "aus");
  copies(storage).keep(text("Heil."));
  assert.deepEqual([textsOf(copies(storage).others()), storage.getItem("schmiede-tasten")], [["Heil."], "aus"]);
});
