// Builders for nodes. Nothing in the widget is ever made from a string of HTML.

const SVG = 'http://www.w3.org/2000/svg';
let numbers = 0;

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ''));
  return node;
}

/**
 * An HTML element.
 * @param {string} tag its name.
 * @param {object} [props] attributes; `onclick` and the like are listeners; null and false are left out.
 * @param {...(Node|string|Array)} children what it holds; null and false are left out.
 */
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/** An SVG element, built like `h`. */
export const svg = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

/** An id that no other element of this page has. */
export const newId = (name) => `kw-${name}-${(numbers += 1)}`;

const ICONS = {
  chat: 'M4 5h16v11H9l-5 4z',
  close: 'M6 6l12 12M18 6L6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  send: 'M4 12h14M12 6l6 6-6 6',
  back: 'M10 6l-6 6 6 6M4 12h10a6 6 0 0 1 6 6',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  down: 'M12 5v14M6 13l6 6 6-6',
  print: 'M7 9V4h10v5M7 18H4v-8h16v8h-3M7 14h10v6H7z',
  phone: 'M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z',
};

/** A line drawing for those who see; it has no name of its own. */
export const icon = (name) =>
  svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: ICONS[name] }));

/**
 * A button.
 * @param {string} label what it says.
 * @param {function} onclick what it does.
 * @param {object} [props] further attributes.
 */
export const button = (label, onclick, props) => h('button', { type: 'button', onclick, ...props }, label);

/** Words for screen readers only. */
export const unseen = (...words) => h('span', { class: 'unseen' }, ...words);
