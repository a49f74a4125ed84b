// `fetch`, `Headers` and `Response` over the hostcall `http.fetch`. Evaluates to a function of what it needs from the
// prelude. A request and its answer are one buffer each: u32 little-endian length of a JSON header, the header, the body.
(function (prelude) {
  'use strict';

  const { begin, HostcallError, encode, decode, bytesOf, isView, isBuffer, sliceBuffer } = prelude;
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

  class Response {
    #body;
    bodyUsed = false;
    constructor(body = null, { status = 200, statusText = '', headers = [], url = '' } = {}) {
      this.#body = body === null ? new Uint8Array(0) : typeof body === 'string' ? encode(body) : bytesOf(body);
      this.status = status;
      this.statusText = statusText;
      this.headers = new Headers(headers);
      this.url = url;
      this.ok = status >= 200 && status <= 299;
    }
    #take() {
      if (this.bodyUsed) throw new TypeError('the body of this response has been read already');
      this.bodyUsed = true;
      return this.#body;
    }
    async bytes() {
      return this.#take();
    }
    async arrayBuffer() {
      const bytes = this.#take();
      return sliceBuffer(bytes.buffer, bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    }
    async text() {
      return decode(this.#take());
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

  function split(frame) {
    const bodyAt = LENGTH_BYTES + new DataView(frame).getUint32(0, true);
    const header = JSON.parse(decode(new Uint8Array(frame, LENGTH_BYTES, bodyAt - LENGTH_BYTES)));
    return new Response(new Uint8Array(frame, bodyAt), header);
  }

  async function fetch(resource, { method = 'GET', headers = {}, body, signal = undefined } = {}) {
    if (signal?.aborted) throw signal.reason;
    const sent = new Headers(headers);
    const bytes = bodyBytes(body, sent);
    const request = join({ url: `${resource}`, method: `${method}`.toUpperCase(), headers: [...sent] }, bytes);
    const outcome = await begin('http.fetch', request, split, signal ? { signal } : undefined);
    if (outcome.code === 'cancelled' && signal?.aborted) throw signal.reason;
    if (outcome.status !== 'ok') throw new HostcallError('http.fetch', outcome);
    return outcome.value;
  }

  return { fetch, Headers, Response };
})
