// `AbortController` and `AbortSignal`. Evaluates to a function of what it needs from the prelude.
(function (prelude) {
  'use strict';

  const { setTimer } = prelude;
  const KEY = Symbol('only an AbortController makes signals');
  let trigger;

  class AbortSignal {
    #aborted = false;
    #reason = undefined;
    #listeners = [];
    onabort = null;

    static {
      trigger = (signal, reason) => signal.#abort(reason);
    }

    constructor(key) {
      if (key !== KEY) throw new TypeError('an AbortSignal comes from an AbortController: new AbortController().signal');
    }

    static abort(reason) {
      const signal = new AbortSignal(KEY);
      trigger(signal, reason);
      return signal;
    }

    static timeout(millis) {
      if (!(millis >= 0)) {
        throw new TypeError(`AbortSignal.timeout needs a number of milliseconds, millis=${String(millis)}`);
      }
      const signal = new AbortSignal(KEY);
      const timeout = () => trigger(signal, new DOMException('the time of this operation is over', 'TimeoutError'));
      setTimer(timeout, millis, false, []);
      return signal;
    }

    static any(signals) {
      const all = [...signals];
      const aborted = all.find((each) => each.aborted);
      if (aborted !== undefined) return AbortSignal.abort(aborted.reason);
      const signal = new AbortSignal(KEY);
      for (const each of all) each.addEventListener('abort', () => trigger(signal, each.reason));
      return signal;
    }

    get aborted() {
      return this.#aborted;
    }

    get reason() {
      return this.#reason;
    }

    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }

    addEventListener(type, listener) {
      if (type !== 'abort' || listener === null || listener === undefined) return;
      if (this.#aborted || this.#listeners.some((each) => each.listener === listener)) return;
      this.#listeners.push({ listener });
    }

    removeEventListener(type, listener) {
      if (type === 'abort') this.#listeners = this.#listeners.filter((each) => each.listener !== listener);
    }

    // Aborted once and for all: nothing listens afterwards.
    #abort(reason) {
      if (this.#aborted) return;
      this.#aborted = true;
      this.#reason = reason === undefined ? new DOMException('this operation was aborted', 'AbortError') : reason;
      const event = Object.freeze({ type: 'abort', target: this, currentTarget: this });
      const listeners = this.#listeners;
      this.#listeners = [];
      if (typeof this.onabort === 'function') notify(this, this.onabort, event);
      for (const { listener } of listeners) notify(this, listener, event);
    }

    get [Symbol.toStringTag]() {
      return 'AbortSignal';
    }
  }

  // One listener that throws does not keep the next from being told.
  function notify(signal, listener, event) {
    try {
      if (typeof listener === 'function') listener.call(signal, event);
      else listener.handleEvent(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  class AbortController {
    #signal = new AbortSignal(KEY);

    get signal() {
      return this.#signal;
    }

    abort(reason) {
      trigger(this.#signal, reason);
    }

    get [Symbol.toStringTag]() {
      return 'AbortController';
    }
  }

  return { AbortController, AbortSignal };
})
