// The plan, and one exercise at a time.

import { button, h, icon, newId } from '../dom.js';
import { blocks, inline } from '../markup.js';

const REST_SECONDS = 60;

/** Sets with repetitions or seconds, `3 × 12 times`. */
function dose({ sets, reps, hold_seconds: hold }, t) {
  const amount = reps ? t('times', { count: reps }) : t('seconds', { count: hold });
  return sets > 1 ? t('sets', { sets, amount }) : amount;
}

function listed(one, desk) {
  const { t } = desk;
  const ask = t('how_to_ask', { name: one.name.toLowerCase() });
  return h('li', { class: 'exercise-row' },
    h('img', { src: desk.picture(one.image), alt: one.alt, loading: 'lazy', width: 640, height: 478 }),
    h('div', null, h('h4', null, one.name), h('p', null, dose(one, t)),
      button([t('how_to'), h('span', { class: 'unseen' }, `: ${one.name}`)], () => desk.say(ask, ask), { class: 'plain' })));
}

/** A plan card. */
export function plan(entry, desk) {
  const { t } = desk;
  const { card } = entry;
  const week = Math.max(0, ...card.exercises.map((one) => one.times_per_week));
  const why = (at) => card.why?.[at] && h('span', { class: 'because' }, ' ', card.why[at]);
  const review = new Date(`${card.review_on}T12:00:00`).toLocaleDateString(desk.lang, { day: 'numeric', month: 'long' });
  const more = (card.more ?? []).map((line) => h('li', null, inline(line.text)));
  const page = card.page && desk.asset(card.page);
  const title = newId('plan');
  return {
    node: h('section', { class: 'card sheet', 'aria-labelledby': title }, h('h3', { id: title }, t('plan')),
      h('h4', null, t('this_week')), h('ul', { class: 'load' }, card.load.map((line, at) => h('li', null, inline(line), why(at)))),
      more.length > 0 && h('details', null, h('summary', null, t('plan_more')), h('ul', null, more)),
      h('h4', null, `${t('exercises')}, ${t('per_week', { count: week })}`),
      h('ul', { class: 'exercise-list' }, card.exercises.map((one) => listed(one, desk))),
      card.notes?.map((line) => h('p', null, inline(line))),
      h('div', { class: 'rule' }, h('h4', null, t('pain_rule')), h('p', null, inline(card.pain_rule))),
      card.stop_rules?.length > 0 && h('div', { class: 'rule stop' }, h('h4', null, t('stop')), h('ul', null, card.stop_rules.map((line) => h('li', null, inline(line))))),
      h('p', null, t('review', { date: review })),
      page && h('p', null, h('a', { class: 'button', href: page, target: '_blank', rel: 'noopener' }, t('plan_page')))),
  };
}

/** A still first; the movement only on request, and it can be stopped. */
function moving(card, desk) {
  const { t } = desk;
  const image = h('img', { src: desk.picture(card.image), alt: card.alt, width: 640, height: 478 });
  if (!card.animation) return h('figure', { class: 'moving' }, image);
  const toggle = button([icon('play'), t('play')], () => {
    const playing = toggle.getAttribute('aria-pressed') !== 'true';
    toggle.setAttribute('aria-pressed', String(playing));
    image.src = desk.picture(playing ? card.animation : card.image);
    toggle.replaceChildren(icon(playing ? 'pause' : 'play'), t(playing ? 'pause' : 'play'));
  }, { class: 'choice', 'aria-pressed': 'false' });
  return h('figure', { class: 'moving' }, image, toggle);
}

/** Boxes for the sets, and a rest between them. */
function practice(card, known, desk) {
  const { t } = desk;
  const boxes = Array.from({ length: known.sets ?? 1 }, (_, at) => h('label', { class: 'tick set' }, h('input', { type: 'checkbox' }), t('set', { number: at + 1 })));
  const seconds = known.rest_seconds ?? REST_SECONDS;
  const said = h('span', { class: 'unseen', role: 'status' });
  let timer = null;
  const idle = () => {
    clearInterval(timer);
    timer = null;
    run.replaceChildren(t('rest', { seconds }));
  };
  const run = button(t('rest', { seconds }), () => {
    if (timer) return idle();
    const end = Date.now() + seconds * 1000;
    said.textContent = '';
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      run.replaceChildren(t('rest_left', { seconds: left }), ' · ', t('rest_stop'));
      if (left > 0) return;
      idle();
      said.textContent = t('rest_over');
    };
    timer = setInterval(tick, 250);
    return tick();
  }, { class: 'choice' });
  const label = newId('sets');
  return h('div', { class: 'practice', 'aria-live': 'off' }, h('h4', { id: label }, t('tick_sets')), h('p', null, dose(known, t)),
    h('div', { class: 'sets', role: 'group', 'aria-labelledby': label }, boxes), run, said);
}

/** An exercise card. */
export function exercise(entry, desk) {
  const { t } = desk;
  const { card } = entry;
  const known = card.sets ? card : desk.find('plan', (one) => one.exercises.find(({ id }) => id === card.id));
  const stop = card.stop_rules ?? desk.find('plan', (one) => one.stop_rules);
  const further = (title, lines) => lines?.length > 0 && h('details', null, h('summary', null, title), h('ul', null, lines.map((line) => h('li', null, inline(line)))));
  const title = newId('exercise');
  return {
    node: h('section', { class: 'card sheet', 'aria-labelledby': title }, h('h3', { id: title }, card.title), moving(card, desk),
      h('h4', null, t('steps')), h('ol', null, card.steps.map((step) => h('li', null, inline(step)))),
      known && practice(card, known, desk),
      stop?.length > 0 && h('div', { class: 'rule stop' }, h('h4', null, t('stop')), h('ul', null, stop.map((line) => h('li', null, inline(line))))),
      further(t('easier'), card.easier), further(t('harder'), card.harder)),
  };
}

/** One topic, with its sources and what one may ask next. */
export function advice(entry, desk) {
  const { t } = desk;
  const { card } = entry;
  const sources = entry.text.split('\n').find((line) => /^source/i.test(line));
  const title = newId('advice');
  return {
    node: h('section', { class: 'card sheet', 'aria-labelledby': title }, h('h3', { id: title }, card.title), blocks(card.text),
      sources && h('p', { class: 'small' }, sources),
      card.follow_up && h('div', { class: 'choices', 'aria-live': 'off' }, h('p', { class: 'hint' }, t('ask_next')),
        button(card.follow_up.title, () => desk.say(card.follow_up.ask, card.follow_up.ask), { class: 'choice' }))),
  };
}
