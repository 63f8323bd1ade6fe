// The window of the chat: header, drawers, conversation, composer. Says to the element when it wants to close.

import { composer } from './composer.js';
import { button, h, icon, newId } from './dom.js';
import { callButtons, helpDrawer, menuDrawer } from './menu.js';
import { Transcript } from './transcript.js';

const QUIET_MS = 1200;

/**
 * What every card may use (the "desk"): `t` words, `talk`, `lang`, `server`, `say(text, shown)`, `prefill(text)`,
 * `print()`, `focusLog()`, `asset(path)`, `picture(path)`, `callButtons()`, `emergency()`, `find(kind, pick)`, `day(date)`.
 */
export class Panel {
  #desk;
  #drawer = null;
  #timer = null;

  /**
   * @param {object} desk with what the element knows: t, talk, lang, server, emergency, dark, print.
   * @param {function} leave closes the window.
   */
  constructor(desk, leave) {
    this.#desk = Object.assign(desk, this.#tools(desk));
    const { t } = desk;
    this.transcript = new Transcript(desk);
    this.composer = composer(desk);
    const title = newId('title');
    this.sos = button(t('emergency'), () => this.#toggle(this.sos, () => helpDrawer(desk)), { class: 'sos', 'aria-expanded': 'false' });
    this.more = button(icon('menu'), () => this.#toggle(this.more, () => this.#menu()), { class: 'icon-only', 'aria-label': t('menu'), 'aria-expanded': 'false' });
    this.status = h('div', { class: 'status', role: 'status', hidden: true });
    this.working = h('span', { role: 'status' });
    this.transcript.typing.append(h('span', { class: 'dots', 'aria-hidden': 'true', hidden: true }, h('i'), h('i'), h('i')), this.working);
    this.place = h('div', { class: 'place' });
    const head = h('header', { class: 'head' },
      h('div', { class: 'names' }, h('h2', { id: title }, t('title'), h('span', { class: 'sub' }, t('subtitle')))), this.sos,
      h('div', { class: 'tools' }, this.more, button(icon('close'), leave, { class: 'icon-only', 'aria-label': t('close') })));
    this.node = h('dialog', { class: 'panel', part: 'panel', tabindex: -1, 'aria-labelledby': title },
      head, this.place, this.status, this.transcript.node, this.composer.node);
    this.node.addEventListener('keydown', (event) => this.#key(event, leave));
    this.node.addEventListener('cancel', (event) => event.preventDefault());
  }

  /** Open emergency help, with the keyboard on the first number. */
  help() {
    if (this.#drawer !== this.sos) this.#toggle(this.sos, () => helpDrawer(this.#desk));
    this.place.querySelector('a')?.focus();
  }

  /** The numbers are known now: draw them again where they are shown. */
  redrawHelp() {
    if (this.#drawer !== this.sos) return;
    const inside = this.place.contains(this.node.getRootNode().activeElement);
    this.place.replaceChildren(helpDrawer(this.#desk));
    if (inside) this.help();
  }

  /** Whether the line is up. */
  showState(state) {
    const { t } = this.#desk;
    clearTimeout(this.#timer);
    const words = { offline: t('offline'), unreachable: t('unreachable'), refused: t('refused'), connecting: t('connecting') }[state];
    const was = this.status.textContent;
    const put = (text) => {
      this.status.textContent = text;
      this.status.hidden = !text;
    };
    if (words && state !== 'connecting') put(words);
    else if (state === 'connecting') this.#timer = was ? null : setTimeout(() => put(words), QUIET_MS);
    else if (was) {
      put(t('back_online'));
      this.#timer = setTimeout(() => put(''), QUIET_MS * 2);
    }
  }

  /** How long the answer takes. */
  showProgress(progress) {
    const { t } = this.#desk;
    clearTimeout(this.waits);
    this.transcript.typing.firstChild.hidden = !progress;
    const words = { typing: t('typing'), slow: t('slow'), very_slow: t('very_slow') }[progress] ?? '';
    if (progress === 'typing') this.waits = setTimeout(() => (this.working.textContent = words), QUIET_MS);
    else this.working.textContent = words;
  }

  #tools(desk) {
    return {
      say: (text, shown) => desk.talk.say(text, shown),
      prefill: (text) => this.composer.prefill(text),
      focusLog: () => this.transcript.focus(),
      asset: (path) => (/^https?:/.test(path) ? desk.server.origin + new URL(path).pathname : new URL(path.replace(/^\//, ''), desk.server).href),
      picture: (path) => desk.asset(desk.dark() ? path.replace('.light.', '.dark.') : path),
      callButtons: () => callButtons(desk.emergency(), desk.t),
      find: (kind, pick) => desk.talk.entries.filter((one) => one.card?.kind === kind).map((one) => pick(one.card)).findLast(Boolean),
      day: (date) => new Date(`${date.slice(0, 10)}T12:00:00`).toLocaleDateString(desk.lang, { day: 'numeric', month: 'short' }),
    };
  }

  #menu() {
    return menuDrawer(this.#desk, (drawer) => {
      this.place.replaceChildren(drawer);
      drawer.querySelector('[data-first]').focus();
    }, () => this.#shut());
  }

  #toggle(opener, make) {
    const same = this.#drawer === opener;
    this.#shut(!same);
    if (same) return;
    this.#drawer = opener;
    opener.setAttribute('aria-expanded', 'true');
    this.place.replaceChildren(make());
  }

  /** Close the drawer; the keyboard goes back to its button when it was inside. */
  #shut(keep = false) {
    const opener = this.#drawer;
    const inside = this.place.contains(this.node.getRootNode().activeElement);
    this.#drawer = null;
    opener?.setAttribute('aria-expanded', 'false');
    this.place.replaceChildren();
    if (opener && inside && !keep) opener.focus();
  }

  #key(event, leave) {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#drawer) {
      const opener = this.#drawer;
      this.#shut();
      opener.focus();
    } else leave();
  }
}
