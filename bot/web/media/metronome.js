// Beats on the audio clock, and one's own cadence from taps. Medical numbers stand in the page.

const MIN = 100;
const MAX = 220;
const START = 170; // steps a minute
const LEAST_TAPS = 8;
const PAUSE = 3000; // ms; after it a new count begins
const BOUNCE = 100; // ms; a tap this soon is the same
const UNEVEN = 0.25; // a gap this far from the median is left out
const TICK = 100; // ms between two looks at the clock
const AHEAD = 0.3; // seconds of beats handed to the audio clock
const AHEAD_HIDDEN = 75; // a hidden page wakes once a minute

export const clamp = (spm) => Math.min(MAX, Math.max(MIN, spm));

export const plusPercent = (own, percent) => Math.round((own * (100 + percent)) / 100);

/** The rate in `?spm=`: START without one, null for a bad one. */
export function asked(search) {
  const text = new URLSearchParams(search).get('spm') ?? `${START}`;
  return /^\d{3}$/.test(text) && clamp(+text) === +text ? +text : null;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The taps with one more, in ms: a new count after a pause, no change for a bounce. */
export function addTap(taps, time) {
  const gap = time - taps.at(-1);
  if (gap < BOUNCE) return taps;
  return gap > PAUSE ? [time] : [...taps, time];
}

/** Whole steps a minute from tap times in ms; null for too few or too uneven ones. */
export function medianCadence(taps) {
  if (taps.length < LEAST_TAPS) return null;
  const gaps = taps.slice(1).map((time, i) => time - taps[i]);
  const middle = median(gaps);
  const even = gaps.filter((gap) => Math.abs(gap - middle) <= UNEVEN * middle);
  return even.length * 3 < gaps.length * 2 ? null : Math.round(60000 / median(even));
}

function click(context, hertz) {
  const rate = context.sampleRate;
  const buffer = context.createBuffer(1, rate * 0.06, rate);
  buffer.getChannelData(0).forEach((_, i, data) => {
    data[i] = Math.sin((2 * Math.PI * hertz * i) / rate) * Math.exp((-90 * i) / rate);
  });
  return buffer;
}

/** Beats on an AudioContext's clock. Beat n is at zero + n × period, so no error adds up. */
export class Metronome {
  accent = true;
  playing = 0; // its timer
  #beats = []; // handed to the audio clock; some are already heard

  constructor(context) {
    this.context = context;
    this.volume = context.createGain();
    this.volume.connect(context.destination);
    this.sounds = { left: click(context, 1760), right: click(context, 1175) };
  }

  start(spm) {
    this.period = 60 / spm;
    this.zero = this.context.currentTime + 0.1;
    this.n = 0;
    this.playing = setInterval(() => this.fill(), TICK);
    this.context.resume();
    this.fill();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.#takeBack();
    this.context.suspend();
  }

  /** Change the rate: the next beat comes one new period after the last. */
  retime(spm) {
    if (!this.playing) return;
    this.#takeBack();
    const last = this.zero + (this.n - 1) * this.period;
    this.period = 60 / spm;
    const next = Math.max(last + this.period, this.context.currentTime + 0.02);
    if (this.n) this.zero = next - this.n * this.period;
    this.fill();
  }

  /** Hand on the next beats; those that a sleeping page missed are left out. */
  fill() {
    const now = this.context.currentTime;
    const until = now + (document.hidden ? AHEAD_HIDDEN : AHEAD);
    this.#beats = this.#beats.filter(({ time }) => time > now - 1);
    for (let time; (time = this.zero + this.n * this.period) < until; this.n += 1) {
      if (time < now) continue;
      const foot = this.n % 2 ? 'right' : 'left';
      const source = this.context.createBufferSource();
      source.buffer = this.sounds[this.accent ? foot : 'right'];
      source.connect(this.volume);
      source.start(time);
      this.#beats.push({ time, foot, source });
    }
  }

  /** The foot that lands now, as heard; undefined between two. */
  foot() {
    const now = this.context.currentTime - (this.context.outputLatency || 0);
    return this.#beats.find(({ time }) => time <= now && time > now - 0.14)?.foot;
  }

  #takeBack() {
    while (this.#beats.at(-1)?.time > this.context.currentTime) {
      this.#beats.pop().source.disconnect();
      this.n -= 1;
    }
  }
}

