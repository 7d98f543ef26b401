/* Sends what somebody has typed in the background, and judges what comes back.

   An answer has a `state`, the word of the server, and an `outcome`, which says what is to be done about it:

   taken      it is saved
   conflict   somebody else changed the same words; a person decides
   invalid    the server says what is wrong with it
   refused    it is too much at once
   login      nobody is logged in any more
   passing    nobody was reached; the same attempt may succeed later
   ended      no further attempt would change the answer */

const OUTCOMES = {
  saved: "taken",
  merged: "taken",
  unchanged: "taken",
  here: "taken",
  conflict: "conflict",
  invalid: "invalid",
  login: "login",
  closed: "ended",
  denied: "ended",
};
const PASSING = new Set([408, 425, 429]);
const TOO_MUCH = new Set([400, 413]);
const PATIENCE = 30_000;

export async function ask(address, body, form, patience = PATIENCE) {
  try {
    return await within(patience, async (signal) => judge(await read(await post(address, body, form, { signal }))));
  } catch {
    return { state: "unreachable", outcome: "passing" };
  }
}

/* Sends a form's fields with the newest token there is. A redirect is an answer, too. */
export function post(address, body, form, { headers = {}, signal } = {}) {
  const csrf = token(form);
  body.set("csrfmiddlewaretoken", csrf);
  return fetch(address, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": csrf, ...headers },
    redirect: "manual",
    signal,
  });
}

export function token(form) {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/); // newer than the form's after a login elsewhere
  return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
}

/* Gives up after so many milliseconds. Older browsers do not know `AbortSignal.timeout`. */
export async function within(milliseconds, act) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/* The status and, where the answer is JSON, what it says. One that breaks off in the middle is lost: this throws. */
export async function read(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  return { status: response.status, said: isJson ? await response.json() : null };
}

/* What comes from no portal (the login page of a hotel's network, a proxy) has the state `foreign`. */
export function judge({ status, said }) {
  if (status >= 500 || PASSING.has(status)) return { state: `${status}`, outcome: "passing" };
  if (Object.hasOwn(OUTCOMES, said?.state ?? "")) return { ...said, outcome: OUTCOMES[said.state] };
  if (TOO_MUCH.has(status)) return { state: "too much", outcome: "refused" };
  return { state: "foreign", outcome: "ended" };
}
