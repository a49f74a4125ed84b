// `fetch`, `Headers` and `Response` over the hostcall `http.fetch`. Evaluates to a function of what it needs from the
// prelude. A request and its answer are one buffer each: u32 little-endian length of a JSON header, the header, the body.
(function (prelude) {
  'use strict';

  const { begin, stream, HostcallError, encode, decode, bytesOf, isView, isBuffer, sliceBuffer } = prelude;
  const LENGTH_BYTES = 4;

  class Headers {
    #values = new Map();
    constructor(init = []) {
      const pairs = typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
    append(name, value) {
      const key = `${name}`.toLowerCase();
      const before = this.#values.get(key);
      this.#values.set(key, before === undefined ? `${value}` : `${before}, ${value}`);
    }
    set(name, value) {
      this.#values.set(`${name}`.toLowerCase(), `${value}`);
    }
    get(name) {
      return this.#values.get(`${name}`.toLowerCase()) ?? null;
    }
    has(name) {
      return this.#values.has(`${name}`.toLowerCase());
    }
    delete(name) {
      this.#values.delete(`${name}`.toLowerCase());
    }
    forEach(callback, self) {
      for (const [name, value] of this) callback.call(self, value, name, this);
    }
    *entries() {
      yield* [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
    }
    *keys() {
      for (const [name] of this) yield name;
    }
    *values() {
      for (const [, value] of this) yield value;
    }
    [Symbol.iterator]() {
      return this.entries();
    }
  }

  async function* whole(bytes) {
    if (bytes.length > 0) yield bytes;
  }

  function concat(parts) {
    if (parts.length === 1) return parts[0];
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  // What `response.body` is: that part of a ReadableStream which reads. It is read once, by one reader at a time; the
  // next part is asked for when the script asks for it.
  class BodyStream {
    #parts;
    #begin;
    locked = false;
    constructor(parts, begin) {
      this.#parts = parts;
      this.#begin = begin;
    }
    getReader() {
      if (this.locked) throw new TypeError('the body of this response has a reader already');
      this.locked = true;
      let held = true;
      const check = () => {
        if (!held) throw new TypeError('this reader was released');
      };
      return {
        read: async () => {
          check();
          this.#begin();
          return this.#parts.next();
        },
        cancel: async () => {
          check();
          this.#begin();
          await this.#parts.return?.();
        },
        releaseLock: () => {
          if (held) this.locked = false;
          held = false;
        },
      };
    }
    async cancel() {
      if (this.locked) throw new TypeError('the body of this response has a reader; cancel that');
      this.#begin();
      await this.#parts.return?.();
    }
    async *[Symbol.asyncIterator]() {
      const reader = this.getReader();
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
      } finally {
        await reader.cancel();
        reader.releaseLock();
      }
    }
  }

  class Response {
    #parts;
    #body;
    bodyUsed = false;
    constructor(body = null, { status = 200, statusText = '', headers = [], url = '' } = {}) {
      this.#parts =
        body === null
          ? null
          : typeof body[Symbol.asyncIterator] === 'function'
            ? body[Symbol.asyncIterator]()
            : whole(typeof body === 'string' ? encode(body) : bytesOf(body));
      this.status = status;
      this.statusText = statusText;
      this.headers = new Headers(headers);
      this.url = url;
      this.ok = status >= 200 && status <= 299;
    }
    get body() {
      if (this.#parts === null) return null;
      this.#body ??= new BodyStream(this.#parts, () => {
        this.bodyUsed = true;
      });
      return this.#body;
    }
    async bytes() {
      if (this.bodyUsed || this.#body?.locked) throw new TypeError('the body of this response has been read already');
      if (this.#parts === null) return new Uint8Array(0);
      // A reader that takes parts meanwhile would leave holes in what is answered.
      this.body.getReader();
      this.bodyUsed = true;
      const parts = [];
      for (let part = await this.#parts.next(); !part.done; part = await this.#parts.next()) parts.push(part.value);
      return concat(parts);
    }
    async arrayBuffer() {
      const bytes = await this.bytes();
      return sliceBuffer(bytes.buffer, bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    }
    async text() {
      return decode(await this.bytes());
    }
    async json() {
      return JSON.parse(await this.text());
    }
  }

  function bodyBytes(body, headers) {
    if (body === undefined || body === null) return new Uint8Array(0);
    if (isView(body) || isBuffer(body)) return bytesOf(body);
    if (!headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8');
    return encode(`${body}`);
  }

  function join(header, body) {
    const head = encode(JSON.stringify(header));
    const frame = new Uint8Array(LENGTH_BYTES + head.length + body.length);
    new DataView(frame.buffer).setUint32(0, head.length, true);
    frame.set(head, LENGTH_BYTES);
    frame.set(body, LENGTH_BYTES + head.length);
    return frame.buffer;
  }

  const bodyAt = (bytes) => LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const headerOf = (bytes) => JSON.parse(decode(bytes.subarray(LENGTH_BYTES, bodyAt(bytes))));

  function split(frame) {
    const bytes = new Uint8Array(frame);
    return new Response(bytes.subarray(bodyAt(bytes)), headerOf(bytes));
  }

  // Answers once the header is there; the parts of the body are those that the server sends.
  async function open(request, options) {
    const parts = stream('http.fetch', request, options);
    let head = new Uint8Array(0);
    while (head.length < LENGTH_BYTES || head.length < bodyAt(head)) {
      const { done, value } = await parts.next();
      if (done) throw new TypeError('http.fetch: the response ended within its header');
      head = concat([head, value]);
    }
    let rest = head.subarray(bodyAt(head));
    const body = {
      async next() {
        if (rest.length === 0) return parts.next();
        const value = rest;
        rest = rest.subarray(rest.length);
        return { done: false, value };
      },
      return(value) {
        rest = rest.subarray(rest.length);
        return parts.return(value);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    return new Response(body, headerOf(head));
  }

  async function fetch(resource, { method = 'GET', headers = {}, body, signal = undefined, stream: parts = false } = {}) {
    if (signal?.aborted) throw signal.reason;
    const sent = new Headers(headers);
    const bytes = bodyBytes(body, sent);
    const request = join({ url: `${resource}`, method: `${method}`.toUpperCase(), headers: [...sent] }, bytes);
    if (parts) return open(request, { signal });
    const outcome = await begin('http.fetch', request, split, signal ? { signal } : undefined);
    if (outcome.code === 'cancelled' && signal?.aborted) throw signal.reason;
    if (outcome.status !== 'ok') throw new HostcallError('http.fetch', outcome);
    return outcome.value;
  }

  return { fetch, Headers, Response };
})
