// A question: its words, the controls to answer it, why it is asked, back, and a changed answer later on.

import { button, h, icon, newId, unseen } from '../dom.js';
import { inline } from '../markup.js';
import { number } from './number.js';
import { tickList } from './tick_list.js';

const NEVER_CHANGED = /^(opening$|delete_my_data$|reminder|handoff_)/;

/** What answers a question (contract 2). */
export const payload = (question, value) => `/answer${JSON.stringify({ question, value })}`;

/** One button for each answer. */
function choices({ card, buttons, answer }) {
  const offered = buttons.length ? buttons : card.options.map(({ value, title }) => ({ title, payload: payload(card.id, value) }));
  const long = offered.some(({ title }) => title.length > 22);
  const drawn = offered.map(({ title, payload: sent }) => button(title, () => answer(sent, title), { class: 'choice' }));
  return h('div', { class: long ? 'choices long' : 'choices' }, drawn);
}

const INPUTS = { yes_no: choices, one_of: choices, any_of: tickList, number, text: choices };

/**
 * @param {object} entry of the server, with a question card.
 * @param {object} desk what cards may use, see panel.js.
 * @returns {{node: Element, settle: function}} `settle(state)` is told `{live, answered, current}` after each change.
 */
export function question(entry, desk) {
  const { t } = desk;
  const { card, buttons = [] } = entry;
  const labelled = newId('q');
  let sent = false;
  let reopened = false;
  let last = {};
  const answer = (text, title) => {
    if (sent) return;
    sent = true;
    reopened = false;
    desk.say(text, title);
  };
  const prompt = h('p', { class: 'prompt', id: labelled }, inline(card.prompt));
  const inputs = (INPUTS[card.input] ?? choices)({ card, buttons, answer, labelled, desk });
  const keepIt = button(t('keep'), () => reopen(false), { class: 'plain', hidden: true });
  const controls = h('div', { class: 'controls', role: 'group', 'aria-labelledby': labelled, 'aria-live': 'off' }, inputs, keepIt);
  const change = button(t('change'), ({ detail }) => detail < 2 && reopen(true), // the second click of a double one was meant for the answer
    { class: 'plain change', hidden: true, 'aria-label': t('changing', { title: card.prompt }) });
  const foot = h('div', { class: 'foot', 'aria-live': 'off' },
    card.why && h('details', { class: 'why' }, h('summary', null, t('why')), h('p', null, inline(card.why))),
    card.id !== 'opening' && button([icon('back'), t('back')], () => desk.say('/back', t('back')), { class: 'plain back' }));

  function reopen(open) {
    reopened = open;
    sent = false;
    draw();
    (open ? controls.querySelector('button, input') : change).focus();
  }

  function draw() {
    const open = last.live || reopened;
    if (last.live && !last.answered) sent = false;
    foot.hidden = !last.live;
    keepIt.hidden = !reopened;
    change.hidden = open || !last.answered || !last.current || NEVER_CHANGED.test(card.id);
    if (open) show(controls);
    else retire(controls, desk, last.answered && t('chosen', { title: last.answered }));
  }

  return {
    node: h('div', { class: 'card question' }, prompt, controls, foot, change),
    settle(state) {
      last = state;
      draw();
    },
  };
}

function show(controls) {
  controls.hidden = false;
  controls.classList.remove('done');
  for (const control of controls.querySelectorAll('[aria-disabled]')) control.removeAttribute('aria-disabled');
}

/** Takes the controls away; the one that has the keyboard stays, switched off, until the keyboard moves on. */
function retire(controls, desk, chosen) {
  const focused = controls.getRootNode().activeElement;
  if (!controls.contains(focused) || controls.hidden) {
    controls.hidden = true;
    return;
  }
  if (!focused.matches(':focus-visible')) {
    controls.hidden = true;
    desk.focusLog();
    return;
  }
  controls.classList.add('done');
  focused.setAttribute('aria-disabled', 'true');
  if (chosen) focused.setAttribute('aria-description', chosen);
  focused.addEventListener('blur', () => {
    focused.removeAttribute('aria-description');
    if (controls.classList.contains('done')) controls.hidden = true;
  }, { once: true });
}

/** Buttons of a message that is no question. */
export function quickReplies(entry, desk) {
  const offered = (entry.buttons ?? []).map(({ title, payload: sent }) => button(title, () => desk.say(sent, title), { class: 'choice' }));
  return offered.length > 0 && h('div', { class: 'choices', 'aria-live': 'off' }, unseen(desk.t('ask_next')), offered);
}
