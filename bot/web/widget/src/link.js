// Keeps a session open: socket first, plain HTTP where no socket gets through, and again after every break.

import { connectHttp } from './http.js';
import { connectSocket } from './socket.js';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10000;
const FINAL = ['bad'];

export class Link {
  #server;
  #tokens;
  #events;
  #session = null;
  #run = 0;
  #running = false;
  #wake = () => {};

  /**
   * @param {URL} server where the bot runs.
   * @param {object} tokens storage that holds `token`.
   * @param {{entry, typing, state, begun}} events listeners; `state` gets connecting, online, offline, unreachable, refused.
   */
  constructor(server, tokens, events) {
    this.#server = server;
    this.#tokens = tokens;
    this.#events = events;
  }

  /** The open session, or null. */
  get session() {
    return this.#session;
  }

  /** Connect, and stay connected. */
  start() {
    if (this.#running) return;
    this.#running = true;
    addEventListener('online', this.#online);
    addEventListener('offline', this.#offline);
    this.#stay((this.#run += 1));
  }

  /** Hang up. */
  stop() {
    this.#running = false;
    removeEventListener('online', this.#online);
    removeEventListener('offline', this.#offline);
    this.again();
  }

  /** Drop the connection, as it may be dead, and make a new one. */
  again() {
    this.#session?.close();
    this.#wake();
  }

  #online = () => this.#wake();

  #offline = () => {
    this.#events.state('offline');
    this.#session?.close();
  };

  async #stay(run) {
    let pause = FIRST_PAUSE;
    this.#events.state('connecting');
    while (this.#running && run === this.#run) {
      const session = navigator.onLine ? await this.#connect() : null;
      if (session === 'refused') return this.#events.state('refused');
      if (session && this.#running) {
        pause = FIRST_PAUSE;
        await this.#hold(session);
      } else session?.close();
      if (!this.#running || run !== this.#run) break;
      this.#events.state(navigator.onLine ? (session ? 'connecting' : 'unreachable') : 'offline');
      await this.#rest(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    return undefined;
  }

  /** A session; null when there is none to be had now. */
  async #connect() {
    for (const connect of [connectSocket, connectHttp]) {
      try {
        const session = await connect(this.#server, this.#tokens.get('token'), this.#events);
        if (session.begun.ok) return session;
        session.close();
        return FINAL.includes(session.begun.error?.code) ? 'refused' : null;
      } catch {
        continue; // this way is closed; the next may be open
      }
    }
    return null;
  }

  async #hold(session) {
    this.#session = session;
    this.#tokens.set('token', session.begun.token);
    this.#events.begun(session.begun);
    this.#events.state('online');
    await session.ended;
    this.#session = null;
  }

  /** Wait, but no longer than until something changes. */
  #rest(ms) {
    return new Promise((done) => {
      const timer = setTimeout(done, navigator.onLine ? ms * (0.75 + Math.random() / 2) : 3600e3);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
