/* Sends what somebody has typed in the background, and says what became of it in one word (`state`). */

export async function ask(address, body, form) {
  try {
    body.set("csrfmiddlewaretoken", token(form));
    const headers = { Accept: "application/json", "X-CSRFToken": token(form) };
    const signal = AbortSignal.timeout(30_000);
    const response = await fetch(address, { method: "POST", body, headers, redirect: "manual", signal });
    if (response.type === "opaqueredirect") return { state: "login" };
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) return { state: `${response.status}` };
    return await response.json();
  } catch {
    return { state: "unreachable" };
  }
}

export function token(form) {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/); // newer than the form's after a login elsewhere
  return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
}

/* After so many milliseconds an attempt that failed is repeated; the last wait stays. */
export function wait(failures) {
  const seconds = [2, 4, 8, 15, 30, 60];
  return seconds[Math.min(failures, seconds.length) - 1] * 1000;
}
