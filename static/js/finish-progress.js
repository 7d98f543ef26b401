/* Shows how far finishing is without loading the page anew; what came of it is the page itself. Without it somebody presses a link. */

const EVERY = 2_000;
const PASSING = [408, 425, 429]; // answers after which asking again may help

const place = globalThis.document?.querySelector("[data-progress]");
if (place) {
  place.querySelector("[data-progress-by-itself]").hidden = false;
  watch(place);
}

export function watch(section, { ask = askPage, reload = () => location.reload(), after = setTimeout } = {}) {
  const again = () => after(look, EVERY);
  again();

  async function look() {
    const page = await ask();
    const fresh = page?.querySelector("[data-progress]");
    if (page && !fresh) return reload();
    if (fresh) show(section, fresh); // else there was no connection for a moment
    again();
  }
}

/* Words that have not changed are left alone, so that nobody hears them again. */
function show(section, fresh) {
  const [words, freshWords] = [section, fresh].map((one) => one.querySelector("[data-progress-words]"));
  if (words.textContent !== freshWords.textContent) words.textContent = freshWords.textContent;
  const [long, freshLong] = [section, fresh].map((one) => one.querySelector("[data-progress-long]"));
  long.hidden = freshLong.hidden;
  section.querySelector("progress").value = fresh.querySelector("progress").value;
}

async function askPage() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer || answer.status >= 500 || PASSING.includes(answer.status)) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
