// The talk itself: what was said, what waits to be sent. Knows no page and draws nothing.

import { Link } from './link.js';

const ACK_MS = 30000;
const GRACE_MS = 3000;
const LOOK_MS = 50;
const SLOW_MS = 6000;
const VERY_SLOW_MS = 16000;
const TOO_FAST_MS = 3500;
const ERASES = /^\/answer.*"delete_my_data".*"yes"/;
const LAST = Number.MAX_SAFE_INTEGER;
const ANSWERED_BY = ['bot', 'clinician'];

/**
 * Entries as in docs/web-protocol.md. Own entries that the server does not know yet have `n: null` and a `status`:
 * waiting, sending or failed. Entries of the widget itself have `from: 'note'`.
 */
export class Talk {
  /** @type {object[]} in the order in which they are shown. */
  entries = [];
  state = 'idle';
  /** '' | 'typing' | 'slow' | 'very_slow' */
  progress = '';
  limit = 1000;
  intro = '';
  #link;
  #tab;
  #tokens;
  #changed;
  #words;
  #busy = false;
  #timers = [];

  /**
   * @param {URL} server where the bot runs.
   * @param {object} tokens storage for the token, shared by the tabs.
   * @param {object} tab storage for what this tab has not sent yet.
   * @param {function} words the catalogue.
   * @param {function(string, *)} changed called with what changed: `reset`, `entry`, `state`, `progress`, `settings`.
   */
  constructor(server, tokens, tab, words, changed) {
    this.#tab = tab;
    this.#tokens = tokens;
    this.#words = words;
    this.#changed = changed;
    this.entries = (tab.get('outbox') ?? []).map((one) => ({ ...one, status: 'waiting' }));
    this.#link = new Link(server, tokens, {
      entry: (entry) => this.#take(entry),
      typing: (on) => this.#show(on ? 'typing' : ''),
      state: (state) => this.#now(state),
      begun: (reply) => this.#begun(reply),
    });
  }

  /** Whether there is an earlier talk to go on with. */
  get known() {
    return Boolean(this.#tokens.get('token'));
  }

  start() {
    this.#link.start();
  }

  stop() {
    this.#link.stop();
    this.#timers.forEach(clearTimeout);
  }

  /**
   * Say something; it is kept until the server has it.
   * @param {string} text words, or a payload.
   * @param {string} [shown] how it reads, for a payload.
   */
  say(text, shown = text) {
    const entry = { n: null, id: newId(), from: 'person', text: shown, send: text, status: 'waiting', at: new Date().toISOString() };
    this.#add(entry);
    this.#save();
    this.#pump();
    return entry;
  }

  /** Send again what was given up. */
  retry(entry) {
    entry.status = 'waiting';
    this.#drop((one) => one.about === entry.id);
    this.#changed('entry', entry);
    this.#save();
    this.#pump();
  }

  /**
   * Delete everything on the server and here.
   * @returns {Promise<string>} the receipt.
   */
  async erase() {
    if (!this.#link.session) throw new Error('offline');
    const reply = await this.#link.session.erase();
    if (!reply.ok && reply.error?.code !== 'session') throw new Error(reply.error?.code);
    this.#tokens.remove('token');
    this.entries = [];
    this.#save();
    this.#changed('reset');
    this.#link.again();
    return reply.receipt ?? '';
  }

  /** Something the widget itself has to say. */
  note(text, about = null) {
    this.#add({ n: null, id: newId(), from: 'note', text, about, at: new Date().toISOString() });
  }

  // --- from the server -----------------------------------------------------------------------

  #begun(reply) {
    this.limit = reply.limits?.characters ?? this.limit;
    this.intro = reply.intro ?? '';
    const waiting = this.entries.filter((one) => one.send && one.n == null);
    const lost = reply.new && this.entries.some((one) => one.n != null);
    const known = new Set(reply.history.map((one) => one.id).filter(Boolean));
    const same = !lost && this.entries.filter((one) => one.n != null).every((one) => reply.history.some((other) => other.n === one.n));
    if (same && this.entries.some((one) => one.n != null)) reply.history.forEach((entry) => this.#take(entry));
    else {
      const notes = this.entries.filter((one) => one.from === 'note' && !one.about);
      this.entries = [...reply.history, ...notes, ...waiting.filter((one) => !known.has(one.id))];
      for (const one of waiting.filter(({ id }) => known.has(id))) Object.assign(this.#find(one.id), { send: one.send, status: 'waiting' });
      this.#changed('reset');
    }
    if (lost) this.note(this.#words('new_talk'));
    this.#changed('settings', reply);
  }

  #take(entry) {
    if (this.entries.some((one) => one.n === entry.n)) return;
    const own = entry.id && this.#find(entry.id);
    if (own) {
      Object.assign(own, { n: entry.n, at: entry.at, text: entry.text.startsWith('/') ? own.text : entry.text });
      this.#sort();
      this.#changed('entry', own);
      return;
    }
    this.#add(entry);
  }

  #now(state) {
    if (state === this.state) return;
    this.state = state;
    this.#changed('state', state);
    if (state === 'online') this.#pump();
    else if (state !== 'connecting') this.#show('');
  }

  // --- to the server -------------------------------------------------------------------------

  get #outbox() {
    return this.entries.filter((one) => one.send && one.status !== 'failed');
  }

  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    for (let [next] = this.#outbox; next && this.#link.session; [next] = this.#outbox) await this.#send(next, this.#link.session);
    this.#busy = false;
    this.#show('');
  }

  async #send(entry, session) {
    entry.status = 'sending';
    this.#changed('entry', entry);
    this.#show('typing');
    let reply = null;
    try {
      reply = await Promise.race([session.say(entry.id, entry.send, ACK_MS), session.ended.then(() => null)]);
    } catch {
      reply = null; // no ack: the same id is sent again on a fresh connection
    }
    if (reply?.ok) await this.#sent(entry, session);
    else if (reply) await this.#refused(entry, reply.error ?? {});
    else {
      entry.status = 'waiting';
      this.#changed('entry', entry);
      if (session === this.#link.session) this.#link.again();
      await session.ended;
    }
  }

  /** The turn is done; an answer must have come, or comes within moments. */
  async #sent(entry, session) {
    const answered = () => this.entries.slice(this.entries.indexOf(entry)).some((one) => ANSWERED_BY.includes(one.from));
    const until = Date.now() + GRACE_MS;
    while (!answered() && Date.now() < until && session === this.#link.session) await pause(LOOK_MS);
    if (!answered() && session !== this.#link.session) {
      entry.status = 'waiting'; // the answer got lost with the line: asked for again under the same id
      return;
    }
    if (!answered()) {
      Object.assign(entry, { n: null, id: newId() }); // the server holds an empty answer under the old id
      this.#fail(entry, this.#words('no_answer'));
      return;
    }
    const erased = ERASES.test(entry.send);
    delete entry.send;
    delete entry.status;
    this.#save();
    this.#changed('entry', entry);
    if (!erased) return;
    this.entries = this.entries.slice(this.entries.indexOf(entry)); // the server has forgotten the rest
    this.#changed('reset');
  }

  async #refused(entry, error) {
    if (error.code === 'too_fast') {
      entry.status = 'waiting';
      this.#changed('entry', entry);
      await pause(TOO_FAST_MS);
    } else if (error.code === 'session') {
      this.#tokens.remove('token');
      this.#link.again();
      await this.#link.session?.ended;
    } else this.#fail(entry, error.text || this.#words('no_answer'));
  }

  /** Given up for now: the person is told, and can try again. */
  #fail(entry, text) {
    entry.status = 'failed';
    this.#save();
    this.#changed('entry', entry);
    this.note(text, entry.id);
  }

  // --- the list ------------------------------------------------------------------------------

  #find = (id) => this.entries.find((one) => one.id === id);

  #add(entry) {
    this.entries.push(entry);
    this.#sort();
    this.#changed('entry', entry);
  }

  #drop(unwanted) {
    this.entries.filter(unwanted).forEach((entry) => this.#changed('gone', entry));
    this.entries = this.entries.filter((entry) => !unwanted(entry));
  }

  /** Numbered entries in their order; notes stay behind what they followed; unsent ones come last. */
  #sort() {
    let last = 0;
    const places = new Map();
    for (const entry of this.entries) {
      last = entry.n ?? (entry.from === 'person' ? LAST : last);
      places.set(entry, last);
    }
    this.entries.sort((one, other) => places.get(one) - places.get(other));
  }

  #save() {
    const outbox = this.#outbox.map(({ id, from, text, send, at }) => ({ n: null, id, from, text, send, at }));
    if (outbox.length) this.#tab.set('outbox', outbox);
    else this.#tab.remove('outbox');
  }

  #show(progress) {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
    if (progress === 'typing') {
      this.#timers = [
        setTimeout(() => this.#progress('slow'), SLOW_MS),
        setTimeout(() => this.#progress('very_slow'), VERY_SLOW_MS),
      ];
    }
    this.#progress(progress);
  }

  #progress(progress) {
    if (progress === this.progress) return;
    this.progress = progress;
    this.#changed('progress', progress);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** An id that no other message has; `randomUUID` is only there on secure pages. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
