/* Decides when a page that saves itself saves and tries again, and knows at any moment whether it is saved. It knows no
   page, no network and no storage, only what it is given, so that a test can lose, delay and double answers. It is always
   in one of these states:

   saved      everything is saved
   writing    something is not, and nothing is due yet: somebody is still in the row
   waiting    it is sent when the pause is over
   sending    an attempt is under way; there are never two at once
   failing    the last attempt reached nobody, or a login is needed; the next one has its time
   unheard    a button reached nobody, but nothing is unsaved
   refused    it cannot be taken as it stands, and is sent again when it has changed
   clashing   somebody else changed the same words, and a person decides
   ended      no further attempt would change the answer; only a person tries again
   leaving    the page goes elsewhere, and nothing is sent any more

                    change              pause over               nothing left to send
     saved ───────────────────▶ waiting ──────────▶ sending ──────────────────────────▶ saved
       │                         ▲ ▲ ▲              │ │ │ │
       │ change in a row         │ │ │ more written │ │ │ │ reached nobody      its time, online, back on the page
       └───────────▶ writing ────┘ │ └──────────────┘ │ │ └──────────▶ failing ───────────────────────────▶ sending
                       row left    │ change           │ │              a person presses a button
                                   └───── refused ◀───┘ └─▶ clashing, ended ──────────────────────────────▶ sending

   A change that is undone leads back to `saved` from anywhere but `sending`. */

const PAUSE = 1000; // after this long without a key
const LATEST = 10_000; // and at least this often while somebody types
const WAITS = [2, 4, 8, 15, 30, 60]; // seconds before an attempt that failed is repeated; the last one stays
const PATIENCE = 30_000; // so long the next page may take
const MOST_ATTEMPTS = 200; // the server looks no further back

/* What the words on the page were made from: the version the page has seen, and the attempts whose texts it still shows,
   because they were merged with somebody else's or never answered (see Draft.save_content). */
export class Base {
  after = [];

  /* `field` holds the version, so that the form can be sent by a browser, too. */
  constructor(field = { value: "" }) {
    this.field = field;
  }

  get version() {
    return this.field.value;
  }

  set version(version) {
    this.field.value = version;
  }

  begin(attempt) {
    this.after = [...this.after, attempt].slice(-MOST_ATTEMPTS); // until it is answered nobody knows whether it arrived
  }

  drop(attempt) {
    this.after = this.after.filter((earlier) => earlier !== attempt);
  }

  follow(answer, attempt) {
    if (!answer.same && answer.state !== "merged") return this.drop(attempt);
    this.after = answer.same ? [] : [attempt]; // merged: the page still shows what was sent
    this.version = String(answer.version);
  }
}

/* The parts it is given:

   page    read() what stands there as one string, served() the same as the server sent it, copy() what to keep of it,
           letter({ attempt, after, pressed }) what to send, fill(pairs) to put a copy back. It is told: show(state, answer),
           taken(answer, isUntouched), onward(answer, button) when a button may lead on, correct(button) where the server
           shows what is wrong, decide(answer) where two texts stand side by side
   send    takes a letter, promises an answer (send.js)
   store   the copies this browser keeps (keep.js)
   eager   whether a change is due by itself, or only when its row is left */
export class Saver {
  state = "saved";
  answer = null;
  isKept = true;
  #failures = 0;
  #isUncertain = false; // an attempt was never answered, so nobody knows what the server holds
  #onward = null;
  #pressed = null;
  #running = null;
  #saved = "";
  #sent = { attempt: "", words: null };
  #since = 0;
  #timer = 0;
  #turn = 0; // how often another text was put here

  constructor({ page, send, store, clock = globalThis, base = new Base(), eager = true, isUnsaved = false }) {
    Object.assign(this, { page, send, store, clock, base, eager });
    this.#saved = isUnsaved ? "" : page.served();
  }

  /* What the server is known to hold. */
  get saved() {
    return this.#saved;
  }

  get isUnsaved() {
    return this.#isUncertain || this.page.read() !== this.#saved;
  }

  get isIdle() {
    return !this.isUnsaved && !this.#running;
  }

  /* Looks at the page as it is now. The browser may have put back what stood there before it was closed: then that was made
     from what the page of then had seen. */
  look() {
    const copy = this.isUnsaved && this.store.alike(this.page.read());
    if (copy) this.#begin(copy);
    this.stay();
    return copy;
  }

