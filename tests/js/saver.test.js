/* The saver against a network that loses, delays, doubles and refuses. */

import assert from "node:assert/strict";
import test from "node:test";
import { Base } from "../../static/js/saver.js";
import { DAY, open } from "./fakes.js";

const CONFLICT = { state: "conflict", outcome: "conflict", url: "/entscheiden/" };
const INVALID = { state: "invalid", outcome: "invalid", sentence: "Zu lang." };
const TOO_MUCH = { state: "too much", outcome: "refused" };
const FOREIGN = { state: "foreign", outcome: "ended" };
const LOGIN = { state: "login", outcome: "login" };

function kept({ storage }) {
  return Array.from({ length: storage.length }, (_, place) => JSON.parse(storage.getItem(storage.key(place))).texts[0]);
}

test("a text is sent after a second without a key, and no copy is left", async () => {
  const { page, network, saver, clock, type, storage } = open();
  type("Guten");
  await clock.pass(900);
  type("Guten Tag");
  await clock.pass(900);
  assert.equal(network.letters.length, 0);
  await clock.pass(200);
  assert.deepEqual(network.letters[0].text, "Guten Tag");
  await network.saved();
  assert.deepEqual(page.states, ["waiting", "waiting", "sending", "saved"]);
  assert.deepEqual([saver.isUnsaved, storage.length, saver.base.version], [false, 0, "1"]);
});

test("a text is sent every ten seconds while somebody never pauses", async () => {
  const { network, clock, type } = open();
  for (let half = 1; half <= 24; half += 1) {
    type("a".repeat(half));
    await clock.pass(500);
  }
  assert.deepEqual(
    network.letters.map(({ text }) => text.length),
    [20],
  );
});

test("what is typed while an attempt is under way follows it, never beside it", async () => {
  const { page, network, clock, type } = open();
  type("Eins.");
  await clock.pass(1000);
  type("Eins. Zwei.");
  await clock.pass(5000);
  assert.equal(network.running, 1);
  await network.saved();
  assert.equal(page.states.at(-1), "waiting");
  await clock.pass(5000);
  assert.equal(network.letters[1].text, "Eins. Zwei.");
  await network.saved({ version: 2 });
  assert.equal(page.states.at(-1), "saved");
});

test("a lost attempt is repeated after growing pauses and names those before it", async () => {
  const { page, network, clock, type, storage } = open();
  type("Eins.");
  await clock.pass(1000);
  for (const seconds of [2, 4, 8, 15, 30, 60, 60]) {
    await network.lost();
    assert.equal(page.states.at(-1), "failing");
    await clock.pass(seconds * 1000 - 1);
    assert.equal(network.running, 0);
    await clock.pass(1);
    assert.equal(network.running, 1);
  }
  assert.deepEqual(
    network.letters.at(-1).after,
    network.letters.slice(0, -1).map(({ attempt }) => attempt),
  );
  assert.deepEqual(kept({ storage }), ["Eins."]);
  await network.saved();
  assert.deepEqual([page.states.at(-1), storage.length], ["saved", 0]);
});

test("what is typed while a lost attempt is repeated is sent, too", async () => {
  const { page, network, clock, type } = open();
  type("Eins.");
  await clock.pass(1000);
  await network.lost();
  await clock.pass(2000);
  type("Eins. Zwei.");
  await network.saved();
  assert.equal(page.states.at(-1), "waiting");
  await clock.pass(1000);
  assert.equal(network.letters[2].text, "Eins. Zwei.");
});

test("the network that is back is used at once", async () => {
  const { network, saver, clock, type } = open();
  type("Eins.");
  await clock.pass(1000);
  await network.lost();
  saver.wake();
  assert.equal(network.running, 1);
});

test("a text taken back is sent, too, while nobody knows whether it had arrived", async () => {
  const { page, network, saver, clock, type } = open({ served: "Anfang." });
  type("Anfang. Ende.");
  await clock.pass(1000);
  await network.lost(); // the server may have it
  type("Anfang.");
  assert.equal(saver.isUnsaved, true);
  await clock.pass(2000);
  assert.equal(network.letters[1].text, "Anfang.");
  await network.saved({ version: 2 });
  assert.deepEqual([page.states.at(-1), saver.isUnsaved], ["saved", false]);
});

