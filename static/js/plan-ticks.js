/* The plan of the last days: each tick is saved as soon as it is set, one after the other. Without it, and whenever a tick
   could not be saved, the button beneath the list saves all of them. */

import { ask } from "./send.js";

const form = globalThis.document?.querySelector("[data-ticks]");
if (form) saveEach(form);

/* `send` asks the server; `line` is where it is said what became of it. */
export function saveEach(form, { send = (body) => ask(form.action, body, form), line = lineOf(form) } = {}) {
  const unsaved = new Map(); // what was said of each box that could not be saved
  let waiting = 0;
  let last = Promise.resolve();
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "done") return;
    const { checked } = target;
    waiting += 1;
    line.say("saving");
    last = last.then(async () => {
      // a tick that is taken back at once arrives after it was set
      const said = await save(target, checked, send).catch(() => ["failed"]);
      waiting -= 1;
      if (said) unsaved.set(target, said);
      else unsaved.delete(target);
      line.say(...(said ?? [...unsaved.values()].at(-1) ?? [waiting ? "saving" : "saved"]));
    });
  });
}

/* The server is told of this line alone: ticks that others have set meanwhile stay. Returns what is said if it is not saved. */
async function save(box, checked, send) {
  const body = new URLSearchParams({ shown: box.value });
  body.set(checked ? "done" : "before", box.value);
  const answer = await send(body);
  if (answer.outcome === "login") return ["login"]; // the server's sentence does not say what became of the tick
  if (answer.outcome !== "taken") return ["failed", answer.sentence];
  box.defaultChecked = checked; // nothing is lost by leaving, and the button need not send it again
  box.parentElement.querySelector("[name=before]")?.remove();
  if (checked)
    box.before(Object.assign(document.createElement("input"), { type: "hidden", name: "before", value: box.value }));
}

function lineOf(form) {
  const place = form.querySelector("[data-ticks-said]");
  const symbols = { saving: "writing", saved: "done", login: "error", failed: "error" };
  return {
    say(state, sentence) {
      place.className = `state state--${symbols[state]}`;
      place.textContent = sentence ?? place.dataset[state];
    },
  };
}
