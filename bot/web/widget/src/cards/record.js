// How it went, and what goes to a clinician.

import { h, newId } from '../dom.js';
import { blocks } from '../markup.js';

/** A progress card: the chart, and the same as a table. */
export function progress(entry, desk) {
  const { t } = desk;
  const { card } = entry;
  const rows = card.entries.map((one) => h('tr', null, h('th', { scope: 'row' }, desk.day(one.date)), h('td', null, String(one.pain))));
  const table = h('table', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('date')), h('th', { scope: 'col' }, t('pain')))), h('tbody', null, rows));
  const title = newId('progress');
  return {
    node: h('section', { class: 'card sheet', 'aria-labelledby': title }, h('h3', { id: title }, t('progress')),
      t('trends')[card.trend] && h('p', { class: 'first' }, t('trends')[card.trend]),
      card.image && h('img', { class: 'chart', src: desk.picture(card.image), alt: card.alt ?? '' }),
      h('details', { open: !card.image }, h('summary', null, t('progress_table')), table)),
  };
}

/** A hand-off card: where it stands, and word for word what goes out. */
export function handoff(entry, desk) {
  const { t } = desk;
  const { card } = entry;
  const sent = card.status !== 'not_sent';
  const title = newId('handoff');
  return {
    node: h('section', { class: 'card sheet', 'aria-labelledby': title }, h('h3', { id: title }, t('handoff')),
      h('p', { class: 'first' }, t('statuses')[card.status] ?? card.status),
      card.reference && h('p', null, t('reference', { reference: card.reference })),
      entry.text !== card.summary && blocks(entry.text.replace(card.summary, '').trim()),
      h('details', { open: true }, h('summary', null, t(sent ? 'handoff_sent' : 'handoff_shown')), h('div', { class: 'paper' }, blocks(card.summary)))),
  };
}
