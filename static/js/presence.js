/* Tells the server now and then that this section is open (beat.js says when), shows who else has it open, and hands on what
   somebody else has saved (newer-text.js shows it). Without it nothing is missing but the notice. */

import { Announcer } from "./announce.js";
import { Beat, PATIENCE } from "./beat.js";
import { ask, token } from "./send.js";
import { still } from "./still.js";

const form = document.querySelector("form[data-presence]");
if (form) start(form, document.querySelector("[data-others]"));

function start(form, place) {
  const announcer = new Announcer(document.querySelector("[data-others-said]"));
  let told = Number(form.elements.version.value);
  const beat = new Beat({ ask: tell, isHidden: () => document.hidden });
  beat.begin();
  form.addEventListener("input", () => beat.stir());
  document.addEventListener("visibilitychange", () => (document.hidden ? beat.rest() : beat.begin()));
  window.addEventListener("pageshow", (event) => event.persisted && beat.begin());
  window.addEventListener("pagehide", () => navigator.sendBeacon(form.dataset.presence, body({ leaving: "1" })));

  async function tell(kept) {
    const answer = await ask(form.dataset.presence, body({ kept }), form, PATIENCE);
    showOthers(answer.others ?? []); // offline: the others are not seen any more
    if (answer.outcome === "taken") handOn(answer);
    return answer;
  }

  function showOthers(names) {
    if (!place) return;
    const words = names.length > 1 ? place.dataset.many : place.dataset.one;
    const sentence = names.length ? words.replace("%s", list(names)) : "";
    if (place.textContent.trim() !== sentence) still(form, () => (place.textContent = sentence));
    for (const name of names) announcer.once(name, sentence);
  }

  function handOn(answer) {
    if (answer.by === undefined || answer.version <= seen()) return;
    told = answer.version;
    form.dispatchEvent(new CustomEvent("portal:newer", { detail: answer }));
  }

  /* The newest version that stands here, or that this page was told of. */
  function seen() {
    return Math.max(told, Number(form.elements.version.value));
  }

  function body(more) {
    return new URLSearchParams({ version: seen(), csrfmiddlewaretoken: token(form), ...more });
  }
}

function list(names) {
  return new Intl.ListFormat("de").format(names);
}
