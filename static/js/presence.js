/* Tells the server every few seconds that this section is open, shows who else has it open, and hands on what somebody else has
   saved (newer-text.js shows it). Without it nothing is missing but the notice. */

import { Announcer } from "./announce.js";
import { ask, token } from "./send.js";
import { still } from "./still.js";

const EVERY = 15_000;

const form = document.querySelector("form[data-presence]");
if (form) start(form, document.querySelector("[data-others]"));

function start(form, place) {
  const announcer = new Announcer(document.querySelector("[data-others-said]"));
  let told = Number(form.elements.version.value);
  let timer = 0;
  beat();
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : beat()));
  window.addEventListener("pageshow", (event) => event.persisted && beat());
  window.addEventListener("pagehide", () => navigator.sendBeacon(form.dataset.presence, body({ leaving: "1" })));

  async function beat() {
    clearTimeout(timer);
    if (document.hidden) return;
    const answer = await ask(form.dataset.presence, body(), form, EVERY);
    showOthers(answer.others ?? []); // offline: the others are not seen any more
    if (answer.outcome === "taken") handOn(answer);
    // After a final answer nothing is asked until somebody comes back to this page.
    clearTimeout(timer);
    if (answer.outcome !== "ended") timer = setTimeout(beat, EVERY);
  }

  function showOthers(names) {
    if (!place) return;
    const words = names.length > 1 ? place.dataset.many : place.dataset.one;
    const sentence = names.length ? words.replace("%s", list(names)) : "";
    if (place.textContent.trim() !== sentence) still(form, () => (place.textContent = sentence));
    for (const name of names) announcer.once(name, sentence);
  }

  function handOn(answer) {
    const isNewer = answer.version > told && answer.version > Number(form.elements.version.value);
    if (answer.by === undefined || !isNewer) return;
    told = answer.version;
    form.dispatchEvent(new CustomEvent("portal:newer", { detail: answer }));
  }

  function body(more = {}) {
    return new URLSearchParams({ version: form.elements.version.value, csrfmiddlewaretoken: token(form), ...more });
  }
}

function list(names) {
  return new Intl.ListFormat("de").format(names);
}
