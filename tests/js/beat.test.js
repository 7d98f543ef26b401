/* How often a page asks who else is there: rarely while alone, soon as soon as somebody does something. */

import assert from "node:assert/strict";
import test from "node:test";
import { Beat, PATIENCE } from "../../static/js/beat.js";
import { FakeClock, settled } from "./fakes.js";

/* The rule of the server (applications/writing/models/presence.py). */
const PAUSES = [15, 30, 60];

class Section {
  clock = new FakeClock();
  begun = this.clock.time;
  asked = []; // [second, pause that was kept]
  isHidden = false;
  isAlone = true;
  outcome = "taken";
  beat = new Beat({ ask: (kept) => this.answer(kept), isHidden: () => this.isHidden, clock: this.clock });

  async answer(kept) {
    this.asked.push([(this.clock.time - this.begun) / 1000, kept]);
    if (this.outcome !== "taken") return { outcome: this.outcome };
    const longer = PAUSES.find((pause) => pause > kept) ?? PAUSES.at(-1);
    return { outcome: "taken", again: this.isAlone ? longer : PAUSES[0], soonest: PAUSES[0] };
  }

  get seconds() {
    return this.asked.map(([second]) => second);
  }

  pass(seconds) {
    return this.clock.pass(seconds * 1000);
  }
}

test("somebody alone is asked after 15, 30 and then every 60 seconds", async () => {
  const section = new Section();
  section.beat.begin();
  await section.pass(230);
  assert.deepEqual(section.asked, [
    [0, 0],
    [15, 15],
    [45, 30],
    [105, 60],
    [165, 60],
    [225, 60],
  ]);
});

test("with somebody else every 15 seconds, from the answer that says so", async () => {
  const section = new Section();
  section.beat.begin();
  await section.pass(110);
  section.isAlone = false;
  await section.pass(100);
  assert.deepEqual(section.seconds, [0, 15, 45, 105, 165, 180, 195, 210]);
});

test("a key pressed while the page asks counts", async () => {
  const section = new Section();
  section.beat.begin();
  await section.pass(104);
  let answer;
  const answered = new Promise((done) => {
    answer = done;
  });
  const server = section.answer.bind(section);
  section.answer = async (kept) => {
    await answered;
    return server(kept);
  };
  await section.pass(1);
  section.beat.stir();
  section.answer = server;
  answer();
  await settled();
  await section.pass(15);
  assert.deepEqual(section.asked.at(-1), [120, 0]);
});

test("the first key after a long pause asks at once, further keys every 15 seconds", async () => {
  const section = new Section();
  section.beat.begin();
  await section.pass(130); // the last time at 105
  for (let key = 0; key < 59; key += 1) {
    section.beat.stir();
    await section.pass(1);
  }
  assert.deepEqual(section.seconds, [0, 15, 45, 105, 130, 145, 160, 175]);
});

test("a key soon after an answer waits until 15 seconds are over", async () => {
  const section = new Section();
  section.beat.begin();
  await section.pass(50); // the last time at 45
  section.beat.stir();
  await section.pass(15);
  assert.deepEqual(section.asked.slice(3), [[60, 0]]);
});

test("nothing is asked while nobody looks, and at once by somebody who comes back", async () => {
  const section = new Section();
  section.beat.begin();
  await section.pass(50);
  section.isHidden = true;
  section.beat.rest();
  await section.pass(600);
  section.beat.stir(); // a script fills a field of a page that nobody sees
  await section.pass(600);
  section.isHidden = false;
  section.beat.begin();
  await settled();
  assert.deepEqual(section.asked.slice(3), [[1250, 0]]);
});

test("after a final answer nothing is asked until somebody comes back", async () => {
  const section = new Section();
  section.outcome = "ended";
  section.beat.begin();
  await section.pass(60);
  section.beat.stir();
  await section.pass(600);
  assert.deepEqual(section.seconds, [0]);
  section.outcome = "taken";
  section.beat.begin();
  await section.pass(15);
  assert.deepEqual(section.seconds, [0, 660, 675]);
});

test("nobody reached: asked again after the same pause", async () => {
  const section = new Section();
  section.outcome = "passing";
  section.beat.begin();
  await section.pass(2 * (PATIENCE / 1000));
  section.outcome = "taken";
  await section.pass(100);
  section.outcome = "passing";
  await section.pass(130);
  assert.deepEqual(section.seconds, [0, 15, 30, 45, 75, 135, 195, 255]);
});
