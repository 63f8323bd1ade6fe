// <knee-chat>: the launcher in the corner, the window, themes, and what the attributes mean.

import { button, h, icon } from './dom.js';
import { Panel } from './panel.js';
import { printSummary } from './print.js';
import { emergency, tel } from './region.js';
import { keep } from './storage.js';
import { catalogue } from './strings.js';
import base from './styles/base.css';
import cards from './styles/cards.css';
import panelSheet from './styles/panel.css';
import themes from './styles/themes.css';
import { Talk } from './talk.js';

const SMALL = matchMedia('(max-width: 520px), (max-height: 480px)');
const DARK = matchMedia('(prefers-color-scheme: dark)');
const MORE = matchMedia('(prefers-contrast: more)');
const MEMORY = { device: 'localStorage', tab: 'sessionStorage', none: null };

/** The visitor's own variety of a language, `en-GB` for `en`, so that dates read as they are used to. */
const regional = (lang) => navigator.languages.find((one) => one.startsWith(`${lang}-`)) ?? lang;

let sheets;
function styles() {
  sheets ??= [base, panelSheet, cards, themes].map((text) => {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    return made;
  });
  return sheets;
}

export class KneeChat extends HTMLElement {
  static observedAttributes = ['theme', 'open', 'dir', 'strings', 'lang', 'server', 'emergency', 'country'];
  #root = null;
  #panel;
  #talk;
  #launcher;
  #quick;
  #corner;
  #words = null;
  #settings = null;
  #unread = 0;
  #t;

  /** Words that replace those of the catalogue, by key. */
  get strings() {
    return this.#words;
  }

  set strings(words) {
    this.#words = words;
    this.#rebuild();
  }

