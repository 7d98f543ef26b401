/* Tells the server every few seconds that this section is open, shows who else has it open, and hands on what somebody
   else has saved (autosave.js shows it, never under the cursor). Without it nothing is missing but the notice. */

import { still } from "./still.js";

const EVERY = 15_000;

const form = document.querySelector("form[data-presence]");
if (form) start(form, document.querySelector("[data-others]"));

function start(form, place) {
  let told = Number(form.elements.version.value);
  let timer = 0;
  beat();
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : beat()));
  window.addEventListener("pagehide", () => navigator.sendBeacon(form.dataset.presence, body({ leaving: "1" })));

  async function beat() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      const signal = AbortSignal.timeout(EVERY);
      const answer = await fetch(form.dataset.presence, {
        method: "POST",
        body: body(),
        headers,
        redirect: "manual",
        signal,
      });
      if (answer.ok) show(await answer.json());
    } catch {
      show({ others: [] }); // offline: whoever was here is not seen any more
    }
    timer = setTimeout(beat, EVERY);
  }

  function show(answer) {
    if (place) {
      const names = answer.others ?? [];
      const words = names.length > 1 ? place.dataset.many : place.dataset.one;
      const sentence = names.length ? words.replace("%s", list(names)) : "";
      if (place.textContent.trim() !== sentence) still(form, () => (place.textContent = sentence));
    }
    if (answer.by === undefined || answer.version <= told || answer.version <= Number(form.elements.version.value))
      return;
    told = answer.version;
    form.dispatchEvent(new CustomEvent("portal:newer", { detail: answer }));
  }

  function body(more = {}) {
    return new URLSearchParams({ version: form.elements.version.value, csrfmiddlewaretoken: token(), ...more });
  }

  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
  }
}

function list(names) {
  return new Intl.ListFormat("de").format(names);
}