test("a text taken back before it was sent is not sent and not kept", async () => {
  const { page, network, clock, type, storage } = open({ served: "Anfang." });
  type("Anfang!");
  assert.equal(storage.length, 1);
  type("Anfang.");
  await clock.pass(60_000);
  assert.deepEqual([page.states, network.letters.length, storage.length], [["waiting", "saved"], 0, 0]);
});

test("merged with somebody else's text, the next attempt says which one it began with", async () => {
  const { network, saver, clock, type } = open();
  type("Meins.");
  await clock.pass(1000);
  await network.saved({ state: "merged", same: false, version: 7 });
  type("Meins. Mehr.");
  await clock.pass(1000);
  assert.deepEqual([saver.base.version, network.letters[1].after], ["7", [network.letters[0].attempt]]);
  await network.saved({ version: 8 });
  assert.deepEqual(saver.base.after, []);
});

test("the version a page has seen stands in its form", async () => {
  const field = { value: "3" };
  const { network, clock, type } = open({ base: new Base(field) });
  type("Eins.");
  await clock.pass(1000);
  await network.saved({ version: 4 });
  assert.equal(field.value, "4");
});

test("a doubled attempt, answered as unchanged, leaves the page saved", async () => {
  const { page, network, saver, clock, type } = open();
  type("Eins.");
  await clock.pass(1000);
  await network.lost(); // it had arrived
  await clock.pass(2000);
  await network.answer({ state: "unchanged", outcome: "taken", same: true, version: 1, saved_at: "9:00" });
  assert.deepEqual([page.states.at(-1), saver.base.version, saver.base.after], ["saved", "1", []]);
});

test("a late answer finds a page that goes elsewhere and changes nothing there", async () => {
  const { page, network, saver, clock, type, storage } = open();
  type("Eins.");
  await clock.pass(1000);
  let isLeft = false;
  saver.leave().then(() => {
    isLeft = true;
  });
  await clock.pass(5000);
  assert.equal(isLeft, false);
  const states = page.states.length;
  await network.saved();
  assert.deepEqual([isLeft, page.states.length, storage.length], [true, states, 0]);
});

test("a late refusal finds a page that goes elsewhere, and the words stay kept", async () => {
  const { page, network, saver, clock, type, storage } = open();
  type("Eins.");
  await clock.pass(1000);
  saver.leave();
  await network.ended();
  assert.deepEqual([page.states.at(-1), kept({ storage })], ["sending", ["Eins."]]);
});

test("a page that was never left goes on", async () => {
  const { page, network, saver, clock, type } = open();
  saver.leave();
  type("Eins.");
  await clock.pass(29_000);
  assert.equal(network.letters.length, 0);
  await clock.pass(2000);
  await network.saved();
  assert.equal(page.states.at(-1), "saved");
});

for (const [name, answer] of [
  ["a final refusal", { state: "denied", outcome: "ended", sentence: "Sie können hier nur noch lesen." }],
  ["an answer that is none of ours", FOREIGN],
]) {
  test(`${name} ends the attempts until a person asks for another`, async () => {
    const { page, network, saver, clock, type, storage } = open();
    type("Eins.");
    await clock.pass(1000);
    await network.answer(answer);
    assert.deepEqual([page.states.at(-1), saver.answer], ["ended", answer]);
    type("Eins. Zwei.");
    saver.wake();
    await clock.pass(DAY);
    assert.deepEqual([network.letters.length, kept({ storage })], [1, ["Eins. Zwei."]]);
    saver.retry();
    await network.saved();
    assert.deepEqual([page.states.at(-1), storage.length], ["saved", 0]);
  });
}

for (const [name, answer] of [
  ["invalid", INVALID],
  ["too much", TOO_MUCH],
]) {
  test(`what is ${name} is sent again when it has changed, not before`, async () => {
    const { page, network, saver, clock, type } = open();
    type("Zu lang");
    await clock.pass(1000);
    await network.answer(answer);
    saver.wake();
    saver.change();
    await clock.pass(60_000);
    assert.deepEqual([page.states.at(-1), network.letters.length], ["refused", 1]);
    type("Kurz");
    await clock.pass(1000);
    await network.saved();
    assert.deepEqual([page.states.at(-1), network.letters[1].after], ["saved", []]);
  });
}

