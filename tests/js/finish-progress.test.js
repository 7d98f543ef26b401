/* The page of finishing shows how far it is, and comes anew once there is something else to say. */

import assert from "node:assert/strict";
import test from "node:test";
import { watch } from "../../static/js/finish-progress.js";
import { FakeClock } from "./fakes.js";

function section(made) {
  const said = [];
  const words = {
    get textContent() {
      return said.at(-1);
    },
    set textContent(sentence) {
      said.push(sentence);
    },
  };
  words.textContent = `${made} von 4 sind da.`;
  const parts = { progress: { value: made }, "[data-progress-long]": { hidden: made < 2 } };
  return { said, parts, querySelector: (name) => parts[name] ?? words };
}

const page = (made) => ({ querySelector: () => section(made) });
const ENDED = { querySelector: () => null };

test("progress is shown and said only when it changes, and the page comes anew at the end", async () => {
  const clock = new FakeClock();
  const shown = section(0);
  const answers = [page(0), null, page(2), page(2), ENDED];
  let reloads = 0;
  watch(shown, {
    ask: async () => answers.shift(),
    reload: () => {
      reloads += 1;
    },
    after: (act, milliseconds) => clock.setTimeout(act, milliseconds),
  });
  for (let look = 0; look < 10; look += 1) await clock.pass(2_000);
  assert.equal(shown.parts["[data-progress-long]"].hidden, false);
  assert.deepEqual(shown.said, ["0 von 4 sind da.", "2 von 4 sind da."]);
  assert.deepEqual([shown.parts.progress.value, answers.length, reloads], [2, 0, 1]);
});
