// The page's own buttons: open the chat, try a theme.

const chat = document.querySelector('knee-chat');

for (const one of document.querySelectorAll('[data-open]')) {
  one.hidden = false;
  one.addEventListener('click', () => chat.open());
}

const themes = document.querySelector('.themes');
themes.hidden = false;
themes.addEventListener('click', ({ target }) => {
  if (!target.dataset.theme) return;
  chat.setAttribute('theme', target.dataset.theme);
  for (const one of themes.querySelectorAll('button')) one.setAttribute('aria-pressed', String(one === target));
});