test("what was corrected while it was being refused is sent", async () => {
  const { network, clock, type } = open();
  type("Zu lang");
  await clock.pass(1000);
  type("Kurz");
  await network.answer(INVALID);
  await clock.pass(1000);
  assert.equal(network.letters[1].text, "Kurz");
});

test("a conflict waits for a person, and leads there with what stands on the page", async () => {
  const { page, network, saver, clock, type, storage } = open();
  type("Meins.");
  await clock.pass(1000);
  await network.answer(CONFLICT);
  type("Meins!");
  await clock.pass(60_000);
  assert.deepEqual([page.states.at(-1), network.letters.length], ["clashing", 1]);
  saver.press();
  await network.answer(CONFLICT);
  assert.deepEqual([page.went, saver.state, storage.length], [[["decide", "/entscheiden/"]], "leaving", 0]);
});

test("a login that expired is waited for, and no attempt is thought to have arrived", async () => {
  const { page, network, saver, clock, type } = open();
  type("Eins.");
  await clock.pass(1000);
  await network.answer(LOGIN);
  assert.deepEqual([page.states.at(-1), saver.answer, saver.base.after], ["failing", LOGIN, []]);
  saver.wake();
  await network.saved();
  assert.equal(page.states.at(-1), "saved");
});

test("a button leads on when everything is saved, also what was typed meanwhile", async () => {
  const { page, network, saver, type } = open();
  type("Eins.");
  saver.press("knopf");
  type("Eins. Zwei.");
  await network.saved({ url: "/weiter/" });
  assert.deepEqual([page.went, network.letters[0].isPressed, network.letters[1].isPressed], [[], true, false]);
  await network.saved({ version: 2 });
  assert.deepEqual([page.went, saver.state], [[["onward", "/weiter/", "knopf"]], "leaving"]);
});

test("a button waits for the attempt that is under way", async () => {
  const { page, network, saver, clock, type } = open();
  type("Eins.");
  await clock.pass(1000);
  saver.press("knopf");
  assert.equal(network.running, 1);
  await network.saved();
  assert.deepEqual([network.running, network.letters[1].isPressed], [1, true]);
  await network.saved({ url: "/weiter/" });
  assert.deepEqual(page.went, [["onward", "/weiter/", "knopf"]]);
});

test("a button that reaches nobody leads nowhere, and its words are saved later", async () => {
  const { page, network, saver, clock, type } = open();
  type("Eins.");
  saver.press("knopf");
  await network.lost();
  assert.equal(page.states.at(-1), "failing");
  await clock.pass(2000);
  await network.saved();
  assert.deepEqual([page.states.at(-1), page.went], ["saved", []]);
});

test("a button that reaches nobody while nothing is unsaved says so, and nothing more happens", async () => {
  const { page, network, saver, clock } = open({ served: "Anfang." });
  saver.press();
  await network.lost();
  await clock.pass(DAY);
  assert.deepEqual([page.states, network.letters.length], [["sending", "unheard"], 1]);
  assert.equal(saver.isUnsaved, false);
});

test("a button leads to the page that says what is wrong", async () => {
  const { page, network, saver, type, storage } = open();
  type("Zu lang");
  saver.press("knopf");
  await network.answer(INVALID);
  assert.deepEqual([page.went, kept({ storage })], [[["correct", "knopf"]], ["Zu lang"]]);
});

test("a row is sent when it is left", async () => {
  const { page, network, saver, clock, type } = open({ eager: false });
  type("Kochen");
  await clock.pass(60_000);
  assert.deepEqual([page.states, network.letters.length], [["writing"], 0]);
  saver.settle();
  await clock.pass(1000);
  await network.saved();
  assert.equal(page.states.at(-1), "saved");
});

test("a text that came back with an error is unsaved from the start", async () => {
  const { network, saver, clock, storage } = open({ served: "Zu lang", isUnsaved: true });
  saver.change();
  assert.deepEqual([saver.isUnsaved, kept({ storage })], [true, ["Zu lang"]]);
  await clock.pass(1000);
  assert.equal(network.running, 1);
});

