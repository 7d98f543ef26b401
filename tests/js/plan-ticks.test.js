/* A tick of the plan is saved alone and at once, and it is said whether it was. */

import assert from "node:assert/strict";
import test from "node:test";
import { saveEach } from "../../static/js/plan-ticks.js";
import { settled } from "./fakes.js";

globalThis.document = { createElement: () => ({}) };

function box(value, { checked = false } = {}) {
  const hidden = checked ? [{ name: "before", value }] : [];
  const parentElement = { querySelector: () => hidden[0] && { remove: () => hidden.pop() } };
  return {
    name: "done",
    value,
    checked,
    defaultChecked: checked,
    hidden,
    parentElement,
    before: (one) => hidden.push(one),
  };
}

function page(answers) {
  const listeners = [];
  const sent = [];
  const said = [];
  const form = { addEventListener: (_name, act) => listeners.push(act) };
  const send = async (body) => {
    sent.push(String(body));
    return answers.shift();
  };
  saveEach(form, { send, line: { say: (...words) => said.push(words.filter(Boolean)) } });
  const set = (target, checked) => {
    target.checked = checked;
    for (const act of listeners) act({ target });
  };
  return { sent, said, set };
}

const TAKEN = { outcome: "taken" };

test("a tick is saved alone, and leaving the page loses nothing any more", async () => {
  const [one, { sent, said, set }] = [box("section s0"), page([TAKEN])];
  set(one, true);
  await settled();
  assert.deepEqual(sent, ["shown=section+s0&done=section+s0"]);
  assert.deepEqual(said, [["saving"], ["saved"]]);
  assert.deepEqual([one.defaultChecked, one.hidden.map(({ value }) => value)], [true, ["section s0"]]);
});

test("a tick that is taken back is said so to the server", async () => {
  const [one, { sent, set }] = [box("post", { checked: true }), page([TAKEN])];
  set(one, false);
  await settled();
  assert.deepEqual(sent, ["shown=post&before=post"]);
  assert.deepEqual([one.defaultChecked, one.hidden], [false, []]);
});

for (const [answer, words] of [
  [{ outcome: "passing" }, ["failed"]],
  [{ outcome: "ended", sentence: "Der Plan ist zu Ende." }, ["failed", "Der Plan ist zu Ende."]],
  [{ outcome: "login", sentence: "Sie sind nicht mehr eingeloggt." }, ["login"]],
]) {
  test(`what is not saved is said, and the button still saves it: ${answer.outcome}`, async () => {
    const [one, { said, set }] = [box("section s0"), page([answer])];
    set(one, true);
    await settled();
    assert.deepEqual(said.at(-1), words);
    assert.deepEqual([one.defaultChecked, one.hidden], [false, []]);
  });
}

test("of two changes at once the second waits for the first", async () => {
  let arrive;
  const [one, { sent, said, set }] = [box("post"), page([new Promise((resolve) => (arrive = resolve)), TAKEN])];
  set(one, true);
  set(one, false);
  await settled();
  assert.deepEqual(sent, ["shown=post&done=post"]);
  arrive(TAKEN);
  await settled();
  assert.deepEqual(sent, ["shown=post&done=post", "shown=post&before=post"]);
  assert.deepEqual([one.defaultChecked, one.hidden], [false, []]);
  assert.deepEqual(said, [["saving"], ["saving"], ["saving"], ["saved"]]);
});

test("what could not be saved is still said when another tick is saved", async () => {
  const { said, set } = page([{ outcome: "ended", sentence: "Zu Ende." }, TAKEN, TAKEN]);
  const [one, other] = [box("post"), box("print")];
  set(one, true);
  await settled();
  set(other, true);
  await settled();
  assert.deepEqual(said.at(-1), ["failed", "Zu Ende."]);
  set(one, true);
  await settled();
  assert.deepEqual(said.at(-1), ["saved"]);
});

test("a save that breaks off stops no other", async () => {
  const broken = Promise.reject(new Error("invented"));
  const { said, set } = page([broken, TAKEN]);
  const one = box("post");
  set(one, true);
  await settled();
  assert.deepEqual(said.at(-1), ["failed"]);
  set(one, true);
  await settled();
  assert.deepEqual(said.at(-1), ["saved"]);
});
