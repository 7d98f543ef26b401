/* Assistive technology hears what has come to rest, and seldom. */

import assert from "node:assert/strict";
import test from "node:test";
import { Announcer } from "../../static/js/announce.js";
import { FakeClock } from "./fakes.js";

function announcer() {
  const said = [];
  const clock = new FakeClock();
  const region = {
    set textContent(sentence) {
      said.push(sentence);
    },
  };
  return { said, clock, announcer: new Announcer(region, clock) };
}

test("a state that stays the same is said once", () => {
  const { said, announcer: one } = announcer();
  for (let save = 0; save < 20; save += 1) one.rest("saved", "gespeichert");
  assert.deepEqual(said, ["gespeichert"]);
});

test("a fault is said when it lasts, and that it is over", async () => {
  const { said, clock, announcer: one } = announcer();
  one.rest("saved", "gespeichert");
  for (let attempt = 0; attempt < 3; attempt += 1) {
    one.rest("failing", "nicht gespeichert", true);
    await clock.pass(2000);
  }
  one.rest("saved", "wieder gespeichert");
  assert.deepEqual(said, ["gespeichert", "nicht gespeichert", "wieder gespeichert"]);
});

test("a fault that is over soon is not said", async () => {
  const { said, clock, announcer: one } = announcer();
  one.rest("saved", "gespeichert");
  one.rest("failing", "nicht gespeichert", true);
  await clock.pass(2000);
  one.rest("saved", "wieder gespeichert");
  await clock.pass(60_000);
  assert.deepEqual(said, ["gespeichert"]);
});

test("a final refusal is said at once", () => {
  const { said, announcer: one } = announcer();
  one.rest("failing", "nicht gespeichert", true);
  one.rest("ended", "nicht gespeichert: nur noch lesen");
  assert.deepEqual(said, ["nicht gespeichert: nur noch lesen"]);
});

test("somebody who comes and goes is named once", () => {
  const { said, announcer: one } = announcer();
  for (let beat = 0; beat < 5; beat += 1) one.once("Jonas", "Jonas ist auch hier.");
  assert.deepEqual(said, ["Jonas ist auch hier."]);
});