test("a text from somebody else that is shown is no change of one's own", async () => {
  const { page, network, saver, clock } = open({ served: "Anfang." });
  page.text = "Anfang. Von Jonas.";
  saver.adopt();
  await clock.pass(60_000);
  assert.deepEqual([saver.isUnsaved, network.letters.length], [false, 0]);
});

test("without a storage everything is saved as ever, and the page knows that nothing is kept", async () => {
  const { page, network, saver, clock, type } = open({ storage: null });
  type("Eins.");
  await clock.pass(1000);
  await network.lost();
  assert.deepEqual([saver.isKept, page.states.at(-1)], [false, "failing"]);
  await clock.pass(2000);
  await network.saved();
  assert.equal(page.states.at(-1), "saved");
});

test("a text the browser puts back was made from what that page had seen", async () => {
  const before = open({ served: "Anfang." });
  before.saver.base.version = "3";
  before.type("Anfang. Ende.");
  const { storage, clock } = before;
  const { page, network, saver } = open({ served: "Anfang. Von Jonas.", storage, clock });
  saver.base.version = "4";
  page.text = "Anfang. Ende.";
  saver.look();
  assert.equal(saver.base.version, "3");
  await clock.pass(1000);
  await network.saved({ state: "merged", same: false, version: 5 });
  assert.deepEqual([page.states.at(-1), storage.length], ["saved", 0]);
});

test("a copy is taken with what it was made from, and what stood there stays kept", async () => {
  const before = open();
  before.saver.base.version = "3";
  before.type("Im Zug geschrieben.");
  const { storage, clock } = before;
  const { page, network, saver, copies, type } = open({ served: "Anfang.", storage, clock });
  type("Anfang!");
  assert.equal(saver.take(copies.others()[0]), true);
  assert.deepEqual([page.text, saver.base.version], ["Im Zug geschrieben.", "3"]);
  assert.deepEqual(copies.others()[0].texts, ["Anfang!"]);
  await clock.pass(1000);
  await network.saved();
  assert.deepEqual(kept({ storage }), ["Anfang!"]);
});

test("a late answer to what stood there before changes nothing for the copy that was taken", async () => {
  const before = open();
  before.saver.base.version = "3";
  before.type("Im Zug geschrieben.");
  const { storage, clock } = before;
  const { page, network, saver, copies, type } = open({ served: "Anfang.", storage, clock });
  type("Anfang!");
  await clock.pass(1000);
  const [copy] = copies.others();
  saver.take(copy);
  await clock.pass(1000);
  assert.equal(network.letters.length, 1); // never two at once
  await network.saved({ version: 9 });
  assert.deepEqual([saver.base.version, page.text, kept({ storage })], ["3", "Im Zug geschrieben.", [page.text]]);
  await clock.pass(1000);
  assert.deepEqual([network.letters[1].text, network.letters[1].after], ["Im Zug geschrieben.", copy.after]);
  await network.saved({ state: "merged", same: false, version: 10 });
  assert.deepEqual([page.states.at(-1), storage.length], ["saved", 0]);
});

test("a text taken back is not lost sight of when that attempt gets lost, too", async () => {
  const { network, saver, clock, type } = open({ served: "Anfang." });
  type("Anfang. Ende.");
  await clock.pass(1000);
  await network.lost();
  type("Anfang.");
  await clock.pass(2000);
  await network.lost();
  assert.equal(saver.isUnsaved, true);
  assert.deepEqual(
    saver.base.after,
    network.letters.map(({ attempt }) => attempt),
  );
});

test("where there is no room for what stands there no copy takes its place", async () => {
  const before = open();
  before.type("Im Zug geschrieben.");
  const { storage, clock } = before;
  const { page, saver, copies, type } = open({ served: "Anfang.", storage, clock });
  storage.room = 300;
  type("Anfang! ".repeat(20));
  assert.equal(saver.take(copies.others()[0]), false);
  assert.deepEqual([page.text, copies.others().length], ["Anfang! ".repeat(20), 1]);
});
