/* The plan of the last days: each tick is saved as soon as it is set, one after the other. Without it, and whenever a tick
   could not be saved, the button beneath the list saves all of them. */

import { ask } from "./send.js";

const form = globalThis.document?.querySelector("[data-ticks]");
if (form) saveEach(form);

/* `send` asks the server; `line` is where it is said what became of it. */
export function saveEach(form, { send = (body) => ask(form.action, body, form), line = lineOf(form) } = {}) {
  let last = Promise.resolve();
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "done") return;
    line.say("saving");
    last = last.then(() => save(target, send, line)); // a tick that is taken back at once arrives after it was set
  });
}

/* The server is told of this line alone: ticks that others have set meanwhile stay. */
async function save(box, send, line) {
  const { checked } = box;
  const body = new URLSearchParams({ shown: box.value });
  body.set(checked ? "done" : "before", box.value);
  const answer = await send(body);
  if (answer.outcome !== "taken") return line.say(answer.outcome === "login" ? "login" : "failed", answer.sentence);
  box.defaultChecked = checked; // nothing is lost by leaving, and the button need not send it again
  box.parentElement.querySelector("[name=before]")?.remove();
  if (checked)
    box.before(Object.assign(document.createElement("input"), { type: "hidden", name: "before", value: box.value }));
  line.say("saved");
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
