// The result: one thing to do, then why, then what would change it. Shape and words say the level, not colour alone.

import { button, h, icon, newId, svg, unseen } from '../dom.js';
import { inline } from '../markup.js';

const LOOKS = { ambulance: 'red', emergency_department: 'red', urgent: 'amber', soon: 'blue', routine: 'blue', self_care: 'green' };
const SHAPES = {
  red: 'M8 2h8l6 6v8l-6 6H8l-6-6V8z',
  amber: 'M12 2l11 20H1z',
  blue: 'M12 2a10 10 0 1 0 .01 0z',
  green: 'M2 12L12 3l10 9v9H2z',
};
const SIGNS = {
  ambulance: 'M12 7v6M12 16.500v.5',
  emergency_department: 'M12 7v6M12 16.500v.5',
  urgent: 'M12 9v6M12 18v.5',
  soon: 'M12 7v5l3.500 2',
  routine: 'M8 12.500h8',
  self_care: 'M8 14l3 3 5-6',
};

/** Whether a level is one to shout about. */
export const isEmergency = (level) => LOOKS[level] === 'red';

function list(title, lines, open) {
  if (!lines?.length) return null;
  return h('details', { open }, h('summary', null, title), h('ul', null, lines.map((line) => h('li', null, inline(line)))));
}

/** An assessment card. */
export function assessment(entry, desk) {
  const { t } = desk;
  const { card } = entry;
  const look = LOOKS[card.level] ?? 'blue';
  const [first, ...more] = card.actions ?? [];
  const reasons = [...new Set((card.reasons ?? []).map((reason) => reason.text))];
  const shape = svg('svg', { viewBox: '0 0 24 24', class: 'shape', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: SHAPES[look], class: 'form' }), svg('path', { d: SIGNS[card.level] ?? SIGNS.routine, class: 'sign' }));
  const title = newId('care');
  const home = card.level === 'self_care' && card.fits?.length > 0;
  return {
    node: h('section', { class: `card care ${look}`, 'aria-labelledby': title },
      h('div', { class: 'band' }, shape, h('div', null,
        h('p', { class: 'level' }, unseen(`${t('result')}: `), t('levels')[card.level] ?? ''),
        h('h3', { id: title }, card.headline))),
      h('div', { class: 'inside' },
        card.level === 'ambulance' && desk.callButtons(),
        first && h('p', { class: 'first' }, inline(first)),
        card.level === 'emergency_department' && desk.callButtons(),
        more.length > 0 && h('ul', null, more.map((line) => h('li', null, inline(line)))),
        list(t('reasons'), home ? card.fits : reasons, true),
        !home && list(t('fits'), card.fits?.filter((line) => !reasons.includes(line)), false),
        list(t('safety_net'), card.safety_net, true),
        h('div', { class: 'choices', 'aria-live': 'off' },
          button(t('why_this'), () => desk.say('/why', t('why_this')), { class: 'choice' }),
          button([icon('print'), t('print')], () => desk.print(), { class: 'choice' })),
        card.note && h('p', { class: 'small' }, card.note))),
  };
}

/** Something failed: what to do meanwhile. */
export function safety(entry, desk) {
  const { t } = desk;
  return {
    node: h('section', { class: 'card care amber safety', 'aria-label': t('safety') },
      h('div', { class: 'band' }, svg('svg', { viewBox: '0 0 24 24', class: 'shape', 'aria-hidden': 'true', focusable: 'false' },
        svg('path', { d: SHAPES.amber, class: 'form' }), svg('path', { d: SIGNS.urgent, class: 'sign' })), h('h3', null, t('safety'))),
      h('div', { class: 'inside' }, h('p', null, inline(entry.card.text ?? entry.text)), desk.callButtons())),
  };
}
