"""The six tests of speed in QuickJS under wasmtime: python3 tests_wasmtime.py QUICKJS.WASM TESTS.JS

Answers requests as worker.mjs describes. Needs the package wasmtime.
"""

import sys
import time

from wasmtime import Engine, Func, Linker, Module, Store

STACK_BYTES = 200 << 10

# Runs all jobs without a call from Python for each, which would cost more than the job. Answers what the last one did.
DRAIN = """
(module
  (import "engine" "qjs_execute_pending_job" (func $execute (result i32)))
  (func (export "drain") (result i32)
    (local $outcome i32)
    (loop $next
      (local.set $outcome (call $execute))
      (br_if $next (i32.gt_s (local.get $outcome) (i32.const 0))))
    (local.get $outcome)))
"""


class QuickJs:
    """A QuickJS whose imports do nothing."""

    def __init__(self, wasm):
        engine = Engine()
        module = Module.from_file(engine, wasm)
        self.store = Store(engine)
        linker = Linker(engine)
        for wanted in module.imports:
            results = len(wanted.type.results)
            linker.define(
                self.store,
                wanted.module,
                wanted.name,
                Func(self.store, wanted.type, lambda *_, results=results: 0 if results else None),
            )
        instance = linker.instantiate(self.store, module)
        self.exports = instance.exports(self.store)
        linker.define_instance(self.store, "engine", instance)
        self.drain = linker.instantiate(self.store, Module(engine, DRAIN)).exports(self.store)["drain"]
        self.memory = self.exports["memory"]
        self.call("_initialize")
        if self.call("qjs_init") != 0:
            raise RuntimeError("the engine does not start")
        self.call("qjs_set_max_stack_size", STACK_BYTES)

    def call(self, name, *arguments):
        return self.exports[name](self.store, *arguments)

    def place(self, text):
        data = text.encode() + b"\0"
        address = self.call("wasm_malloc", len(data))
        self.memory.write(self.store, data, address)
        return address, len(data) - 1

    def text(self, value):
        address = self.call("qjs_get_string", value)
        end = address
        while self.memory.read(self.store, end, end + 1) != b"\0":
            end += 1
        text = self.memory.read(self.store, address, end).decode()
        self.call("qjs_free_cstring", address)
        return text

    def evaluate(self, source):
        code, length = self.place(source)
        name, _ = self.place("bench.js")
        value = self.call("qjs_eval", code, length, name, 0)
        self.call("wasm_free", code)
        self.call("wasm_free", name)
        if self.call("qjs_is_exception", value):
            raise RuntimeError(self.text(self.call("qjs_get_exception")))
        return value

    def settle(self):
        if self.drain(self.store) < 0:
            raise RuntimeError("a job failed")


def serve(engine):
    print("ready", flush=True)
    for line in sys.stdin:
        operation, count = line.split()
        values = []
        result = ""
        try:
            for _ in range(int(count)):
                begin = time.perf_counter_ns()
                engine.call("qjs_free_value", engine.evaluate(f"benchStart('{operation}')"))
                engine.settle()
                values.append(time.perf_counter_ns() - begin)
                answer = engine.evaluate("benchResult")
                result = engine.text(answer)
                engine.call("qjs_free_value", answer)
        except Exception as error:  # whatever it is, the benchmark wants to know
            print("failed", repr(error).replace("\n", " "), flush=True)
            continue
        print("series", operation, *values)
        print(f"result {result}\nend", flush=True)


def main():
    wasm, tests = sys.argv[1:]
    engine = QuickJs(wasm)
    with open(tests, encoding="utf-8") as file:
        engine.evaluate(file.read())
    engine.evaluate(
        """
        globalThis.benchStart = (name) => {
          globalThis.benchResult = "";
          Promise.resolve(benchTests[name]()).then((text) => { globalThis.benchResult = String(text); });
        };
        """
    )
    serve(engine)


main()
