/* The plan of the last days: each tick is saved as soon as it is set, one after the other, and who set it is shown. One that
   reaches nobody is sent again once there is a network. Without the script, and whenever a tick could not be saved, the button
   beneath the list saves all of them. */

import { ask } from "./send.js";

const AGAIN = 30_000; // milliseconds; a browser does not always notice that it is online

const form = globalThis.document?.querySelector("[data-ticks]");
if (form) saveEach(form);

/* `send` asks the server; `line` is where it is said what became of it; `onceBack` does something when there may be a network. */
export function saveEach(
  form,
  { send = (body) => ask(form.action, body, form), line = lineOf(form), onceBack = whenOnline } = {},
) {
  const unsaved = new Map(); // what was said of each box that could not be saved
  let waiting = 0;
  let isArmed = false;
  let last = Promise.resolve();

  function enqueue(box) {
    const { checked } = box;
    waiting += 1;
    last = last.then(async () => {
      // a tick that is taken back at once arrives after it was set
      const said = await save(box, checked, send).catch(() => ["failed"]);
      waiting -= 1;
      if (said) unsaved.set(box, said);
      else unsaved.delete(box);
      line.say(...(said ?? [...unsaved.values()].at(-1) ?? [waiting ? "saving" : "saved"]));
      arm();
    });
  }

  function toSendAgain() {
    return [...unsaved].filter(([, [state]]) => state === "waiting").map(([box]) => box);
  }

  function arm() {
    if (isArmed || waiting || !toSendAgain().length) return;
    isArmed = true;
    onceBack(() => {
      isArmed = false;
      for (const box of toSendAgain()) enqueue(box);
    });
  }

  form.addEventListener("change", ({ target }) => {
    if (target.name !== "done") return;
    line.say("saving");
    enqueue(target);
  });
}

/* The server is told of this line alone: ticks that others have set meanwhile stay. Returns what is said if it is not saved. */
async function save(box, checked, send) {
  const body = new URLSearchParams({ shown: box.value });
  body.set(checked ? "done" : "before", box.value);
  const answer = await send(body);
  if (answer.outcome === "passing") return ["waiting"];
  if (answer.outcome === "login") return ["login"]; // the server's sentence does not say what became of the tick
  if (answer.outcome !== "taken") return ["failed", answer.sentence];
  box.defaultChecked = checked; // nothing is lost by leaving, and the button need not send it again
  box.parentElement.querySelector("[name=before]")?.remove();
  if (checked)
    box.before(Object.assign(document.createElement("input"), { type: "hidden", name: "before", value: box.value }));
  const day = answer.days?.[box.value];
  if (day !== undefined) box.labels[0].querySelector("[data-day]").textContent = day;
}

function whenOnline(act) {
  const timer = setTimeout(go, AGAIN);
  globalThis.addEventListener("online", go);
  function go() {
    clearTimeout(timer);
    globalThis.removeEventListener("online", go);
    act();
  }
}

function lineOf(form) {
  const place = form.querySelector("[data-ticks-said]");
  const symbols = { saving: "writing", saved: "done", waiting: "late", login: "error", failed: "error" };
  return {
    say(state, sentence) {
      place.className = `state state--${symbols[state]}`;
      place.textContent = sentence ?? place.dataset[state];
    },
  };
}
