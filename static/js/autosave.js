/* Saves a section by itself, says what became of it, and keeps in the browser what could not be sent.
   Without it the form works the same, with its button. Each attempt has an identifier, so that an answer that got lost
   costs nothing: the next attempt names those before it (see Draft.save_content). */

const PAUSE = 1000; // after this long without a key
const LATEST = 10_000; // and at least this often while somebody types
const WAITS = [2, 4, 8, 15, 30, 60].map((seconds) => seconds * 1000);
const KEEP = 14 * 24 * 60 * 60 * 1000;

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
  let saved = fingerprint(form);
  let timer = 0;
  let since = 0;
  let failures = 0;
  let refusal = ""; // what was refused is not sent again by itself until something changes
  let clash = false; // nothing more is sent by itself until a person has decided
  let leaving = false;
  let pending = null; // what somebody else wrote meanwhile, shown when the cursor is elsewhere

  offerKept();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", left);
  form.addEventListener("submit", submitting);
  window.addEventListener("online", () => unsaved() && save());
  document.addEventListener("visibilitychange", () => document.hidden && unsaved() && save());
  window.addEventListener("beforeunload", (event) => unsaved() && !leaving && event.preventDefault());

  function unsaved() {
    return fingerprint(form) !== saved;
  }

  function changed() {
    if (!unsaved()) return;
    pending = null;
    if (text) store.keep(text.value, version.value, after);
    if (clash || fingerprint(form) === refusal) return;
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
    clearTimeout(timer);
    since = 0;
    const attempt = crypto.randomUUID();
    sent = { print: fingerprint(form) };
    const body = new URLSearchParams(new FormData(form));
    body.set("csrfmiddlewaretoken", token(form));
    body.append("save", attempt);
    for (const before of after) body.append("after", before);
    after = [...after, attempt].slice(-200); // until it is answered nobody knows whether it got through
    const answer = await ask(body);
    const carried = sent;
    sent = null;
    if (answer.state in settled) settled[answer.state](answer, carried, attempt);
    else failed(answer);
  }

  async function ask(body) {
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": token(form) };
      const signal = AbortSignal.timeout(30_000);
      const response = await fetch(form.action, { method: "POST", body, headers, redirect: "manual", signal });
      if (response.type === "opaqueredirect") return { state: "login" };
      if (!response.headers.get("Content-Type")?.startsWith("application/json")) return { state: `${response.status}` };
      return await response.json();
    } catch {
      return { state: "unreachable" };
    }
  }

  const settled = { saved: done, merged: done, unchanged: done, conflict, invalid: refused, closed: refused };

  function done(answer, carried, attempt) {
    failures = 0;
    const untouched = fingerprint(form) === carried.print;
    if (answer.same) {
      after = [];
      version.value = answer.version;
    } else if (answer.state === "merged") {
      after = [attempt]; // the page still shows what was sent from there
      version.value = answer.version;
    } else after.pop();
    saved = carried.print;
    if (!answer.same && text && untouched) show(answer);
    if (unsaved()) return text ? schedule() : undefined;
    store.forget();
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
    saved = fingerprint(form);
    text.dispatchEvent(new Event("portal:replaced"));
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
    refusal = carried.print;
    failures = 0;
    after.pop();
    say("error", `${words.failed} ${answer.sentence}`);
  }

  function failed(answer) {
    failures += 1;
    if (answer.state === "login") say("error", words.login, form.dataset.login, words.toLogin);
    else say("error", words.retry);
    clearTimeout(timer);
    timer = setTimeout(save, WAITS[Math.min(failures, WAITS.length) - 1]);
  }

  async function submitting(event) {
    if (sent) { // never two at once: wait for the answer, then press the same button again
      event.preventDefault();
      const button = event.submitter;
      const wait = setInterval(() => {
        if (sent) return;
        clearInterval(wait);
        form.requestSubmit(button);
      }, 50);
      return;
    }
    clearTimeout(timer);
    leaving = true;
    form.querySelectorAll("[data-attempt]").forEach((field) => field.remove());
    addField("save", crypto.randomUUID());
    for (const before of after) addField("after", before);
  }

  function addField(name, value) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.attempt = "";
    form.append(field);
  }

  function offerKept() {
    const kept = store.kept();
    if (!kept || !text) return;
    if (kept.text === text.value || form.querySelector("[data-error-summary]")) return store.forget();
    const box = document.getElementById("kept-here").content.cloneNode(true).firstElementChild;
    box.querySelector("[data-kept-text]").textContent = kept.text;
    box.querySelector("[data-take]").addEventListener("click", () => {
      text.value = kept.text;
      version.value = kept.version;
      after = kept.after ?? [];
      box.remove();
      text.dispatchEvent(new Event("portal:replaced"));
      changed();
      text.focus();
    });
    box.querySelector("[data-drop]").addEventListener("click", () => {
      store.forget();
      box.remove();
      text.focus();
    });
    form.prepend(box);
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

function fingerprint(form) {
  const pairs = [...new FormData(form)].filter(([name]) => !["version", "csrfmiddlewaretoken", "save", "after"].includes(name));
  return JSON.stringify(pairs);
}

function token(form) {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/); // newer than the form's after a login elsewhere
  return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
}

function storeOf(element) {
  return keeper(`schmiede:${element.dataset.person}:${element.dataset.section}`);
}

// What could not be sent stays in the browser, per person and section. A browser without storage keeps nothing.
function keeper(key) {
  const attempt = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  return {
    keep: (text, version, after) => attempt(() => localStorage.setItem(key, JSON.stringify({ text, version, after, at: Date.now() }))),
    forget: () => attempt(() => localStorage.removeItem(key)),
    kept: () =>
      attempt(() => {
        const found = JSON.parse(localStorage.getItem(key));
        if (found && Date.now() - found.at < KEEP) return found;
        localStorage.removeItem(key);
        return null;
      }),
  };
}