// --- The page ---

const $ = (id) => document.getElementById(id);
const still = matchMedia('(prefers-reduced-motion: reduce)');
const raises = document.querySelectorAll('[data-percent]');
let spm = asked(location.search);
let taps = [];
let metronome;
let screenLock;
let saying;

/** Tell a screen reader, once a run of presses or taps is over. */
function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => { $('say').textContent = text; }, 700);
}

function setRate(wanted) {
  spm = clamp(wanted);
  $('spm').textContent = spm;
  metronome?.retime(spm);
  say(`${spm} steps a minute`);
}

function setSound() {
  if (!metronome) return;
  metronome.accent = $('accent').checked;
  metronome.volume.gain.value = ($('volume').value / 100) ** 2;
}

function pulse() {
  const foot = metronome.playing && !still.matches && metronome.foot();
  for (const side of ['left', 'right']) $(side).classList.toggle('now', side === foot);
  if (metronome.playing) requestAnimationFrame(pulse);
}

/** Keep the screen on while the beat plays, where the browser can. */
async function keepScreenOn() {
  try {
    await screenLock?.release();
    screenLock = await navigator.wakeLock.request('screen');
    if (!metronome.playing) screenLock.release();
  } catch {} // the beat plays on
}

function toggle() {
  metronome ??= new Metronome(new AudioContext());
  setSound();
  if (metronome.playing) metronome.stop();
  else metronome.start(spm);
  $('play').textContent = metronome.playing ? 'Stop' : 'Start';
  say(metronome.playing ? `Playing ${spm} steps a minute` : 'Stopped');
  keepScreenOn();
  pulse();
}

function reading(own) {
  if (taps.length < LEAST_TAPS) return `${taps.length} of ${LEAST_TAPS} taps`;
  if (!own) return `No steady ${MIN} to ${MAX} a minute yet. Tap once for each step, left and right.`;
  return `Your own cadence is ${own} steps a minute.`;
}

/** One step, at a time in ms. The beat stops, or it would lead the feet. */
export function tap(time) {
  if (metronome?.playing) toggle();
  taps = addTap(taps, time);
  const rate = medianCadence(taps);
  const own = rate === clamp(rate) && rate;
  $('result').textContent = reading(own);
  say(reading(own));
  for (const button of raises) {
    button.value = own ? plusPercent(own, +button.dataset.percent) : '';
    button.disabled = !own || button.value > MAX;
    button.lastChild.textContent = own ? `: ${button.value}` : '';
  }
}

const KEYS = {
  ' ': toggle,
  Enter: toggle,
  ArrowUp: () => setRate(spm + 1),
  ArrowDown: () => setRate(spm - 1),
  PageUp: () => setRate(spm + 5),
  PageDown: () => setRate(spm - 5),
  t: (event) => tap(event.timeStamp),
};

document.onkeydown = (event) => {
  const act = KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (!act || !$('keys').checked || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = /^(Arrow|Page)/.test(event.key);
  const own = steps ? '#volume' : 'button, a, input, summary'; // these use the key themselves
  if (act !== KEYS.t && event.target.matches(own)) return;
  event.preventDefault();
  if (steps || !event.repeat) act(event);
};
document.onvisibilitychange = () => {
  if (!metronome?.playing) return;
  metronome.context.resume();
  metronome.fill();
  keepScreenOn();
};
$('play').onclick = toggle;
$('volume').oninput = $('accent').onchange = setSound;
$('tap').onpointerdown = (event) => tap(event.timeStamp);
$('tap').onclick = (event) => event.detail || tap(event.timeStamp); // keyboard or screen reader
for (const button of document.querySelectorAll('[data-step]')) {
  button.onclick = () => setRate(spm + +button.dataset.step);
}
for (const button of raises) {
  button.onclick = () => {
    setRate(+button.value);
    $('play').focus();
  };
}

if (!spm) {
  spm = START;
  $('note').textContent = `That link needs a whole number from ${MIN} to ${MAX}. The beat is set to ${START}.`;
}
$('spm').textContent = spm;

async function keepOffline() {
  try {
    await navigator.serviceWorker.register('metronome-sw.js');
    await navigator.serviceWorker.ready;
    $('offline').textContent = 'Saved on this device. It works offline.';
  } catch {} // not here: the page works online
}
keepOffline();
