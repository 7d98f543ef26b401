/* A tick of the plan is saved alone and at once, and it is said whether it was. */

import assert from "node:assert/strict";
import test from "node:test";
import { saveEach } from "../../static/js/plan-ticks.js";
import { settled } from "./fakes.js";

globalThis.document = { createElement: () => ({}) };

function box(value, { checked = false } = {}) {
  const hidden = checked ? [{ name: "before", value }] : [];
  const day = { textContent: "Mi., 2. Dezember" };
  const parentElement = { querySelector: () => hidden[0] && { remove: () => hidden.pop() } };
  return {
    name: "done",
    value,
    checked,
    defaultChecked: checked,
    hidden,
    parentElement,
    labels: [{ querySelector: () => day }],
    day,
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
  const back = []; // what is done once the network is there again
  const line = { say: (...words) => said.push(words.filter(Boolean)) };
  saveEach(form, { send, line, onceBack: (act) => back.push(act) });
  const set = (target, checked) => {
    target.checked = checked;
    for (const act of listeners) act({ target });
  };
  return { sent, said, set, back };
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

test("who ticked it and when is shown at once, and the day of the plan again when it is taken back", async () => {
  const [one, { set }] = [
    box("post"),
    page([
      { ...TAKEN, days: { post: "heute, Amina Haddad" } },
      { ...TAKEN, days: { post: "Mi., 2. Dezember" } },
    ]),
  ];
  set(one, true);
  await settled();
  assert.equal(one.day.textContent, "heute, Amina Haddad");
  set(one, false);
  await settled();
  assert.equal(one.day.textContent, "Mi., 2. Dezember");
});

test("a tick that reached nobody says so, and is sent by itself as it stands once there is a network again", async () => {
  const lost = { outcome: "passing" };
  const { sent, said, set, back } = page([lost, lost, TAKEN, lost, TAKEN]);
  const [one, other] = [box("post"), box("print", { checked: true })];
  set(one, true);
  set(other, false);
  await settled();
  assert.deepEqual(said.at(-1), ["waiting"]);
  assert.deepEqual([one.defaultChecked, other.defaultChecked], [false, true]); // leaving the page asks first
  assert.equal(back.length, 1);
  back.pop()();
  await settled();
  assert.deepEqual(sent.slice(2), ["shown=post&done=post", "shown=print&before=print"]);
  assert.deepEqual(said.at(-1), ["waiting"]);
  assert.equal(said.filter(([state]) => state === "saving").length, 2); // another attempt is nothing new to hear
  back.pop()();
  await settled();
  assert.deepEqual(said.at(-1), ["saved"]);
  assert.deepEqual([one.defaultChecked, other.defaultChecked, back.length], [true, false, 0]);
});

test("a tick that is changed while it waits is sent once, as it was set last", async () => {
  const { sent, set, back } = page([{ outcome: "passing" }, { outcome: "passing" }, TAKEN]);
  const one = box("post");
  set(one, true);
  await settled();
  set(one, false);
  await settled();
  assert.equal(back.length, 1);
  back.pop()();
  await settled();
  assert.deepEqual(sent.slice(2), ["shown=post&before=post"]);
});

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
