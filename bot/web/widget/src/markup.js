// A little Markdown becomes nodes: paragraphs, lists, bold, italic, links. Whatever else there is stays text.

import { h } from './dom.js';

const SAFE = /^(https:|tel:|mailto:)/i;
const INLINE = /\*\*([^*\n]+)\*\*|\*([^*\n]+)\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>()]+[^\s<>().,;:?])/g;

/** A link, or its words alone where the address is none we follow. */
function link(words, address) {
  const ours = address.startsWith(`${location.origin}/`);
  if (!SAFE.test(address) && !ours) return words;
  const outside = /^http/i.test(address);
  return h('a', { href: address, ...(outside && { target: '_blank', rel: 'noopener noreferrer' }) }, words);
}

/** Nodes for one line. */
export function inline(line) {
  const nodes = [];
  let end = 0;
  for (const found of line.matchAll(INLINE)) {
    nodes.push(line.slice(end, found.index));
    const [whole, bold, italic, words, address, bare] = found;
    if (bold) nodes.push(h('strong', null, bold));
    else if (italic) nodes.push(h('em', null, italic));
    else nodes.push(words ? link(words, address) : link(bare, bare));
    end = found.index + whole.length;
  }
  return [...nodes, line.slice(end)];
}

/**
 * Nodes for a whole message.
 * @param {string} text lines; those that begin with "- " or "1. " make lists.
 */
export function blocks(text) {
  const made = [];
  for (const line of text.split('\n').map((one) => one.trim()).filter(Boolean)) {
    const item = /^(?:[-•]|\d+[.)])\s+(.*)$/.exec(line);
    const kind = item && (/^\d/.test(line) ? 'OL' : 'UL');
    if (!item) made.push(h('p', null, inline(line)));
    else if (made.at(-1)?.tagName === kind) made.at(-1).append(h('li', null, inline(item[1])));
    else made.push(h(kind.toLowerCase(), null, h('li', null, inline(item[1]))));
  }
  return made;
}
