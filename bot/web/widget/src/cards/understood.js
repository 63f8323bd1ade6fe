// What was taken from the person's own words, as chips to correct.

import { button, h, newId } from '../dom.js';
import { blocks } from '../markup.js';
import { payload } from './question.js';

const KNOWN = ['yes', 'no', 'not_sure'];

/** Chips; one that is true or false opens into yes, no and not sure, others begin a correction in words. */
export function understood(entry, desk) {
  const { t } = desk;
  const { findings, words } = entry.card;
  if (!words) return { node: h('div', { class: 'bubble' }, blocks(entry.text)) };
  const place = h('div', { 'aria-live': 'off' });
  const chips = Object.entries(findings).filter(([id]) => words[id]).map(([id, value]) => chip(id, value));
  let open = null;

  function chip(id, value) {
    const made = button([words[id], h('span', { class: 'pen', 'aria-hidden': 'true' }, '✕')], () => press(made, id, value),
      { class: 'chip', 'aria-label': t('fix', { words: words[id] }) });
    if (KNOWN.includes(value)) made.setAttribute('aria-expanded', 'false');
    return h('li', null, made);
  }

  function press(made, id, value) {
    if (!KNOWN.includes(value)) return desk.prefill(t('correction', { words: words[id] }));
    const same = open === made;
    close();
    if (same) return undefined;
    open = made;
    made.setAttribute('aria-expanded', 'true');
    return place.append(fixes(id, value));
  }

  function close() {
    open?.setAttribute('aria-expanded', 'false');
    open = null;
    place.replaceChildren();
  }

  function fixes(id, value) {
    const label = newId('fix');
    const offered = KNOWN.filter((one) => one !== value).map((one) => button(t(one), () => {
      const back = open;
      close();
      back.focus();
      desk.say(payload(id, one), `${words[id]}: ${t(one)}`);
    }, { class: 'choice' }));
    return h('div', { class: 'fixes', role: 'group', 'aria-labelledby': label }, h('p', { id: label }, t('is_it', { words: words[id] })), h('div', { class: 'choices' }, offered));
  }

  return {
    node: h('div', { class: 'card noted' }, h('p', null, t('understood')), h('ul', { class: 'chips' }, chips), place, h('p', { class: 'hint' }, t('understood_hint'))),
  };
}
