// What a script finds in its isolate before its own first line runs. Evaluates to a function of the host's functions
// that sets up the global object and answers the entrances the host calls.
//
// The guest runs in the same realm and may replace any built-in. Nothing here guards the host (that is done outside the
// isolate); the built-ins are taken before the guest runs so that a guest which changes its own world still gets replies.
(function (host) {
  'use strict';

  const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { parse: parseJson, stringify: stringifyJson } = JSON;
  const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
  const isView = ArrayBuffer.isView;
  const byteLengthOf = uncurried(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get);
  const sliceBuffer = uncurried(ArrayBuffer.prototype.slice);
  const setBytes = uncurried(TypedArrayPrototype.set);
  const subarray = uncurried(TypedArrayPrototype.subarray);
  const mapGet = uncurried(Map.prototype.get);
  const startsWith = uncurried(String.prototype.startsWith);
  const mapSet = uncurried(Map.prototype.set);
  const mapDelete = uncurried(Map.prototype.delete);
  const mapClear = uncurried(Map.prototype.clear);
  const charCodeAt = uncurried(String.prototype.charCodeAt);
  const sliceText = uncurried(String.prototype.slice);
  const now = performance.now.bind(performance);
  const NativeTypeError = TypeError;
  const NativeError = Error;
  const NativePromise = Promise;
  const NativeUint8Array = Uint8Array;
  const NativeDOMException = DOMException;

  function uncurried(method) {
    return (self, ...args) => apply(method, self, args);
  }

  function define(target, name, value) {
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }

  // Globals that cost nothing until they are touched. What the guest has put in their place stays.
  function defineLazily(names, load) {
    const getters = {};
    const install = (name) =>
      defineProperty(globalThis, name, {
        get: getters[name],
        set: (value) => define(globalThis, name, value),
        enumerable: false,
        configurable: true,
      });
    const touch = (name) => {
      const untouched = names.filter((each) => getOwnPropertyDescriptor(globalThis, each)?.get === getters[each]);
      // The library itself looks whether the global is there; it must not find this getter.
      for (const each of untouched) delete globalThis[each];
      let loaded;
      try {
        loaded = load();
      } catch (error) {
        untouched.forEach(install);
        throw error;
      }
      for (const each of untouched) define(globalThis, each, loaded[each]);
      return loaded[name];
    };
    for (const name of names) {
      getters[name] = () => touch(name);
      install(name);
    }
  }

  function isBuffer(value) {
    try {
      byteLengthOf(value);
      return true;
    } catch {
      return false;
    }
  }

  // ---- Entries ----------------------------------------------------------------------------------------------------

  const handlers = new Map();

  // Which call this is. A handler that was left waiting may go on in a later call; its answer is nobody's then.
  let generation = 0;

  function register(kind, name, handler) {
    if (typeof name !== 'string' || name === '') {
      throw new NativeTypeError(`cloche.${kind} needs a name, for example cloche.${kind}('my-name', handler)`);
    }
    if (typeof handler !== 'function') {
      throw new NativeTypeError(`cloche.${kind}('${name}') needs a function as its second argument`);
    }
    const entry = `${kind}:${name}`;
    host.register(entry);
    mapSet(handlers, entry, handler);
  }

  // Answers a call. `payload` is text for hooks and tools (JSON), a buffer for commands.
  async function dispatch(entry, kind, name, payload, extension, callId, remainingMillis) {
    const startedAt = now();
    const mine = ++generation;
    const reply = (status, data) => {
      if (mine === generation) host.reply(status, data);
    };
    const context = {
      extension,
      entry,
      kind,
      name,
      callId,
      remaining: () => (remainingMillis - (now() - startedAt) > 0 ? remainingMillis - (now() - startedAt) : 0),
    };
    try {
      const handler = mapGet(handlers, entry);
      if (kind === 'command') {
        reply(0, bytesOrText(await handler(inputOf(payload), context)));
      } else {
        reply(0, jsonOf(kind, payload, await handler(parseJson(payload), context)));
      }
    } catch (error) {
      reply(1, describeError(error));
    }
  }

  // What the host calls before it takes a snapshot: the ways of a call have been gone once then, and what the engine
  // makes for that (built-ins, shapes, strings, room on its heap) is there in each isolate. No entry that a bundle has is
  // so named.
  mapSet(handlers, 'cloche:rehearsal', (value) => {
    touch(builtIns);
    const { buffer } = new NativeUint8Array([123, 34, 97, 34, 58, 49, 125]);
    bytesOrText(inputOf(buffer).json());
    bytesOrText(inputOf(buffer).bytes);
    return value;
  });

  // The objects that the language itself has, as they are before the guest runs: those that globals name, and the
  // prototypes behind them.
  const builtIns = new Set([
    getPrototypeOf(function* () {}),
    getPrototypeOf(async function () {}),
    getPrototypeOf([][Symbol.iterator]()),
    getPrototypeOf(new Map().entries()),
    getPrototypeOf(new Set().entries()),
    getPrototypeOf(''[Symbol.iterator]()),
    getPrototypeOf(''.matchAll(/a/g)),
  ]);
  for (const key of ownKeys(globalThis)) {
    addWithPrototypes(getOwnPropertyDescriptor(globalThis, key).value);
  }

  function addWithPrototypes(value) {
    for (let at = value; isObject(at) && at !== globalThis && !builtIns.has(at); at = getPrototypeOf(at)) {
      builtIns.add(at);
      addWithPrototypes(getOwnPropertyDescriptor(at, 'prototype')?.value);
    }
  }

  function isObject(value) {
    return (typeof value === 'object' && value !== null) || typeof value === 'function';
  }

  // The engine makes most built-in functions when they are first looked at.
  function touch(objects) {
    for (const object of objects) {
      for (const key of ownKeys(object)) getOwnPropertyDescriptor(object, key);
    }
  }

  function inputOf(buffer) {
    const bytes = new NativeUint8Array(buffer);
    return {
      bytes,
      text: () => host.decode('utf-8', false, bytes),
      json: () => parseJson(host.decode('utf-8', false, bytes)),
    };
  }

  function bytesOrText(output) {
    if (output === undefined) return '';
    if (typeof output === 'string') return output;
    return isView(output) || isBuffer(output) ? bytesOf(output) : toJson(output);
  }

  function jsonOf(kind, payload, output) {
    if (kind === 'action') return '';
    if (output === undefined) return kind === 'filter' ? payload : 'null';
    return toJson(output);
  }

  function toJson(value) {
    const text = stringifyJson(value);
    if (text === undefined) {
      throw new NativeTypeError(`a ${typeof value} cannot be answered: it has no JSON form`);
    }
    return text;
  }

  // The host keeps no more than this of what an error says; to join all that a huge one says could take more memory than
  // is left.
  const ERROR_CHARS_MAX = 4000;

  // `code`, `message` and `stack` of whatever was thrown, joined by NUL; never throws itself.
  function describeError(error) {
    let code = 'Error';
    let message;
    let stack = '';
    try {
      if (error !== null && typeof error === 'object') {
        code = `${error.name ?? 'Error'}`;
        message = `${error.message ?? stringifyJson(error)}`;
        stack = typeof error.stack === 'string' ? error.stack : '';
      } else {
        message = `${typeof error === 'symbol' ? 'a symbol' : error}`;
      }
    } catch {
      message ??= 'an error that cannot be described';
    }
    const cut = (text) => sliceText(text, 0, ERROR_CHARS_MAX);
    return `${cut(code)}\0${cut(message)}\0${cut(stack)}`;
  }

  // ---- Timers -----------------------------------------------------------------------------------------------------

  const TIMER_MILLIS_MAX = 2147483647;
  const timers = new Map();

  // The host numbers timers anew in each call. What a guest sees goes on from call to call, so that an id it has kept
  // never names a timer of another call.
  let timerIdsBefore = 0;
  let timerIdLast = 0;

  function setTimer(callback, delay, repeat, args) {
    if (typeof callback !== 'function') {
      throw new NativeTypeError(`${repeat ? 'setInterval' : 'setTimeout'} needs a function as its first argument`);
    }
    let millis = +delay;
    millis = millis > 0 ? (millis < TIMER_MILLIS_MAX ? millis : TIMER_MILLIS_MAX) : 0;
    const id = timerIdsBefore + host.setTimer(millis, repeat);
    timerIdLast = id;
    mapSet(timers, id, { callback, args, repeat });
    return id;
  }

  function clearTimer(id) {
    if (typeof id === 'number' && mapDelete(timers, id)) host.clearTimer(id - timerIdsBefore);
  }

  function fire(number) {
    const id = timerIdsBefore + number;
    const timer = mapGet(timers, id);
    if (timer === undefined) return;
    if (!timer.repeat) mapDelete(timers, id);
    apply(timer.callback, undefined, timer.args);
  }

  define(globalThis, 'setTimeout', (callback, delay, ...args) => setTimer(callback, delay, false, args));
  define(globalThis, 'setInterval', (callback, delay, ...args) => setTimer(callback, delay, true, args));
  define(globalThis, 'clearTimeout', clearTimer);
  define(globalThis, 'clearInterval', clearTimer);

  // ---- Hostcalls --------------------------------------------------------------------------------------------------

  const TAG_CHUNK = 3;
  const STATUS = ['ok', 'denied', 'failed', 'ok'];
  const MODE_JSON = 0;
  const MODE_BYTES = 1;
  const waiting = new Map();

  class HostcallError extends NativeError {
    constructor(op, outcome) {
      // Most messages begin with the operation themselves.
      super(startsWith(outcome.message, `${op}: `) ? outcome.message : `${op}: ${outcome.message}`);
      this.op = op;
      this.status = outcome.status;
      this.code = outcome.code;
      if (outcome.details !== undefined) this.details = outcome.details;
      if (outcome.retryable !== undefined) this.retryable = outcome.retryable;
    }
    get name() {
      return 'HostcallError';
    }
  }

  // What options of a hostcall and streams need is loaded when they are first used.
  let withOptions;

  function optional() {
    withOptions ??= host.library('hostcall')({
      host,
      HostcallError,
      wait: (sequence, waiter) => mapSet(waiting, sequence, waiter),
      waits: (sequence, waiter) => mapGet(waiting, sequence) === waiter,
      forget: (sequence) => mapDelete(waiting, sequence),
    });
    return withOptions;
  }

  // Begins a hostcall; `decode` turns the answer (text, or a buffer where `mode` is that of bytes) into the outcome's
  // value.
  function begin(op, request, mode, decode, options) {
    return new NativePromise((resolve, reject) => {
      const waiter = { resolve, reject, decode };
      if (options === undefined) mapSet(waiting, host.hostcall(op, request, mode), waiter);
      else optional().begin(op, request, mode, options, waiter);
    });
  }

  function complete(sequence, tag, answer) {
    const waiter = mapGet(waiting, sequence);
    if (waiter === undefined) return;
    const more = tag === TAG_CHUNK;
    if (!more) mapDelete(waiting, sequence);
    const status = STATUS[tag];
    try {
      const outcome = status === 'ok' ? { status, value: waiter.decode(answer) } : { status, ...parseJson(answer) };
      waiter.resolve(outcome, more);
    } catch (error) {
      waiter.reject(error);
    }
  }

  async function hostcall(op, params = {}, options = undefined) {
    return begin(`${op}`, toJson(params), MODE_JSON, parseJson, options);
  }

  const stream = (op, params = {}, options = {}) => optional().stream(`${op}`, toJson(params), options);

  async function demand(op, params) {
    const outcome = await hostcall(op, params);
    if (outcome.status !== 'ok') throw new HostcallError(op, outcome);
    return outcome.value;
  }

  const kv = {
    async get(key) {
      return (await demand('kv.get', { key })).value;
    },
    async set(key, value) {
      await demand('kv.set', { key, value });
    },
    async delete(key) {
      return (await demand('kv.delete', { key })).deleted;
    },
    list({ prefix, after, limit } = {}) {
      return demand('kv.list', { prefix, after, limit });
    },
  };

  // Who is told of events in this call, by number.
  const subscriptions = new Map();
  let subscriptionCount = 0;
  const NOBODY = { topic: '', handler: undefined };

  function covers(topic, name) {
    const before = topic.length - 1;
    return topic[before] === '*' ? startsWith(name, sliceText(topic, 0, before)) : topic === name;
  }

  const events = {
    async emit(topic, data = null) {
      return (await demand('events.emit', { topic: `${topic}`, data })).delivered;
    },
    async subscribe(topic, handler) {
      if (typeof handler !== 'function') {
        throw new NativeTypeError('cloche.events.subscribe needs a function as its second argument');
      }
      const mine = { topic: `${topic}`, handler };
      const number = subscriptionCount++;
      // Before the answer: an event may be there with it.
      mapSet(subscriptions, number, mine);
      try {
        await demand('events.subscribe', { topic: mine.topic });
      } catch (error) {
        if (mapGet(subscriptions, number) === mine) mapSet(subscriptions, number, NOBODY);
        throw error;
      }
    },
  };

  function logLine(level, message) {
    if (level !== 'debug' && level !== 'info' && level !== 'warn' && level !== 'error') {
      throw new NativeTypeError(`cloche.log needs a level of debug, info, warn or error, level=${show(level, 0, [])}`);
    }
    host.print(level, `${message}`);
  }

  define(globalThis, 'cloche', Object.freeze({
    action: (name, handler) => register('action', name, handler),
    on: (name, handler) => register('action', name, handler),
    filter: (name, handler) => register('filter', name, handler),
    tool: (name, handler) => register('tool', name, handler),
    command: (name, handler) => register('command', name, handler),
    hostcall,
    stream,
    log: logLine,
    kv: Object.freeze(kv),
    events: Object.freeze(events),
    HostcallError,
  }));

  // ---- Text, randomness -------------------------------------------------------------------------------------------

  function bytesOf(source) {
    if (isView(source)) return new NativeUint8Array(source.buffer, source.byteOffset, source.byteLength);
    if (isBuffer(source)) return new NativeUint8Array(source);
    throw new NativeTypeError('needs an ArrayBuffer or a view of one');
  }

  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }
    encode(text = '') {
      return new NativeUint8Array(host.encode(`${text}`));
    }
    encodeInto(text, target) {
      const source = `${text}`;
      let read = 0;
      let written = 0;
      while (read < source.length) {
        const point = source.codePointAt(read);
        const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        if (written + size > target.length) break;
        setBytes(target, new NativeUint8Array(host.encode(String.fromCodePoint(point))), written);
        read += point > 0xffff ? 2 : 1;
        written += size;
      }
      return { read, written };
    }
  }

  const LABELS = new Map([
    ['utf-8', 'utf-8'], ['utf8', 'utf-8'], ['unicode-1-1-utf-8', 'utf-8'],
    ['utf-16le', 'utf-16le'], ['utf-16', 'utf-16le'], ['ucs-2', 'utf-16le'], ['unicode', 'utf-16le'],
    ['windows-1252', 'windows-1252'], ['latin1', 'windows-1252'], ['iso-8859-1', 'windows-1252'],
    ['ascii', 'windows-1252'], ['us-ascii', 'windows-1252'],
  ]);

  // How many bytes at the end belong to a character that is not complete yet.
  function unfinishedTail(bytes, encoding) {
    const end = bytes.length;
    if (encoding === 'utf-16le') {
      const odd = end % 2;
      const high = end - odd >= 2 ? bytes[end - odd - 1] : 0;
      return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
    }
    if (encoding !== 'utf-8') return 0;
    for (let back = 1; back <= 3 && back <= end; back++) {
      const byte = bytes[end - back];
      if (byte >= 0xc2 && byte <= 0xf4) {
        const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        return size > back ? back : 0;
      }
      if (byte < 0x80 || byte > 0xbf) return 0;
    }
    return 0;
  }

  class TextDecoder {
    #pending = new NativeUint8Array(0);
    #atStart = true;
    #encoding;
    #fatal;
    #ignoreBOM;
    constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
      const encoding = LABELS.get(`${label}`.trim().toLowerCase());
      if (encoding === undefined) {
        throw new RangeError(`TextDecoder does not know the encoding '${label}'; it knows utf-8, utf-16le and latin1`);
      }
      this.#encoding = encoding;
      this.#fatal = !!fatal;
      this.#ignoreBOM = !!ignoreBOM;
    }
    get encoding() {
      return this.#encoding;
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBOM;
    }
    decode(source, { stream = false } = {}) {
      let bytes = source === undefined ? new NativeUint8Array(0) : bytesOf(source);
      if (this.#pending.length > 0) {
        const joined = new NativeUint8Array(this.#pending.length + bytes.length);
        setBytes(joined, this.#pending, 0);
        setBytes(joined, bytes, this.#pending.length);
        bytes = joined;
      }
      const kept = stream ? unfinishedTail(bytes, this.#encoding) : 0;
      this.#pending = new NativeUint8Array(kept);
      setBytes(this.#pending, subarray(bytes, bytes.length - kept), 0);
      let text = host.decode(this.#encoding, this.#fatal, subarray(bytes, 0, bytes.length - kept));
      if (this.#atStart && !this.#ignoreBOM && charCodeAt(text, 0) === 0xfeff) text = sliceText(text, 1);
      this.#atStart = stream ? this.#atStart && text === '' : true;
      return text;
    }
  }

  define(globalThis, 'TextEncoder', TextEncoder);
  define(globalThis, 'TextDecoder', TextDecoder);

  const RANDOM_BYTES_MAX = 65536;
  const HEX = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));

  define(globalThis, 'crypto', Object.freeze({
    getRandomValues(view) {
      if (!isView(view) || view instanceof DataView || view instanceof Float32Array || view instanceof Float64Array) {
        throw new NativeDOMException('getRandomValues needs a typed array of integers', 'TypeMismatchError');
      }
      const bytes = bytesOf(view);
      if (bytes.length > RANDOM_BYTES_MAX) {
        throw new NativeDOMException(
          `getRandomValues gives at most ${RANDOM_BYTES_MAX} bytes at once, asked for ${bytes.length}`,
          'QuotaExceededError');
      }
      setBytes(bytes, new NativeUint8Array(host.random(bytes.length, true)), 0);
      return view;
    },
    randomUUID() {
      const bytes = new NativeUint8Array(host.random(16, true));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      let text = '';
      for (let i = 0; i < 16; i++) {
        text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + HEX[bytes[i]];
      }
      return text;
    },
  }));

  // The engine's own generator is seeded once, which isolates made from one snapshot would share. Numbers are drawn from
  // the host in batches, and what is left of a batch goes with the call.
  const RANDOM_BATCH = 64;
  const numbers = new Float64Array(RANDOM_BATCH);
  let drawn = RANDOM_BATCH;

  function drawNumbers() {
    const words = new Uint32Array(host.random(RANDOM_BATCH * 8, false));
    for (let i = 0; i < RANDOM_BATCH; i++) {
      // 53 random bits, as many as a number in [0, 1) holds.
      numbers[i] = ((words[2 * i] >>> 5) * 67108864 + (words[2 * i + 1] >>> 6)) / 9007199254740992;
    }
    drawn = 0;
  }

  define(Math, 'random', {
    random() {
      if (drawn === RANDOM_BATCH) drawNumbers();
      return numbers[drawn++];
    },
  }.random);

  // ---- Console ----------------------------------------------------------------------------------------------------

  const SHOW_DEPTH_MAX = 4;
  const SHOW_ITEMS_MAX = 100;

  function show(value, depth, seen) {
    if (typeof value === 'string') return depth === 0 ? value : stringifyJson(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'symbol') return Symbol.prototype.toString.call(value);
    if (typeof value === 'function') return `[function ${value.name || '(anonymous)'}]`;
    if (value === null || typeof value !== 'object') return `${value}`;
    if (value instanceof NativeError) return value.stack ? `${value.name}: ${value.message}\n${value.stack}` : `${value}`;
    if (value instanceof Date || value instanceof RegExp) return `${value}`;
    if (seen.includes(value)) return '[circular]';
    if (depth > SHOW_DEPTH_MAX) return Array.isArray(value) ? '[array]' : '[object]';
    return showItems(value, depth, [...seen, value]);
  }

  function showItems(value, depth, seen) {
    const item = (each) => show(each, depth + 1, seen);
    const pair = ([key, each]) => `${item(key)} => ${item(each)}`;
    if (value instanceof Map) return `Map(${value.size}) {${cut([...value].map(pair))}}`;
    if (value instanceof Set) return `Set(${value.size}) {${cut([...value].map(item))}}`;
    if (isBuffer(value)) return `ArrayBuffer(${value.byteLength})`;
    if (Array.isArray(value)) return `[${cut(value.slice(0, SHOW_ITEMS_MAX + 1).map(item))}]`;
    if (isView(value)) {
      return `${value.constructor?.name}(${value.length ?? value.byteLength}) [${cut(Array.from(
        value.length === undefined ? [] : value.subarray(0, SHOW_ITEMS_MAX + 1), item))}]`;
    }
    const maker = value.constructor;
    const name = maker === Object || typeof maker !== 'function' ? '' : `${maker.name} `;
    const keys = Object.keys(value).slice(0, SHOW_ITEMS_MAX + 1);
    return `${name}{${cut(keys.map((key) => `${key}: ${item(value[key])}`))}}`;
  }

  function cut(items) {
    const text = items.slice(0, SHOW_ITEMS_MAX).join(', ');
    const shown = items.length > SHOW_ITEMS_MAX ? `${text}, …` : text;
    return shown === '' ? '' : ` ${shown} `;
  }

  function format(args) {
    let rest = args;
    let head = '';
    if (typeof args[0] === 'string' && args.length > 1 && args[0].includes('%')) {
      let next = 1;
      head = args[0].replace(/%([sdifoOjc%])/g, (match, kind) => {
        if (kind === '%') return '%';
        if (next >= args.length) return match;
        const value = args[next++];
        if (kind === 's') return show(value, 0, []);
        if (kind === 'd' || kind === 'i') return `${kind === 'i' ? parseInt(value, 10) : Number(value)}`;
        if (kind === 'f') return `${parseFloat(value)}`;
        if (kind === 'j') return stringifyJson(value);
        return kind === 'c' ? '' : show(value, 1, []);
      });
      rest = args.slice(next);
      if (rest.length === 0) return head;
      head += ' ';
    }
    return head + rest.map((value) => show(value, 0, [])).join(' ');
  }

  const counts = new Map();
  const clocks = new Map();
  let indent = '';

  function print(level, ...args) {
    let text;
    try {
      text = format(args);
    } catch {
      text = '[something that cannot be shown]';
    }
    host.print(level, indent + text);
  }

  function elapsed(label, ...args) {
    const since = clocks.get(label);
    print(since === undefined ? 'warn' : 'info',
      since === undefined ? `no timer '${label}'` : `${label}: ${(now() - since).toFixed(3)} ms`, ...args);
  }

  define(globalThis, 'console', {
    log: (...args) => print('info', ...args),
    info: (...args) => print('info', ...args),
    debug: (...args) => print('debug', ...args),
    warn: (...args) => print('warn', ...args),
    error: (...args) => print('error', ...args),
    trace: (...args) => print('debug', ...args, `\n${new NativeError().stack}`),
    dir: (value) => print('info', value),
    table: (value) => print('info', value),
    assert: (condition, ...args) => condition || print('error', 'assertion failed', ...args),
    count(label = 'default') {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      print('info', `${label}: ${counts.get(label)}`);
    },
    countReset: (label = 'default') => void counts.delete(label),
    time: (label = 'default') => void clocks.set(label, now()),
    timeLog: (label = 'default', ...args) => elapsed(label, ...args),
    timeEnd(label = 'default') {
      elapsed(label);
      clocks.delete(label);
    },
    group(...args) {
      if (args.length > 0) print('info', ...args);
      indent += '  ';
    },
    groupCollapsed(...args) {
      globalThis.console.group(...args);
    },
    groupEnd() {
      indent = indent.slice(2);
    },
  });

  // ---- Libraries that are loaded when they are first used ---------------------------------------------------------

  defineLazily(['URL', 'URLSearchParams'], () => host.library('url'));
  defineLazily(['structuredClone'], () => host.library('structured-clone'));
  defineLazily(['fetch', 'Headers', 'Response'], () =>
    host.library('fetch')({ begin: (op, request, decode, options) => begin(op, request, MODE_BYTES, decode, options),
      stream: (op, request, options) => optional().stream(op, request, options),
      HostcallError, encode: (text) => new NativeUint8Array(host.encode(text)),
      decode: (bytes) => host.decode('utf-8', false, bytes), bytesOf, isView, isBuffer, sliceBuffer }));

  defineLazily(['AbortController', 'AbortSignal'], () => host.library('abort')({ setTimer }));

  // ---- Entrances for the host -------------------------------------------------------------------------------------

  // An inbound event goes to those who subscribed to it in this call, or else to the action of its name; without one,
  // nobody wants it.
  function arrive(name, value, source) {
    let told = false;
    let failure;
    for (let i = 0, end = subscriptionCount; i < end; i++) {
      const { topic, handler } = mapGet(subscriptions, i);
      if (!covers(topic, name)) continue;
      told = true;
      try {
        handler(parseJson(value), { kind: 'event', name, source });
      } catch (error) {
        failure ??= { error };
      }
    }
    const action = told ? undefined : mapGet(handlers, `action:${name}`);
    if (action !== undefined) {
      action(parseJson(value), { kind: 'event', name, source });
    }
    if (failure !== undefined) throw failure.error;
  }

  // Called when a call has been answered: what it left behind will not run in the next one.
  function endCall() {
    generation++;
    mapClear(timers);
    timerIdsBefore = timerIdLast;
    mapClear(waiting);
    mapClear(subscriptions);
    subscriptionCount = 0;
    mapClear(counts);
    mapClear(clocks);
    indent = '';
    drawn = RANDOM_BATCH;
  }

  return [dispatch, complete, fire, endCall, describeError, arrive];
})
