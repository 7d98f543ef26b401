/* Saves a section by itself, says what became of it, and keeps in the browser what could not be sent.
   Without it the form works the same, with its buttons. Each attempt has an identifier, so that an answer that got lost
   costs nothing: the next attempt names those before it (see Draft.save_content). */

import { asServed, storeOf, written } from "./keep.js";
import { askForLogin } from "./login.js";
import { ask, wait } from "./send.js";
import { still } from "./still.js";

const PAUSE = 1000; // after this long without a key
const LATEST = 10_000; // and at least this often while somebody types
const ANSWERED = new Set(["saved", "merged", "unchanged"]);

const form = document.querySelector("form[data-autosave]");
if (form) start(form);
for (const arrived of document.querySelectorAll("[data-arrived]")) storeOf(arrived).forget();

function start(form) {
  const text = form.querySelector("[data-writing] textarea");
  const status = form.querySelector("[data-save-state]");
  const version = form.elements.version;
  const words = status.dataset;
  const store = storeOf(form);
  let after = []; // attempts whose texts the page still shows: merged with somebody else's, or never answered
  let sent = null; // what the running attempt carries
  // A form that came back with errors, or after a login, holds what was never saved.
  let saved = form.matches("[data-unsaved]") ? "" : JSON.stringify(asServed(form));
  let timer = 0;
  let since = 0;
  let failures = 0;
  let refusal = ""; // what was refused is not sent again by itself until something changes
  let clash = false; // nothing more is sent by itself until a person has decided
  let leaving = false;
  let pending = null; // what somebody else wrote meanwhile, shown when the cursor is elsewhere
  let pressed = null; // the button that waits for the running attempt
  let onward = ""; // where a button leads, as soon as everything is saved

  offerKept();
  // On a slow connection somebody writes before this has come.
  if (fingerprint() !== JSON.stringify(asServed(form))) changed();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", left);
  form.addEventListener("submit", submitting);
  form.addEventListener("portal:newer", (event) => newer(event.detail));
  window.addEventListener("online", again);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
  document.addEventListener("visibilitychange", again);
  window.addEventListener("beforeunload", (event) => unsaved() && !leaving && event.preventDefault());

  function fingerprint() {
    return JSON.stringify(written(form));
  }

  function unsaved() {
    return fingerprint() !== saved;
  }

  function again() {
    if (unsaved()) save();
  }

  function changed() {
    if (!unsaved()) return;
    pending = null;
    store.keep(form, version.value, after);
    if (clash || fingerprint() === refusal) return;
    refusal = "";
    if (text) schedule();
    else if (!failures) say("writing", words.unsaved);
  }

  // Rows are saved when one leaves them; a text from somebody else appears when the cursor is gone.
  function left(event) {
    if (text) {
      if (pending !== null && !unsaved()) adopt(pending);
      return;
    }
    const row = event.target.closest("[data-row]") ?? event.target;
    if (unsaved() && !refusal && !clash && !row.contains(event.relatedTarget)) schedule();
  }

  function schedule() {
    if (failures) return; // the next attempt has its time
    const now = Date.now();
    since ||= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LATEST - now)));
    say("writing", words.saving);
  }

  async function save() {
    if (sent || refusal || clash || leaving || !unsaved()) return;
    const { answer, carried, attempt } = await send();
    if (!ANSWERED.has(answer.state)) onward = "";
    if (answer.state in settled) settled[answer.state](answer, carried, attempt);
    else failed(answer);
    if (pressed) press(pressed);
  }

  // A button saves on the same way, so that a server that is down costs no word: the page goes on only when it is safe.
  async function submitting(event) {
    event.preventDefault();
    press(event.submitter);
  }

  async function press(button) {
    pressed = sent ? button : null; // never two at once: it is pressed again after the answer
    if (sent) return;
    say("writing", words.saving);
    const { answer, carried, attempt } = await send(button);
    if (answer.state === "invalid" || answer.state === "closed") {
      after.pop();
      return submitPlainly(button);
    }
    if (ANSWERED.has(answer.state)) {
      onward = answer.url;
      return done(answer, carried, attempt);
    }
    if (answer.state === "conflict") {
      if (fingerprint() === carried) store.forget();
      leaving = true;
      return go(answer.url);
    }
    failed(answer);
    if (!unsaved()) say("error", words.down);
  }

  async function send(button = null) {
    clearTimeout(timer);
    since = 0;
    const attempt = crypto.randomUUID();
    sent = fingerprint();
    const body = new URLSearchParams(new FormData(form, button?.form === form ? button : null));
    if (button) body.set("pressed", "1");
    body.append("save", attempt);
    for (const before of after) body.append("after", before);
    after = [...after, attempt].slice(-200); // until it is answered nobody knows whether it got through
    const answer = await ask(form.action, body, form);
    const carried = sent;
    sent = null;
    return { answer, carried, attempt };
  }

  const settled = {
    saved: done,
    merged: done,
    unchanged: done,
    conflict,
    invalid: refused,
    closed: refused,
    400: tooBig,
    413: tooBig,
  };

  function done(answer, carried, attempt) {
    failures = 0;
    const untouched = fingerprint() === carried;
    if (answer.same) {
      after = [];
      version.value = answer.version;
    } else if (answer.state === "merged") {
      after = [attempt]; // the page still shows what was sent from there
      version.value = answer.version;
    } else after.pop();
    saved = carried;
    if (!answer.same && text && untouched) show(answer);
    if (unsaved()) {
      if (onward)
        save(); // what was written since the button was pressed comes along
      else if (text) schedule();
      return;
    }
    store.forget();
    if (onward) return go(onward);
    const clock = words.saved.replace("%s", answer.saved_at);
    say("done", answer.same ? clock : `${clock} ${words.merged}`);
  }

  function show(answer) {
    if (document.activeElement === text) pending = answer.text;
    else adopt(answer.text);
  }

  function adopt(other) {
    text.value = other;
    after = [];
    pending = null;
    saved = fingerprint();
    text.dispatchEvent(new Event("portal:replaced"));
  }

  // Somebody else has saved. With nothing unsaved here their text may stand here at once, but never under the cursor;
  // what is unsaved is joined with it by the next save.
  function newer(answer) {
    const notice = form.querySelector("[data-newer]");
    const sentence = notice.dataset.words.replace("%s", answer.by || words.somebody).replace("%t", answer.saved_at);
    const idle = !unsaved() && !sent;
    if (idle && text && document.activeElement !== text) return showNewer();
    tell(sentence);
    if (!idle) return;
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.show });
    button.className = "link-button";
    button.addEventListener("click", () => (text && !unsaved() ? showNewer() : location.reload()));
    still(form, () => notice.append(" ", button));

    function showNewer() {
      version.value = answer.version;
      adopt(answer.text);
      tell(`${sentence} ${words.shown}`);
    }

    function tell(words) {
      still(form, () => {
        notice.replaceChildren(words);
        notice.hidden = false;
      });
    }
  }

  function conflict() {
    clash = true;
    after.pop();
    say("error", words.conflict);
    const button = Object.assign(document.createElement("button"), { type: "submit", textContent: words.decide });
    button.className = "link-button";
    status.append(button); // sends what stands there now, and leads to the page where one decides
  }

  function refused(answer, carried) {
    refusal = carried;
    failures = 0;
    after.pop();
    say("error", `${words.failed} ${answer.sentence}`);
  }

  function tooBig(_answer, carried) {
    refused({ sentence: words.tooBig }, carried);
  }

  function failed(answer) {
    failures += 1;
    if (answer.state === "login") {
      say("error", words.login, form.dataset.login, words.toLogin);
      askForLogin(save);
    } else say("error", words.retry);
    clearTimeout(timer);
    timer = setTimeout(save, wait(failures));
  }

  // What the server refuses is shown on the page it makes of it, with a sentence beside every field.
  function submitPlainly(button, pairs = []) {
    store.forget();
    leaving = true;
    for (const field of form.querySelectorAll("[data-attempt]")) field.remove();
    addField("save", crypto.randomUUID());
    for (const before of after) addField("after", before);
    for (const [name, value] of pairs) addField(name, value);
    if (button?.name) addField(button.name, button.value);
    form.submit();
  }

  function addField(name, value) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.attempt = "";
    form.append(field);
  }

  function offerKept() {
    const kept = store.kept();
    if (!kept?.pairs) return;
    if (JSON.stringify(kept.pairs) === fingerprint() || form.matches("[data-unsaved]")) return store.forget();
    const box = document.getElementById("kept-here").content.cloneNode(true).firstElementChild;
    box.querySelector("[data-kept-text]").textContent = kept.texts.join("\n");
    box.querySelector("[data-take]").addEventListener("click", () => take(kept, box));
    box.querySelector("[data-drop]").addEventListener("click", () => {
      store.forget();
      box.remove();
      (text ?? form.querySelector("input:not([type=hidden]), select")).focus();
    });
    form.prepend(box);
  }

  // A text is put back where it was; rows go to the server, which joins them with what stands there now.
  function take(kept, box) {
    version.value = kept.version;
    after = kept.after ?? [];
    if (!text) {
      for (const field of [...form.elements])
        if (!["version", "csrfmiddlewaretoken"].includes(field.name)) field.disabled = true;
      return submitPlainly(null, kept.pairs);
    }
    text.value = kept.pairs.find(([name]) => name === text.name)?.[1] ?? "";
    box.remove();
    text.dispatchEvent(new Event("portal:replaced"));
    changed();
    text.focus();
  }

  function say(stage, sentence, url, label) {
    if (status.textContent === sentence) return;
    status.className = `stage stage--${stage}`;
    const part = document.createElement("span");
    part.textContent = sentence;
    if (url) {
      const link = Object.assign(document.createElement("a"), { href: url, textContent: label });
      if (url === form.dataset.login) link.target = "_blank";
      part.append(" ", link);
    }
    status.replaceChildren(part);
  }
}

/* To another page, or to this one made anew, also when only the place on it is another. */
function go(address) {
  const target = new URL(address, location.href);
  if (target.hash && target.pathname === location.pathname && target.search === location.search) {
    history.replaceState(null, "", target);
    location.reload();
  } else location.assign(target);
}
