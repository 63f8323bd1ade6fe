// "Tick all that fit", with "none of these" and "not sure"; for the place of the pain, a picture to tap beside it.

import { button, h, newId } from '../dom.js';
import { kneeMap } from './knee_map.js';
import { payload } from './question.js';

/** The controls of an `any_of` question. */
export function tickList({ card, buttons, answer, labelled, desk }) {
  const { t } = desk;
  const error = h('p', { class: 'error', id: newId('error'), role: 'alert' });
  const boxes = card.options.map(({ value }) => h('input', { type: 'checkbox', value }));
  const rows = card.options.map(({ title }, at) => h('label', { class: 'tick' }, boxes[at], h('span', null, title)));
  const ticked = () => card.options.filter((_, at) => boxes[at].checked);
  const map = card.id === 'location' ? kneeMap(boxes, t) : null;
  const screen = card.id.endsWith('_screen');
  const others = buttons.map((one) => other(one));

  function other({ title, payload: sent }) {
    const unsure = screen && sent === payload(card.id, 'not_sure');
    const press = () => {
      const known = ticked();
      if (!unsure || !known.length) return answer(sent, title);
      const values = card.options.map(({ value }) => [value, known.some((one) => one.value === value) ? 'yes' : 'not_sure']);
      return answer(payload(card.id, Object.fromEntries(values)), `${titles(known)}. ${t('unsure_rest')}`);
    };
    const made = button(title, press, { class: 'choice' });
    return { made, redraw: () => unsure && made.replaceChildren(ticked().length ? t('unsure_rest') : title) };
  }

  function send() {
    const chosen = ticked();
    if (chosen.length) return answer(payload(card.id, chosen.map(({ value }) => value)), titles(chosen));
    error.textContent = t('nothing_ticked');
    boxes[0].setAttribute('aria-describedby', error.id);
    return boxes[0].focus();
  }

  const list = h('div', { class: 'ticks' }, rows);
  list.addEventListener('change', () => {
    error.textContent = '';
    map?.redraw();
    others.forEach((one) => one.redraw());
  });
  const go = button(t('go_on'), send, { class: 'main' });
  return h('div', { class: 'tick-list', role: 'group', 'aria-labelledby': labelled },
    h('p', { class: 'hint' }, map ? t('map_hint') : t('tick_all')),
    map && map.node, list, error, h('div', { class: 'choices' }, go, others.map((one) => one.made)));
}

const titles = (options) => options.map(({ title }) => title).join(', ');
