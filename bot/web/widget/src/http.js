// The same talk by plain HTTP, for networks that let no socket through. See docs/web-protocol.md.

const BEGIN_MS = 10000;
const WAIT_MS = 40000;

async function call(server, path, token, signal, body) {
  const answer = await fetch(new URL(path, server), {
    method: body ? 'POST' : 'GET',
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
    credentials: 'omit',
    signal,
  });
  return answer.json();
}

/** Connects like `connectSocket`, with the same arguments and the same session. */
export async function connectHttp(server, token, events) {
  const stop = new AbortController();
  const within = (ms) => AbortSignal.any([stop.signal, AbortSignal.timeout(ms)]);
  const begun = await call(server, 'web/begin', token, within(BEGIN_MS), { token });
  const ended = begun.ok ? listen() : Promise.resolve();

  async function listen() {
    let last = begun.history.at(-1)?.n ?? 0;
    try {
      while (!stop.signal.aborted) {
        const { ok, entries } = await call(server, `web/wait?after=${last}`, begun.token, within(WAIT_MS));
        if (!ok) return;
        for (const entry of entries) {
          last = Math.max(last, entry.n);
          events.entry(entry);
        }
      }
    } catch {
      stop.abort(); // the line is gone: whoever waits for `ended` connects anew
    }
  }

  return {
    kind: 'http',
    begun,
    say: (id, text, ms) => call(server, 'web/say', begun.token, within(ms), { id, text }),
    erase: () => call(server, 'web/delete', begun.token, within(BEGIN_MS), {}),
    close: () => stop.abort(),
    ended,
  };
}
