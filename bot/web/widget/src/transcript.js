// The list of what was said. It speaks by itself (role=log): each answer once, never the history.

import { draw } from './cards/index.js';
import { isEmergency } from './cards/care.js';
import { button, h, icon, unseen } from './dom.js';
import { blocks } from './markup.js';

const NEAR_END = 90;

export class Transcript {
  #desk;
  #views = new Map();
  #loud = false;

  /** @param {object} desk see panel.js; its `talk` holds the entries. */
  constructor(desk) {
    this.#desk = desk;
    const { t } = desk;
    this.welcome = h('div', { class: 'welcome' });
    this.list = h('ol', { class: 'list' });
    this.log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-relevant': 'additions', 'aria-label': t('log') }, this.list);
    this.typing = h('div', { class: 'typing' });
    this.scroll = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('log') }, this.welcome, this.log, this.typing);
    this.toEnd = button([icon('down'), t('new_messages')], () => this.#down(), { class: 'main to-end', hidden: true });
    this.scroll.addEventListener('scroll', () => this.#atEnd() && (this.toEnd.hidden = true), { passive: true });
    this.alarm = h('div', { class: 'unseen', role: 'alert' });
    this.node = h('div', { class: 'stage' }, this.scroll, this.toEnd, this.alarm);
    this.reset();
  }

  /** Show what is there, in silence; speak from then on. */
  reset() {
    this.#loud = false;
    this.log.setAttribute('aria-live', 'off');
    this.list.replaceChildren();
    this.#views.clear();
    this.#desk.talk.entries.forEach((entry) => this.#place(entry));
    this.#settle();
    this.#welcome();
    this.#down();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.#loud = true;
      this.log.setAttribute('aria-live', 'polite');
    }));
  }

  /** An entry is new, or changed. */
  update(entry) {
    const near = this.#atEnd();
    const known = this.#views.has(entry);
    this.#place(entry);
    this.#settle();
    this.#welcome();
    if (known) return;
    const view = this.#views.get(entry);
    view.node.firstElementChild?.classList.add('drop');
    this.#alarm(entry);
    if (entry.from === 'person') this.#down();
    else if (near) this.#into(view.node);
    else this.toEnd.hidden = false;
  }

  /** An entry is no longer there. */
  remove(entry) {
    this.#views.get(entry)?.node.remove();
    this.#views.delete(entry);
  }

  /** Put the keyboard on the list itself, where the focused button is about to go. */
  focus() {
    this.scroll.focus({ preventScroll: true });
  }

  // --- drawing -------------------------------------------------------------------------------

  #place(entry) {
    const known = this.#views.get(entry);
    if (known) known.refresh?.();
    else this.#views.set(entry, this.#make(entry));
    const { node } = this.#views.get(entry);
    const { entries } = this.#desk.talk;
    const next = entries.slice(entries.indexOf(entry) + 1).map((one) => this.#views.get(one)?.node).find(Boolean) ?? null;
    if (node.parentNode !== this.list || node.nextSibling !== next) this.list.insertBefore(node, next);
  }

  #make(entry) {
    const { t } = this.#desk;
    if (entry.from === 'person') return this.#own(entry);
    if (entry.from === 'note') {
      const retry = entry.about && h('div', { class: 'row' }, button(t('retry'), () => this.#again(entry), { class: 'choice' }));
      return { node: h('li', { class: 'note' }, unseen(`${t('note')}: `), h('p', null, entry.text), retry) };
    }
    const view = draw(entry, this.#desk);
    const clinician = entry.from === 'clinician';
    const name = clinician ? h('span', { class: 'who' }, t('clinician_name')) : unseen(`${t('bot')}: `);
    const loud = isEmergency(entry.card?.level);
    return { ...view, entry, node: h('li', { class: entry.from, lang: entry.lang, 'aria-live': loud && 'off' }, name, view.node) };
  }

  #own(entry) {
    const { t } = this.#desk;
    const text = h('div', { class: 'bubble' });
    const mark = h('span', { class: 'mark', 'aria-live': 'off' });
    const refresh = () => {
      const online = this.#desk.talk.state === 'online';
      const words = { waiting: t('waiting'), failed: t('not_sent') }[entry.status] ?? '';
      text.replaceChildren(...blocks(t('said')[entry.text] ?? entry.text));
      mark.textContent = entry.status === 'waiting' && online ? '' : words;
    };
    refresh();
    return { entry, refresh, node: h('li', { class: 'person' }, unseen(`${t('you')}: `), text, mark) };
  }

  #again(note) {
    const { talk } = this.#desk;
    const entry = talk.entries.find((one) => one.id === note.about);
    this.focus();
    if (entry) talk.retry(entry);
  }

  /** Tell each question whether it still waits, and what it was answered. */
  #settle() {
    const { entries } = this.#desk.talk;
    const opened = entries.findLastIndex((one) => one.card?.id === 'opening');
    const answered = entries.findLastIndex((one) => one.from === 'person' && one.status !== 'failed');
    const asked = entries.findLastIndex((one) => one.card?.kind === 'question');
    entries.forEach((entry, at) => {
      const answer = entries.slice(at).find((one) => one.from === 'person')?.text;
      this.#views.get(entry)?.settle?.({ live: at === asked && asked > answered, answered: answer ?? '', current: at >= opened });
    });
  }

  #welcome() {
    const { t, talk, say } = this.#desk;
    this.welcome.hidden = talk.entries.some((one) => one.from !== 'note');
    if (this.welcome.hidden) return this.welcome.replaceChildren();
    const starters = t('starters').map((words) => button(words, () => {
      this.focus();
      say(words);
    }, { class: 'choice' }));
    return this.welcome.replaceChildren(h('div', { class: 'bubble' }, blocks(talk.intro || t('intro')), h('p', null, t('start_hint'))), h('div', { class: 'row' }, starters));
  }

  /** An emergency is said at once, and once. */
  #alarm(entry) {
    if (!this.#loud || !isEmergency(entry.card?.level)) return;
    const { card } = entry;
    this.alarm.replaceChildren(...[card.headline, ...card.actions].map((line) => h('p', null, line)));
  }

  // --- scrolling -----------------------------------------------------------------------------

  #atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_END;
  }

  #down() {
    this.toEnd.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  /** The start of a long answer stays in sight. */
  #into(node) {
    const top = node.offsetTop - this.scroll.offsetTop;
    const first = this.#firstNew ?? node;
    const start = Math.min(top, first.offsetTop - this.scroll.offsetTop);
    this.scroll.scrollTop = Math.min(start - 12, this.scroll.scrollHeight);
  }

  /** The first thing said after the person's own last words. */
  get #firstNew() {
    const own = [...this.list.children].findLast((one) => one.classList.contains('person'));
    return own;
  }
}
