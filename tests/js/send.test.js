/* What an answer means: saved, to be repeated, to be decided, or final. */

import assert from "node:assert/strict";
import test from "node:test";
import { ask, judge, read } from "../../static/js/send.js";

globalThis.document = { cookie: "theme=dark; csrftoken=newest" };
const form = { elements: { csrfmiddlewaretoken: { value: "old" } } };

function json(body, status = 200) {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

function page(status) {
  return new Response("<p>Seite</p>", { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

for (const [response, outcome] of [
  [() => json({ state: "saved" }), "taken"],
  [() => json({ state: "merged" }), "taken"],
  [() => json({ state: "unchanged" }), "taken"],
  [() => json({ state: "here" }), "taken"],
  [() => json({ state: "conflict" }), "conflict"],
  [() => json({ state: "invalid" }, 422), "invalid"],
  [() => json({ state: "login" }, 401), "login"],
  [() => json({ state: "closed" }, 409), "ended"],
  [() => json({ state: "denied" }, 403), "ended"],
  [() => json({ state: "denied" }, 404), "ended"],
  [() => json({ state: "denied" }, 405), "ended"],
  [() => page(403), "ended"],
  [() => page(404), "ended"],
  [() => page(410), "ended"],
  [() => page(200), "ended"], // the login page of a hotel's network
  [() => json({ ok: true }), "ended"],
  [() => json(["saved"]), "ended"],
  [() => json(null), "ended"],
  [() => json({ state: "toString" }), "ended"],
  [() => page(400), "refused"],
  [() => page(413), "refused"],
  [() => page(408), "passing"],
  [() => page(429), "passing"],
  [() => page(500), "passing"],
  [() => page(502), "passing"],
  [() => json({ state: "saved" }, 503), "passing"],
]) {
  test(`${response().status} ${outcome}`, async () => {
    assert.equal(judge(await read(response())).outcome, outcome);
  });
}

test("a redirect is no answer of ours", () => {
  assert.deepEqual(judge({ status: 0, said: null }), { state: "foreign", outcome: "ended" });
});

test("an answer that breaks off in the middle is lost", async () => {
  globalThis.fetch = async () => new Response('{"state": "sa', { headers: { "Content-Type": "application/json" } });
  assert.deepEqual(await ask("/x/", new URLSearchParams(), form), { state: "unreachable", outcome: "passing" });
});

test("a network that is down is passing", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  assert.equal((await ask("/x/", new URLSearchParams(), form)).outcome, "passing");
});

test("an answer that never comes is given up", async () => {
  globalThis.fetch = (_address, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  assert.equal((await ask("/x/", new URLSearchParams(), form, 5)).outcome, "passing");
});

test("the newest token is sent, and what the server said is handed on", async () => {
  let sent = null;
  globalThis.fetch = async (_address, options) => {
    sent = options;
    return json({ state: "saved", version: 3 });
  };
  const answer = await ask("/x/", new URLSearchParams({ text: "Eins." }), form);
  assert.deepEqual(answer, { state: "saved", version: 3, outcome: "taken" });
  assert.equal(sent.headers["X-CSRFToken"], "newest");
  assert.equal(String(sent.body), "text=Eins.&csrfmiddlewaretoken=newest");
});
