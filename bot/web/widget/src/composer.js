// Where the person writes.

import { h, icon, newId } from './dom.js';

const SHOW_LEFT = 150;

/**
 * @param {object} desk see panel.js.
 * @returns {{node: Element, prefill: function(string), focus: function}}
 */
export function composer(desk) {
  const { t, talk } = desk;
  const id = newId('say');
  const count = h('p', { class: 'count', id: `${id}-count`, role: 'status' });
  const box = h('textarea', { id, rows: 1, 'aria-describedby': count.id, placeholder: t('placeholder'), enterkeyhint: 'send', autocomplete: 'off' });
  const left = () => talk.limit - [...box.value.trim()].length;

  function grow() {
    box.style.blockSize = 'auto';
    box.style.blockSize = `${box.scrollHeight + 3}px`;
    const over = left() < 0;
    count.classList.toggle('over', over);
    count.textContent = over ? t('too_long', { count: -left() }) : left() < SHOW_LEFT ? t('left', { count: left() }) : '';
    count.hidden = !count.textContent;
    box.toggleAttribute('aria-invalid', over);
    if (over) box.setAttribute('aria-invalid', 'true');
  }

  function send() {
    const text = box.value.trim();
    if (text && left() >= 0) {
      box.value = '';
      grow();
      desk.say(text);
    }
    box.focus();
  }

  box.addEventListener('input', grow);
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) send();
  });
  const node = h('form', { class: 'composer', onsubmit: (event) => {
    event.preventDefault();
    send();
  } }, h('label', { class: 'unseen', for: id }, t('composer')), box,
  h('button', { class: 'main send', 'aria-label': t('send') }, icon('send')), count);
  count.hidden = true;
  return {
    node,
    focus: () => box.focus(),
    prefill(text) {
      box.value = text;
      box.focus();
      box.setSelectionRange(text.length, text.length);
      grow();
    },
  };
}
