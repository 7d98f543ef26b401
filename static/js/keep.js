/* Keeps in the browser what could not be sent, for fourteen days at most: the fields of a form as they would have been sent.

   Every page keeps a copy of its own, under its person, its section and a name that is new each time the page is loaded. So
   no page overwrites what another one holds, and a page that was duplicated or restored begins anew. A copy goes when its
   words were saved, or when a person takes or discards it. A browser without storage keeps nothing. */

const PREFIX = "schmiede";
const CLEARED = "schmiede-geleert"; // set for a moment, so that the other pages hear of it
const LONGEST = 14 * 24 * 60 * 60 * 1000;

/* The copies of one person in one section. */
export class Copies {
  page = crypto.randomUUID();
  #isPaused = false;
  #words = null;

  constructor({ person, section }, storage = localStore(), now = Date.now) {
    this.place = `${PREFIX}:${person}:${section}`;
    this.storage = storage;
    this.now = now;
  }

  /* Keep what stands on this page, with the time when it was written; false if the browser does not. */
  keep(copy) {
    if (this.#isPaused) return false;
    const isSame = this.#words === wordsOf(copy);
    this.#words = wordsOf(copy);
    const at = (isSame && parsed(this.storage, this.#key)?.at) || this.now();
    const value = JSON.stringify({ ...copy, at });
    const write = () => {
      this.storage.setItem(this.#key, value);
      return true;
    };
    return safely(write) ?? safely(() => sweep(this.storage, this.now()) && write()) ?? false;
  }

  /* Nothing on this page is unsaved any more. */
  withdraw() {
    remove(this.storage, this.#key);
  }

  /* The person has logged out elsewhere and wants nothing kept; until something is saved from here again. */
  pause() {
    this.#isPaused = true;
    this.withdraw();
  }

  resume() {
    this.#isPaused = false;
  }

  /* Words that were saved need no copy, on whichever page they were written. */
  forget(words) {
    for (const copy of this.#all()) if (isAlike(wordsOf(copy), words)) remove(this.storage, copy.key);
  }

  /* A person took or discarded a copy, with those it stands for. */
  discard({ key, keys = [key] }) {
    for (const name of keys) remove(this.storage, name);
  }

  /* An attempt has reached the server, which keeps it or shows it. */
  forgetAttempt(name) {
    for (const copy of this.#others()) if (name && copy.attempt === name) remove(this.storage, copy.key);
  }

  /* Leave this page's copy as it is, like that of a page that is gone, and begin another one. */
  renew() {
    this.page = crypto.randomUUID();
    this.renewed();
  }

  renewed() {}

  /* The copy of another page that holds these words. */
  alike(words) {
    return this.#others().find((copy) => isAlike(wordsOf(copy), words));
  }

  /* The names of the other pages that have a copy here. */
  pages() {
    return this.#others().map(({ page }) => page);
  }

  /* The copies of other pages, newest first; of equal ones the newest, which stands for all (`keys`). */
  others(isMeant = () => true) {
    const copies = this.#others().filter(isMeant);
    const alike = (copy) => copies.filter((other) => isAlike(wordsOf(other), wordsOf(copy)));
    return copies
      .filter((copy) => alike(copy)[0] === copy)
      .map((copy) => ({ ...copy, keys: alike(copy).map(({ key }) => key) }));
  }

  get #key() {
    return `${this.place}:${this.page}`;
  }

  #others() {
    return this.#all().filter((copy) => copy.key !== this.#key);
  }

  #all() {
    return copiesIn(this.storage, this.now()).filter(
      ({ key }) => key === this.place || key.startsWith(`${this.place}:`),
    );
  }
}

/* Everything this person left in this browser that was not saved. */
export function keptBy(person, storage = localStore(), now = Date.now()) {
  return copiesIn(storage, now).filter(({ key }) => key.startsWith(`${PREFIX}:${person}:`));
}

/* Deletes all that, and no open page keeps it again: the others hear of it from the storage, this one from here. */
export function clear(person, storage = localStore(), pages = globalThis) {
  for (const { key } of keptBy(person, storage)) remove(storage, key);
  safely(() => storage.setItem(CLEARED, person));
  remove(storage, CLEARED);
  pages.dispatchEvent(Object.assign(new Event("storage"), { key: CLEARED, newValue: person }));
}

export function whenCleared(person, act, pages = globalThis) {
  pages.addEventListener("storage", ({ key, newValue }) => key === CLEARED && newValue === person && act());
}

/* What stands in a copy, as a page says it of itself (`read` of fields.js). */
export function wordsOf(copy) {
  return JSON.stringify(copy.pairs);
}

/* The same for people to read: in rows, with the names of row and field. */
export function readable(copy) {
  return (copy.named ?? copy.texts ?? []).join("\n");
}

/* The server composes letters, so two spellings are one text. */
export function isAlike(words, others) {
  return words === others || words.normalize("NFC") === others.normalize("NFC");
}

/* Newest first. Until this format there was one copy per section, whose key ends with it. */
function copiesIn(storage, now) {
  sweep(storage, now);
  const copies = keysOf(storage).map((key) => ({ ...parsed(storage, key), key, page: key.split(":")[3] ?? "" }));
  return copies.filter((copy) => Array.isArray(copy.pairs)).sort((earlier, later) => later.at - earlier.at);
}

/* Removes what is too old; always true. */
function sweep(storage, now) {
  for (const key of keysOf(storage)) if (!(now - parsed(storage, key)?.at < LONGEST)) remove(storage, key);
  return true;
}

function keysOf(storage) {
  const names = safely(() => Array.from({ length: storage.length }, (_, place) => storage.key(place)));
  return (names ?? []).filter((name) => name?.startsWith(`${PREFIX}:`));
}

function parsed(storage, key) {
  return safely(() => JSON.parse(storage.getItem(key)));
}

function remove(storage, key) {
  safely(() => storage.removeItem(key));
}

function localStore() {
  return safely(() => globalThis.localStorage) ?? null;
}

function safely(act) {
  try {
    return act();
  } catch {
    return null;
  }
}