  connectedCallback() {
    this.#build();
    SMALL.addEventListener('change', this.#fit);
    for (const query of [DARK, MORE]) query.addEventListener('change', this.#theme);
    document.addEventListener('focusin', this.#uncover);
  }

  disconnectedCallback() {
    this.#talk?.stop();
    SMALL.removeEventListener('change', this.#fit);
    for (const query of [DARK, MORE]) query.removeEventListener('change', this.#theme);
    document.removeEventListener('focusin', this.#uncover);
    this.#root?.remove();
    this.#root = null;
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#root || before === now) return;
    if (name === 'theme') this.#theme();
    else if (name === 'open') now === null ? this.close() : this.#show();
    else this.#rebuild();
  }

  /** Open the window and put the keyboard into it. */
  open() {
    this.#show();
    if (matchMedia('(hover: hover)').matches) this.#panel.composer.focus();
    else this.#panel.node.focus();
  }

  /** Close the window; the keyboard goes back to the launcher. */
  close() {
    const { node } = this.#panel;
    if (!node.open) return;
    const inside = node.contains(this.shadowRoot.activeElement);
    node.close();
    this.#corner.hidden = false;
    if (this.hasAttribute('open')) this.removeAttribute('open');
    if (inside) this.#launcher.focus();
    this.#tell('knee-close');
  }

  // --- building ------------------------------------------------------------------------------

  #build() {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = styles();
    this.#t = catalogue({ ...this.#parsed(), ...this.#words });
    const server = this.#server();
    const tokens = keep(MEMORY[this.getAttribute('remember') ?? 'device'] ?? null, `knee:${server.href}`);
    this.#settings ??= tokens.get('settings');
    this.#talk = new Talk(server, tokens, keep('sessionStorage', `knee:${server.href}`), this.#t, (what, value) => this.#changed(what, value, tokens));
    const lang = regional(this.lang || document.documentElement.lang || 'en');
    const desk = { t: this.#t, talk: this.#talk, lang, server, emergency: () => this.#numbers(), dark: () => this.#root.dataset.theme !== 'light', print: () => this.#print(lang) };
    this.#panel = new Panel(desk, () => this.close());
    this.#launcher = button(icon('chat'), () => this.open(), { class: 'main launcher', part: 'launcher', 'aria-haspopup': 'dialog' });
    this.#corner = h('div', { class: 'corner', role: 'complementary', 'aria-label': this.#t('panel') });
    this.#root = h('div', { class: 'root', lang, dir: this.#direction() }, this.#corner, this.#panel.node);
    shadow.append(this.#root);
    this.#theme();
    this.#raise();
    this.#redraw();
    this.#fetchSettings(server, tokens);
    performance.mark('knee-chat');
    if (this.#talk.known) this.#talk.start();
    if (this.hasAttribute('open') && !SMALL.matches) this.#show();
  }

  #rebuild() {
    if (!this.#root) return;
    const open = this.#panel.node.open;
    this.#talk.stop();
    this.#root.remove();
    this.#build();
    if (open && !this.#panel.node.open) this.#show();
  }

  #parsed() {
    try {
      return JSON.parse(this.getAttribute('strings') ?? '{}');
    } catch {
      return {}; // not JSON: the built-in words stand
    }
  }

  /** Where the bot runs: the attribute, else where this script came from. */
  #server() {
    const named = this.getAttribute('server');
    const server = named ? new URL(named, location.href) : new URL('.', import.meta.url);
    if (!server.pathname.endsWith('/')) server.pathname += '/';
    return server;
  }

  #direction() {
    return this.dir || this.closest('[dir]')?.dir || 'ltr';
  }

  /** Above everything else of the page, whatever its z-index. */
  #raise() {
    if (!this.#root.showPopover) return;
    this.#root.popover = 'manual';
    this.#root.showPopover();
  }

  // --- showing -------------------------------------------------------------------------------

  #show() {
    const { node } = this.#panel;
    if (node.open) return;
    this.#talk.start();
    this.#corner.hidden = true;
    this.#unread = 0;
    this.#fit();
    if (!this.hasAttribute('open')) this.setAttribute('open', '');
    this.#redraw();
    this.#tell('knee-open');
  }

  /** Full screen and modal on a small screen; a corner of the page elsewhere. */
  #fit = () => {
    const { node } = this.#panel;
    if (!this.#corner.hidden) return;
    const focused = this.shadowRoot.activeElement;
    node.close();
    node.classList.toggle('full', SMALL.matches);
    if (SMALL.matches) node.showModal();
    else node.setAttribute('open', '');
    if (focused && node.contains(focused)) focused.focus();
    else if (SMALL.matches) node.focus();
    const { scroll } = this.#panel.transcript;
    scroll.scrollTop = scroll.scrollHeight;
  };

  #theme = () => {
    const wanted = this.getAttribute('theme') ?? 'auto';
    const found = MORE.matches ? 'contrast' : DARK.matches ? 'dark' : 'light';
    this.#root.dataset.theme = ['light', 'dark', 'contrast'].includes(wanted) ? wanted : found;
  };

  /** What the page's keyboard reaches must not lie under the window: scroll it out, or else make way. */
  #uncover = (event) => {
    const { node } = this.#panel;
    if (event.target === this || !node.open || SMALL.matches) return;
    const covered = () => {
      const a = event.target.getBoundingClientRect();
      const b = node.getBoundingClientRect();
      return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    };
    if (!covered()) return;
    scrollBy({ top: event.target.getBoundingClientRect().bottom - node.getBoundingClientRect().top + 16, behavior: 'instant' });
    if (covered()) this.close();
  };

  #redraw() {
    const t = this.#t;
    const { main } = this.#numbers();
    const label = `${t('emergency')}: ${main[0]}`;
    this.#quick = main.length === 1
      ? h('a', { class: 'button sos', href: tel(main[0]) }, icon('phone'), label)
      : button([icon('phone'), t('emergency')], () => {
        this.open();
        this.#panel.help();
      }, { class: 'sos' });
    const fresh = this.#unread > 0 && h('span', { class: 'badge' }, t('launcher_new', { count: this.#unread }));
    this.#launcher.replaceChildren(icon('chat'), t('launcher'), ...(fresh ? [fresh] : []));
    this.#corner.replaceChildren(this.#quick, this.#launcher);
    this.#panel.redrawHelp();
  }

  // --- what happens --------------------------------------------------------------------------

  #changed(what, value, tokens) {
    const panel = this.#panel;
    if (what === 'reset') panel.transcript.reset();
    else if (what === 'entry') this.#entry(value);
    else if (what === 'gone') panel.transcript.remove(value);
    else if (what === 'progress') panel.showProgress(value);
    else if (what === 'state') {
      panel.showState(value);
      this.#talk.entries.filter((one) => one.status).forEach((one) => panel.transcript.update(one));
    } else if (what === 'settings') this.#learn(value.emergency, tokens);
  }

  #entry(entry) {
    const fresh = entry.from !== 'person' && entry.from !== 'note' && !this.#panel.node.open;
    this.#panel.transcript.update(entry);
    if (!fresh) return;
    this.#unread += 1;
    this.#redraw();
  }

  #numbers() {
    const own = { number: this.getAttribute('emergency'), country: this.getAttribute('country') };
    return emergency(this.#settings, own, this.#t('emergency_fallback'));
  }

  #learn(settings, tokens) {
    if (!settings) return;
    this.#settings = settings;
    tokens.set('settings', settings);
    this.#redraw();
  }

  async #fetchSettings(server, tokens) {
    try {
      const answer = await fetch(new URL('web/settings', server), { credentials: 'omit' });
      this.#learn((await answer.json()).emergency, tokens);
    } catch {
      return; // the numbers known so far stand
    }
  }

  #print(lang) {
    if (!printSummary(this.#talk.entries, this.#t, lang)) this.#talk.note(this.#t('print_nothing'));
  }

  #tell(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}
