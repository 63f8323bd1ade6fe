// One connection by Socket.IO: its protocol 5 over one WebSocket, as far as docs/web-protocol.md needs it (JSON events
// and acks, no binary). The npm client weighs 13 kB gzipped, this a tenth; where no WebSocket gets through, http.js does it.

const CONNECT_MS = 6000;
const BEGIN_MS = 10000;
const PACKET = { open: '0', close: '1', ping: '2', pong: '3' };
const CONNECTED = '40';
const DISCONNECTED = '41';
const EVENT = '42';
const ACK = '43';

/** Calls `late` unless it is called off, or wound up again, within `ms`. */
function alarm(late) {
  let timer;
  return {
    wind(ms) {
      clearTimeout(timer);
      timer = setTimeout(late, ms);
    },
    off: () => clearTimeout(timer),
  };
}

/** The raw line: events and acks. */
class Line {
  #acks = new Map();
  #asked = 0;
  #patience = 0;
  #silence = alarm(() => this.#end());
  #on;

  /**
   * @param {URL} address of the WebSocket.
   * @param {{ready, event, end}} on listeners: connected, an event with its name and data, the line is gone.
   */
  constructor(address, on) {
    this.#on = on;
    this.socket = new WebSocket(address);
    this.socket.onmessage = ({ data }) => this.#read(String(data));
    this.socket.onclose = () => this.#end();
    this.#silence.wind(CONNECT_MS);
  }

  /** Send an event; resolves with what the server answers, rejects when none comes in time. */
  ask(name, data, ms) {
    return new Promise((done, fail) => {
      const id = (this.#asked += 1);
      const late = alarm(() => this.#acks.delete(id) && fail(new Error('no answer in time')));
      late.wind(ms);
      this.#acks.set(id, (answer) => {
        late.off();
        done(answer);
      });
      this.socket.send(`${EVENT}${id}${JSON.stringify([name, data])}`);
    });
  }

  close() {
    this.#end();
  }

  #end() {
    this.#silence.off();
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
    this.#on.end();
  }

  #read(packet) {
    if (this.#patience) this.#silence.wind(this.#patience);
    if (packet[0] === PACKET.open) {
      const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1));
      this.#patience = pingInterval + pingTimeout;
      this.socket.send(CONNECTED);
    } else if (packet === PACKET.ping) this.socket.send(PACKET.pong);
    else if (packet.startsWith(CONNECTED)) this.#on.ready();
    else if (packet.startsWith(EVENT)) this.#on.event(...JSON.parse(packet.slice(packet.indexOf('['))));
    else if (packet.startsWith(ACK)) this.#answered(packet);
    else if (packet === PACKET.close || packet.startsWith(DISCONNECTED) || packet.startsWith('44')) this.#end();
  }

  #answered(packet) {
    const at = packet.indexOf('[');
    const id = Number(packet.slice(ACK.length, at));
    this.#acks.get(id)?.(JSON.parse(packet.slice(at))[0]);
    this.#acks.delete(id);
  }
}

/**
 * @param {URL} server where the bot runs.
 * @param {string|null} token of an earlier talk.
 * @param {{entry: function, typing: function}} events what the server says.
 * @returns {Promise<object>} a session: `begun` (the server's answer), `say`, `erase`, `close`, and `ended`, a promise.
 */
export function connectSocket(server, token, events) {
  const address = new URL('socket.io/?EIO=4&transport=websocket', server);
  address.protocol = server.protocol.replace('http', 'ws');
  return new Promise((done, fail) => {
    let over;
    const ended = new Promise((end) => (over = end));
    const session = () => line.ask('begin', token ? { token } : {}, BEGIN_MS).then((begun) => done({
      kind: 'socket',
      begun,
      say: (id, text, ms) => line.ask('say', { id, text }, ms),
      erase: () => line.ask('delete', {}, BEGIN_MS),
      close: () => line.close(),
      ended,
    }));
    const line = new Line(address, {
      ready: () => session().catch(() => line.close()),
      event: (name, data) => (name === 'message' ? events.entry(data) : name === 'typing' && events.typing(data.on)),
      end: () => {
        over();
        fail(new Error('the line is gone'));
      },
    });
  });
}
