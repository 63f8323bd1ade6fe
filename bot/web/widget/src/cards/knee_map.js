// Two legs from the front and from behind, to tap. The list of boxes beside it says the same for everybody else.

import { h, svg } from '../dom.js';

const FRONT = 'M22 4C20 40 24 62 25 80C23 92 23 104 26 114C22 130 24 160 28 186L50 186C53 160 56 132 54 114C58 104 58 92 57 80C62 56 64 30 64 4Z';
const LEG = { front: FRONT, back: FRONT };
const SPOTS = {
  above_kneecap: { d: 'M30 66C36 60 46 60 53 66L52 78C46 73 37 73 31 78Z' },
  front: { d: 'M41 78C49 78 53 85 53 94C53 103 48 108 41 108C34 108 30 103 30 94C30 85 34 78 41 78Z' },
  below_kneecap: { d: 'M33 110C38 113 45 113 50 110L48 126C44 129 39 129 35 126Z' },
  outer: { d: 'M25 80C29 88 29 102 27 113C22 104 22 90 25 80Z' },
  inner: { d: 'M57 80C54 88 54 102 55 113C60 104 60 90 57 80Z' },
  back: { d: 'M26 84C34 78 48 78 56 84C58 94 58 102 55 110C46 115 34 115 27 110C23 102 24 92 26 84Z' },
};
const VIEWS = { front: ['above_kneecap', 'front', 'below_kneecap', 'outer', 'inner'], back: ['back'] };

/**
 * @param {HTMLInputElement[]} boxes one for each place; the picture ticks them.
 * @param {function} t the catalogue.
 * @returns {{node: Element, redraw: function}}
 */
export function kneeMap(boxes, t) {
  const spots = [];
  const box = (place) => boxes.find((one) => one.value === place);

  function spot(place) {
    const made = svg('path', { d: SPOTS[place].d, class: 'spot', 'data-place': place });
    made.addEventListener('click', () => {
      box(place).checked = !box(place).checked;
      box(place).dispatchEvent(new Event('change', { bubbles: true }));
    });
    spots.push({ place, made });
    return made;
  }

  const leg = (view, mirrored) => svg('g', mirrored ? { transform: 'translate(152 0) scale(-1 1)' } : {},
    svg('path', { d: LEG[view], class: 'leg' }), VIEWS[view].filter(box).map(spot));
  const legs = (view) => h('figure', { class: 'legs' },
    svg('svg', { viewBox: '10 30 132 124', class: 'map', 'aria-hidden': 'true', focusable: 'false' }, leg(view, false), leg(view, true)),
    h('figcaption', null, t(`map_${view}`)));

  return {
    node: h('div', { class: 'knee-map' }, legs('front'), legs('back')),
    redraw() {
      for (const { place, made } of spots) made.classList.toggle('on', box(place).checked || Boolean(box('all_over')?.checked));
    },
  };
}
