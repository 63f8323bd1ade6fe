// Which drawing belongs to which card. Whatever cannot be drawn is shown as its text, which says the same.

import { h } from '../dom.js';
import { blocks } from '../markup.js';
import { assessment, safety } from './care.js';
import { advice, exercise, plan } from './plan.js';
import { question, quickReplies } from './question.js';
import { handoff, progress } from './record.js';
import { understood } from './understood.js';

const DRAWINGS = { question, understood, assessment, plan, exercise, advice, progress, handoff, safety };
const OWN_BUTTONS = ['question', 'advice'];

function plainly(entry, desk) {
  return h('div', { class: 'bubble' }, blocks(entry.text), !entry.card && quickReplies(entry, desk));
}

/**
 * Draw what the other side said.
 * @returns {{node: Element, settle: function=}} see question.js for `settle`.
 */
export function draw(entry, desk) {
  const drawing = DRAWINGS[entry.card?.kind];
  if (!drawing) return { node: plainly({ ...entry, card: null }, desk) };
  try {
    const made = drawing(entry, desk);
    const replies = !OWN_BUTTONS.includes(entry.card.kind) && quickReplies(entry, desk);
    if (replies) made.node.append(replies);
    return made;
  } catch {
    return { node: plainly({ ...entry, card: null }, desk) };
  }
}
