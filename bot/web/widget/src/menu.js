// Drawers below the header: emergency help, the menu, and the questions before something is cleared or deleted.

import { button, h, newId } from './dom.js';
import { tel } from './region.js';

/** Links that call. */
function numbers(list, t, words) {
  return h('ul', { class: 'numbers' }, list.map(({ number, name }) => h('li', null,
    h('a', { class: words, href: tel(number) }, name ? t('call_named', { number, name }) : t('call', { number })))));
}

/** The numbers to call first, as large links. */
export const callButtons = ({ main }, t) => numbers(main.map((number) => ({ number })), t, 'button call');

/** Emergency help: it needs no network. */
export function helpDrawer(desk) {
  const { t } = desk;
  const found = desk.emergency();
  const title = newId('help');
  return h('section', { class: 'drawer help', 'aria-labelledby': title }, h('h3', { id: title }, t('emergency_title')), h('p', null, t('emergency_text')),
    callButtons(found, t),
    found.other.length > 0 && h('details', { class: 'others' }, h('summary', null, t('emergency_other')), numbers(found.other, t, 'button')));
}

/** What else one can do. */
export function menuDrawer(desk, open, close) {
  const { t } = desk;
  const wish = (text, key) => button(t(key), () => {
    close();
    desk.focusLog();
    desk.say(text, t(key));
  });
  return h('nav', { class: 'drawer menu', 'aria-label': t('menu') },
    wish('/summary', 'summary'), button(t('print'), () => {
      close();
      desk.print();
    }), wish('/human', 'human'),
    button(t('restart'), () => open(confirmDrawer(t('restart_confirm'), t('restart_yes'), t('cancel'), () => {
      close();
      desk.focusLog();
      desk.say('/restart', t('restart'));
    }, close))),
    button(t('erase'), () => open(eraseDrawer(desk, close))));
}

/** A question before a step that cannot be undone; the safe answer has the keyboard. */
function confirmDrawer(question, yes, no, act, close) {
  const title = newId('sure');
  return h('section', { class: 'drawer', role: 'alertdialog', 'aria-labelledby': title }, h('p', { id: title }, question),
    h('div', { class: 'row' }, button(no, close, { 'data-first': true }), button(yes, act, { class: 'danger' })));
}

function eraseDrawer(desk, close) {
  const { t, talk } = desk;
  const failed = h('p', { class: 'error', role: 'alert' });
  let busy = false;
  const act = async () => {
    if (busy) return;
    busy = true;
    try {
      const receipt = await talk.erase();
      close();
      desk.focusLog();
      talk.note(t('erased', { receipt }));
    } catch {
      failed.textContent = t('erase_failed');
    }
    busy = false;
  };
  const made = confirmDrawer(t('erase_confirm'), t('erase_yes'), t('cancel'), act, close);
  made.append(failed);
  return made;
}
