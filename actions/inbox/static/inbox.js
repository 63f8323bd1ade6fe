// Keeps an open page up to date without losing focus, place or a draft, and shows times in the reader's own zone.
const every = Number(document.documentElement.dataset.every) * 1000;
const news = document.getElementById("news");
const zoned = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function localise(root) {
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (!time.hasAttribute("data-age")) time.textContent = zoned.format(at);
    time.title = exact.format(at);
  }
}

const key = (node) => (node.dataset ? node.dataset.key : undefined);

function copyAttributes(from, to) {
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name)) to.removeAttribute(name);
  for (const { name, value } of from.attributes) if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

// Make `old` like `fresh` while keeping its nodes, so that what has the focus keeps it.
function become(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  if (old.nodeName !== fresh.nodeName || key(old) !== key(fresh)) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return old;
  }
  copyAttributes(fresh, old);
  const named = new Map([...old.childNodes].filter(key).map((node) => [key(node), node]));
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = key(child) ? named.get(key(child)) : next && !key(next) ? next : null;
    if (!match) {
      old.insertBefore(child, next);
      continue;
    }
    if (match !== next) old.insertBefore(match, next);
    next = become(match, child).nextSibling;
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
  return old;
}

// What the reader looks at: the focused element, else the first entry in view.
function anchor() {
  const active = document.activeElement;
  if (active && active !== document.body) return active;
  return [...document.querySelectorAll("[data-key]")].find((node) => node.getBoundingClientRect().bottom > 0);
}

function update(fresh) {
  const held = anchor();
  const focused = document.activeElement;
  const top = held ? held.getBoundingClientRect().top : 0;
  localise(fresh);
  for (const part of document.querySelectorAll("[data-live]")) {
    const same = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (same) become(part, same);
  }
  document.title = fresh.title;
  if (focused && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  if (held && held.isConnected) window.scrollBy(0, held.getBoundingClientRect().top - top);
}

const say = (text) => {
  if (news && news.textContent !== text) news.textContent = text;
};

function keys(root) {
  return new Set([...root.querySelectorAll("tr[data-key]")].map(key));
}

function tell(before, fresh) {
  const added = [...keys(fresh)].filter((one) => !before.has(one)).length;
  if (added) say(added === 1 ? "1 new hand-off in this list." : `${added} new hand-offs in this list.`);
  const [old, now] = [document, fresh].map((root) => root.querySelector("main").dataset.changed);
  if (old !== now) document.getElementById("changed").hidden = false;
}

let stopped = false;

async function look() {
  if (stopped || document.visibilityState !== "visible") return;
  let answer;
  try {
    answer = await fetch(document.querySelector("main").dataset.here, { headers: { "X-Refresh": "1" } });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say("The inbox does not answer. What you see may be old.");
    return;
  }
  if (answer.status === 401 || answer.status === 404) {
    stopped = true;
    say(answer.status === 401 ? "You are signed out. Load the page again to sign in." : "This hand-off is gone.");
    return;
  }
  if (!answer.ok) {
    say("The inbox has a fault. What you see may be old.");
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = keys(document);
  say("");
  tell(before, fresh);
  update(fresh);
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, every);
}

localise(document);
if (document.querySelector("[data-live]")) {
  setTimeout(keepLooking, every);
  document.addEventListener("visibilitychange", look);
}
