/* Asks for the login in place when it has expired while somebody was writing, so that nobody leaves the page.
   Whoever logs in with a code or a second factor does so in a second window; the link stands in the dialog. */

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

async function logIn(form, words) {
  const body = new URLSearchParams(new FormData(form));
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (cookie) body.set("csrfmiddlewaretoken", cookie[1]);
  try {
    const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", body, headers });
    const answer = await response.json();
    if (response.ok) return answer.location?.includes("/2fa/") ? words.second : "";
    const errors = Object.values(answer.form?.fields ?? {}).flatMap((field) => field.errors);
    return [...(answer.form?.errors ?? []), ...errors].join(" ") || words.failed;
  } catch {
    return words.failed;
  }
}
