// The options of a hostcall (`timeout`, `signal`), and `cloche.stream`. Evaluates to a function of what it needs from
// the prelude.
(function (prelude) {
  'use strict';

  const { host, HostcallError, wait, waits, forget } = prelude;
  const TIMEOUT_MILLIS_MAX = 2147483647;
  const MODE_STREAM = 2;

  function millisOf(op, timeout) {
    if (timeout === undefined) return 0;
    if (typeof timeout !== 'number' || !(timeout > 0)) {
      throw new TypeError(`${op}: timeout needs a number of milliseconds above 0, timeout=${String(timeout)}`);
    }
    return timeout < TIMEOUT_MILLIS_MAX ? timeout : TIMEOUT_MILLIS_MAX;
  }

  function checkSignal(op, signal) {
    if (signal === undefined || signal === null) return undefined;
    if (typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
      throw new TypeError(`${op}: signal needs an AbortSignal, for example new AbortController().signal`);
    }
    return signal;
  }

  // Begins a hostcall with options. `waiter` is told the outcome; answers the hostcall's sequence, if it was made.
  function begin(op, request, mode, options, waiter) {
    const { timeout, signal: given } = options ?? {};
    const millis = millisOf(op, timeout);
    const signal = checkSignal(op, given);
    if (signal?.aborted) {
      const message = 'the signal was aborted before the hostcall was made';
      waiter.resolve({ status: 'failed', code: 'cancelled', message, retryable: false }, false);
      return undefined;
    }
    const sequence = host.hostcall(op, request, mode, millis);
    wait(sequence, waiter);
    if (signal !== undefined) follow(signal, sequence, waiter);
    return sequence;
  }

  // Cancels the hostcall when the signal is aborted, for as long as somebody waits for its outcome. Sequences are of
  // one call; a signal may live longer.
  function follow(signal, sequence, waiter) {
    const cancel = () => {
      if (waits(sequence, waiter)) host.cancel(sequence, true);
    };
    const { resolve, reject } = waiter;
    waiter.release = () => signal.removeEventListener('abort', cancel);
    waiter.resolve = (outcome, more) => {
      if (!more) waiter.release();
      resolve(outcome, more);
    };
    waiter.reject = (error) => {
      waiter.release();
      reject(error);
    };
    signal.addEventListener('abort', cancel);
  }

  // An asynchronous iterator over the chunks of an answer. The next one is asked for when the script asks for it, so a
  // script that reads slowly is sent no faster.
  function stream(op, request, options) {
    const signal = options?.signal;
    const asked = [];
    let open = true;
    let failure;

    function take(outcome, more) {
      if (outcome.status !== 'ok') {
        const aborted = outcome.code === 'cancelled' && signal?.aborted;
        failure = { error: aborted ? signal.reason : new HostcallError(op, outcome) };
        end();
        return;
      }
      // The last chunk may be empty: it only says that it is the last.
      if (more || outcome.value.length > 0) asked.shift().resolve({ done: false, value: outcome.value });
      if (!more) end();
      else if (asked.length > 0) host.pull(sequence);
    }

    function end() {
      open = false;
      while (asked.length > 0) settle(asked.shift());
    }

    // The first to ask after a failure is told of it.
    function settle({ resolve, reject }) {
      const told = failure;
      failure = undefined;
      if (told === undefined) resolve({ done: true, value: undefined });
      else reject(told.error);
    }

    function ask(next) {
      if (open && !waits(sequence, waiter)) {
        failure = { error: new Error(`${op}: the call that opened this stream has ended`) };
        open = false;
      }
      if (!open) {
        settle(next);
      } else if (asked.push(next) === 1) {
        host.pull(sequence);
      }
    }

    const waiter = {
      decode: (buffer) => new Uint8Array(buffer),
      resolve: take,
      reject: (error) => {
        failure = { error };
        end();
      },
    };
    const sequence = begin(op, request, MODE_STREAM, options, waiter);

    return {
      next: () => new Promise((resolve, reject) => ask({ resolve, reject })),
      async return(value) {
        if (open) {
          if (waits(sequence, waiter)) {
            forget(sequence);
            host.cancel(sequence, false);
          }
          waiter.release?.();
          end();
        }
        failure = undefined;
        return { done: true, value };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  return { begin, stream };
})
