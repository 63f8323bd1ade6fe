// A summary on paper: a view in the page that only the printer sees. It needs no window, and no style attribute.

import { h } from './dom.js';
import { inline } from './markup.js';

const PAGE = `@media screen { [data-knee-print] { display: none !important; } }
@media print { body > :not([data-knee-print]) { display: none !important; } [data-knee-print] { display: block !important; } }`;
const SHEET = `:host { all: initial; display: block; } div { font: 12pt/1.45 Georgia, "Times New Roman", serif; color: #000; }
h1 { font-size: 17pt; margin: 0 0 4pt; } h2 { font-size: 13pt; margin: 12pt 0 3pt; } p, ul { margin: 3pt 0; } .level { font-weight: bold; border: 2pt solid; padding: 6pt; }
dt { font-weight: bold; margin-top: 4pt; } dd { margin: 0; } li, dt, dd { break-inside: avoid; }`;

const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

/** Question and answer, as they were last answered. */
function answers(entries) {
  const from = entries.findLastIndex((one) => one.card?.id === 'opening') + 1;
  const told = new Map();
  entries.forEach((entry, at) => {
    const next = entries[at + 1];
    if (at >= from && entry.card?.kind === 'question' && next?.from === 'person') told.set(entry.card.prompt, next.text);
  });
  return [...told];
}

/** The paper's content; null when there is nothing yet. */
function paper(entries, t, lang) {
  const result = entries.findLast((one) => one.card?.kind === 'assessment')?.card;
  const told = answers(entries);
  const own = entries.filter((one) => one.from === 'person' && !one.text.startsWith('/')).slice(0, 1);
  if (!result && !told.length) return null;
  const list = (key, lines) => lines?.length > 0 && [h('h2', null, t(key)), h('ul', null, lines.map((line) => h('li', null, inline(line))))];
  return h('div', { lang }, h('h1', null, t('print_title')), h('p', null, t('print_made', { date: new Date().toLocaleString(lang) })),
    result && [h('p', { class: 'level' }, `${t('levels')[result.level]}: ${result.headline}`), h('ul', null, result.actions.map((line) => h('li', null, line))),
      list('reasons', [...new Set(result.reasons.map((one) => one.text))]), list('safety_net', result.safety_net)],
    h('h2', null, t('print_answers')), own.map((one) => h('p', null, `“${one.text}”`)),
    h('dl', null, told.map(([asked, answer]) => [h('dt', null, asked), h('dd', null, answer)])), result?.note && h('p', null, result.note));
}

/**
 * Print the talk's summary.
 * @returns {boolean} whether there was anything to print.
 */
export function printSummary(entries, t, lang) {
  const content = paper(entries, t, lang);
  if (!content) return false;
  const place = h('div', { 'data-knee-print': true });
  const inside = place.attachShadow({ mode: 'open' });
  inside.adoptedStyleSheets = [sheet(SHEET)];
  inside.append(content);
  const page = sheet(PAGE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, page];
  document.body.append(place);
  addEventListener('afterprint', () => {
    place.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== page);
  }, { once: true });
  print();
  return true;
}
