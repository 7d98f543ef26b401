/* Asks for the login in place when it has expired while somebody was writing, so that nobody leaves the page. People who log
   in with a code or a second factor do so in a second window; the link stands in the dialog. */

import { post, read, within } from "./send.js";

const PATIENCE = 30_000;

export function askForLogin(done) {
  const dialog = document.querySelector("dialog[data-login-dialog]");
  if (!dialog || dialog.open) return;
  const form = dialog.querySelector("form");
  const error = dialog.querySelector("[data-login-error]");
  error.textContent = "";
  form.onsubmit = async (event) => {
    event.preventDefault();
    const sentence = await logIn(form, dialog.dataset);
    error.textContent = sentence;
    if (sentence) return;
    form.elements.password.value = "";
    dialog.close();
    done();
  };
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.showModal();
}

/* Empty when somebody is logged in, else a sentence. */
async function logIn(form, words) {
  try {
    const body = new URLSearchParams(new FormData(form));
    const headers = { "X-Requested-With": "XMLHttpRequest" };
    const { status, said } = await within(PATIENCE, async (signal) =>
      read(await post(form.action, body, form, { headers, signal })),
    );
    if (!said) return status === 429 || status >= 500 ? words.failed : words.elsewhere;
    if (status < 400) return said.location?.includes("/2fa/") ? words.second : "";
    const errors = Object.values(said.form?.fields ?? {}).flatMap((field) => field.errors);
    return [...(said.form?.errors ?? []), ...errors].join(" ") || said.sentence || words.failed;
  } catch {
    return words.failed;
  }
}
