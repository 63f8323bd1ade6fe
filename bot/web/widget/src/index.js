// The one script of a host page: it defines <knee-chat>.

import { KneeChat } from './element.js';

if (!customElements.get('knee-chat')) customElements.define('knee-chat', KneeChat);
