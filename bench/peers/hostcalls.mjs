// A module's hostcalls under Node, with nothing between guest and service: node hostcalls.mjs MODULE.WASM
//
// The module is the one that Cloche's figure is measured with; its import writes the time of day and a monotonic time, as
// `clock.now` does, and asks nobody.
import { readFileSync } from "node:fs";
import { serve, timed } from "./worker.mjs";

const [file] = process.argv.slice(2);
const PAYLOAD = 1024;
const ROUNDS = 1000;
const BATCHES = 300;
const ANSWER_BYTES = 16n;

let view;
const now = (request, requestBytes, answer) => {
  view.setBigInt64(answer, BigInt(Date.now()) * 1000000n, true);
  view.setBigInt64(answer + 8, process.hrtime.bigint(), true);
  return ANSWER_BYTES;
};
const module = new WebAssembly.Module(readFileSync(file));
const { exports } = new WebAssembly.Instance(module, { cloche_op: { "clock.now": now } });
view = new DataView(exports.memory.buffer);
view.setInt32(PAYLOAD, ROUNDS, true);

await serve(async (operation, count) => {
  const values = [];
  for (let i = 0; i < count; i += 1) {
    const batches = [];
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const { nanos } = await timed(() => exports.cloche_handle(0, 0, PAYLOAD, 4));
      batches.push(nanos / ROUNDS);
    }
    batches.sort((a, b) => a - b);
    values.push(batches[BATCHES / 2]);
  }
  return { series: { [operation]: values }, result: "ok" };
});
