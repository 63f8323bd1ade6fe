// Numbers: 0 to 10 as eleven radios, everything else as a field with its unit.

import { button, h, newId } from '../dom.js';
import { payload } from './question.js';

const SCALES = ['pain_now', 'pain_worst', 'pain_next_morning'];
const IN_WEEKS = { days: 1 / 7, weeks: 1, months: 365.25 / 12 / 7, years: 365.25 / 7 };

/** The controls of a `number` question. */
export function number(parts) {
  const { card } = parts;
  const scale = card.range ? card.range[0] === 0 && card.range[1] === 10 : SCALES.includes(card.id);
  return scale ? radios(parts) : field(parts);
}

const rest = ({ buttons, answer }) => buttons.map(({ title, payload: sent }) => button(title, () => answer(sent, title), { class: 'choice' }));

function radios(parts) {
  const { card, answer, labelled, desk } = parts;
  const { t } = desk;
  const name = newId('scale');
  const error = h('p', { class: 'error', role: 'alert' });
  const dots = Array.from({ length: 11 }, (_, value) => h('label', { class: 'dot' },
    h('input', { type: 'radio', name, value, 'aria-label': t('pain_number', { number: value }) }), h('span', { 'aria-hidden': 'true' }, String(value))));
  const scale = h('div', { class: 'scale', role: 'radiogroup', 'aria-labelledby': labelled, onchange: () => (error.textContent = '') }, dots);
  const send = () => {
    const chosen = scale.querySelector(':checked');
    if (chosen) return answer(payload(card.id, Number(chosen.value)), t('pain_number', { number: chosen.value }));
    error.textContent = t('pick_number');
    return scale.querySelector('input').focus();
  };
  return h('div', { class: 'numeric' }, scale, h('p', { class: 'ends' }, h('span', null, t('pain_low')), h('span', null, t('pain_high'))),
    error, h('div', { class: 'choices' }, button(t('go_on'), send, { class: 'main' }), rest(parts)));
}

/** Units to choose from: those the server names, and for weeks the usual words for time. */
function unitsOf(unit = '') {
  if (unit === 'weeks') return ['weeks', 'days', 'months', 'years'];
  return unit.split(/,\s*|\s+or\s+/).filter(Boolean);
}

function field(parts) {
  const { card, answer, labelled, desk } = parts;
  const { t } = desk;
  const units = unitsOf(card.unit);
  const error = h('p', { class: 'error', id: newId('error'), role: 'alert' });
  const box = h('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', maxlength: 8, 'aria-labelledby': labelled, 'aria-describedby': error.id });
  const unit = units.length > 1
    ? h('select', { 'aria-label': t('unit') }, units.map((one) => h('option', { value: one }, t('units')[one] ?? one)))
    : h('span', { class: 'unit' }, t('units')[units[0]] ?? units[0] ?? '');
  const send = () => {
    const chosen = unit.value ?? units[0] ?? '';
    const value = Number(box.value.trim().replace(',', '.'));
    if (!/\d/.test(box.value) || !Number.isFinite(value)) return wrong(t('type_number'));
    const sent = card.unit === 'weeks' ? Number((value * IN_WEEKS[chosen]).toFixed(3)) : value;
    if (card.range && (sent < card.range[0] || sent > card.range[1])) return wrong(t('range', { low: card.range[0], high: card.range[1] }));
    const shown = `${box.value.trim()} ${t('units')[chosen] ?? chosen}`.trim();
    return answer(payload(card.id, units.length > 1 && card.unit !== 'weeks' ? `${value} ${chosen}` : sent), shown);
  };
  const wrong = (text) => {
    error.textContent = text;
    box.setAttribute('aria-invalid', 'true');
    box.focus();
  };
  const form = h('form', { class: 'field', novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    send();
  } }, box, unit, h('button', { class: 'main' }, t('go_on')));
  box.addEventListener('input', () => {
    error.textContent = '';
    box.removeAttribute('aria-invalid');
  });
  return h('div', { class: 'numeric' }, form, error, h('div', { class: 'choices' }, rest(parts)));
}