  /* The page may hold something else now. */
  change() {
    if (!this.isUnsaved) return this.#undone();
    this.#keep();
    if (this.state === "leaving") return;
    if (this.eager) this.#since ||= this.clock.Date.now();
    if (this.#running || this.state === "failing") return;
    if (this.state === "refused" && this.page.read() === this.#sent.words) return;
    if (this.state === "clashing" || this.state === "ended") return this.#become(this.state, this.answer);
    if (this.eager) this.#schedule();
    else if (this.state !== "waiting") this.#become("writing");
  }

  /* Somebody has left the row they changed. */
  settle() {
    if (this.state === "writing" || this.state === "waiting") this.#schedule();
  }

  /* The pause is over, the network is back, the login done, or somebody looks at the page again. */
  wake() {
    if (!["refused", "clashing", "ended", "leaving"].includes(this.state) && this.isUnsaved) this.#run();
  }

  /* A person asks for another attempt, whatever was answered before. */
  retry() {
    if (this.state !== "leaving") this.#run();
  }

  /* A button saves, and leads on when everything is safe. It waits for an attempt that is under way. */
  press(button = null) {
    if (this.state === "leaving") return;
    this.#pressed = { button };
    this.#run();
  }

  /* The page holds what the server has. */
  adopt() {
    this.base.after = [];
    this.#isUncertain = false;
    this.#saved = this.page.read();
    this.#undone();
  }

  /* Puts a kept copy on the page. What is unsaved there stays kept, as of a page that is gone; false where there is no room.
     An attempt under way belongs to what stood there: its answer changes nothing here. */
  take(copy) {
    if (this.isUnsaved) this.#keep();
    if (this.isUnsaved && !this.isKept) return false;
    if (this.isUnsaved) this.store.renew();
    this.#stop();
    this.#turn += 1;
    this.#failures = 0;
    this.#isUncertain = false;
    this.page.fill(copy.pairs);
    this.#begin(copy);
    this.state = "writing";
    this.change();
    if (this.isKept) this.store.discard(copy);
    return true;
  }

  /* Nothing is sent from here on; resolves when the attempt under way was answered. If the next page never comes, this one
     goes on. */
  async leave() {
    this.#stop();
    this.state = "leaving";
    this.#timer = this.clock.setTimeout(() => this.stay(), PATIENCE);
    await this.#running;
  }

  /* The page was not left after all, or somebody came back to it. */
  stay() {
    if (this.state === "leaving") {
      this.#stop();
      this.state = "writing";
    }
    this.change();
  }

  #begin({ version, after }) {
    this.base.version = version;
    this.base.after = after ?? [];
  }

  #keep() {
    const { version, after } = this.base;
    const attempt = this.page.read() === this.#sent.words ? this.#sent.attempt : "";
    this.isKept = this.store.keep({ ...this.page.copy(), version, after, attempt });
  }

  #undone() {
    if (this.#running || this.state === "leaving") return;
    this.store.withdraw();
    this.#stop();
    this.#failures = 0;
    if (this.state !== "saved") this.#become("saved");
  }

  #schedule() {
    const now = this.clock.Date.now();
    this.#since ||= now;
    this.#arm(Math.max(0, Math.min(PAUSE, this.#since + LATEST - now)));
    this.#become("waiting");
  }

  #arm(milliseconds) {
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.clock.setTimeout(() => this.wake(), milliseconds);
  }

  #stop() {
    this.clock.clearTimeout(this.#timer);
    this.#since = 0;
  }

  #become(state, answer = null) {
    if (this.state === "leaving") return;
    this.state = state;
    this.answer = answer;
    this.page.show(state, answer);
  }

  #run() {
    this.#running ||= this.#attempt();
  }

  async #attempt() {
    const [pressed, turn] = [this.#pressed, this.#turn];
    this.#pressed = null;
    this.#stop();
    const [attempt, words] = [crypto.randomUUID(), this.page.read()];
    const letter = this.page.letter({ attempt, after: this.base.after, pressed });
    this.base.begin(attempt);
    this.#sent = { attempt, words };
    if (this.isUnsaved) this.#keep();
    if (pressed || !this.#failures) this.#become("sending");
    const answer = await this.send(letter);
    this.#running = null;
    if (turn === this.#turn) this.#answered(answer, attempt, words, pressed);
    else this.#outlived(answer, words);
    if (this.#pressed && this.state !== "leaving") this.#run();
  }

  /* Another text was put here meanwhile. */
  #outlived(answer, words) {
    if (answer.outcome === "taken") this.store.forget(words);
    this.change();
  }

  #answered(answer, attempt, words, pressed) {
    if (answer.outcome !== "taken") this.#onward = null;
    if (answer.outcome === "taken") this.#taken(answer, attempt, words, pressed);
    else if (answer.outcome === "passing" || answer.outcome === "login") this.#failed(answer, attempt, words);
    else this.#declined(answer, attempt, words, pressed);
  }

  #taken(answer, attempt, words, pressed) {
    this.#failures = 0;
    this.#isUncertain = false;
    this.#saved = words;
    this.base.follow(answer, attempt);
    this.store.forget(words);
    if (pressed) this.#onward = { answer, button: pressed.button };
    this.page.taken(answer, this.page.read() === words);
    if (!this.isUnsaved) this.store.withdraw();
    if (this.state === "leaving") return;
    if (this.isUnsaved) return this.#follow();
    this.#stop();
    this.#become("saved", answer);
    if (this.#onward) this.#go(() => this.page.onward(this.#onward.answer, this.#onward.button));
  }

  /* More was written since: a button takes it along at once, else it has its own pause. */
  #follow() {
    this.state = "writing";
    if (this.#onward) this.#run();
    else this.change();
  }

  #failed(answer, attempt, words) {
    if (answer.outcome === "login" || !(this.#isUncertain || words !== this.#saved)) this.base.drop(attempt);
    else this.#isUncertain = true;
    if (this.state === "leaving") return;
    if (!this.isUnsaved) return this.#become("unheard", answer);
    this.#keep();
    this.#failures += 1;
    this.#arm(WAITS[Math.min(this.#failures, WAITS.length) - 1] * 1000);
    this.#become("failing", answer);
  }

  #declined(answer, attempt, words, pressed) {
    if (answer.state === "foreign") this.#isUncertain ||= words !== this.#saved;
    else this.base.drop(attempt);
    this.#failures = 0;
    if (answer.outcome === "conflict") {
      if (!pressed) return this.#become("clashing", answer);
      this.store.forget(words); // the server keeps them until a person has decided
      return this.#go(() => this.page.decide(answer));
    }
    if (answer.outcome === "invalid" && pressed) return this.#go(() => this.page.correct(pressed.button));
    if (answer.outcome === "ended") return this.#become("ended", answer);
    this.#become("refused", answer);
    this.change(); // more may have been written since
  }

  #go(way) {
    this.leave();
    way();
  }
}
