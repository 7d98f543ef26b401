/* A page counts as open until it is gone, however it ended. */

import assert from "node:assert/strict";
import test from "node:test";
import { hold, whenGone } from "../../static/js/alive.js";
import { settled } from "./fakes.js";

/* As much of the Web Locks API as is used. */
class FakeLocks {
  #held = new Map();

  async request(name, options, act = options) {
    while (this.#held.has(name)) await this.#held.get(name);
    const running = Promise.resolve(act());
    if (options.mode === "shared") return running;
    this.#held.set(name, running);
    await running;
    this.#held.delete(name);
  }
}

async function isGone(page, locks) {
  let isOver = false;
  whenGone(page, locks).then(() => {
    isOver = true;
  });
  await settled();
  return () => isOver;
}

test("a page is gone when it ends, not before", async () => {
  const locks = new FakeLocks();
  const end = hold("eins", locks);
  const one = await isGone("eins", locks);
  const other = await isGone("andere", locks);
  assert.deepEqual([one(), other()], [false, true]);
  end();
  await settled();
  assert.equal(one(), true);
});

test("without locks, and for a copy of no page, nobody is waited for", async () => {
  hold("eins", null)();
  assert.equal((await isGone("eins", null))(), true);
  assert.equal((await isGone("", new FakeLocks()))(), true);
});
