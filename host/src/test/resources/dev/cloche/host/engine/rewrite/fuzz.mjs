// Runs generated modules on V8 and prints, for each line of input, what was seen of the original and of the transformed
// module. Does what EndiveRun.java does, to the letter.
//
// input, one JSON object a line:  {seed, functions: [{params, results}], globals: [type], original, transformed} (base64)
// output, one JSON object a line: {original: [line], transformed: [line]}
import { createInterface } from 'node:readline';

const ROUNDS = 2;
const CALLS = 5;
const ARGUMENTS = [0, 1, -1, 7, 1000, 123456789];
const DEPTH_MAX = 3;
const HOST_LINES_MAX = 1000;
const FILLED = 4096;
const PAGE = 65536;

const view = new DataView(new ArrayBuffer(8));

function text(type, value) {
  switch (type) {
    case 'F32':
      if (Number.isNaN(value)) return 'nan';
      view.setFloat32(0, value);
      return 'f' + view.getInt32(0);
    case 'F64':
      if (Number.isNaN(value)) return 'nan';
      view.setFloat64(0, value);
      return 'd' + view.getBigInt64(0);
    default:
      return String(value);
  }
}

function argument(type, value, large) {
  switch (type) {
    case 'I32':
      return value;
    case 'I64':
      return BigInt(value) * (large ? 4294967311n : 1n);
    case 'F32':
      return Math.fround(Math.fround(value) / 3);
    default:
      return value / 3;
  }
}

function observe(bytes, { seed, functions, globals }) {
  const lines = [];
  const hostLines = [];
  let depth = 0;
  const log = (line) => hostLines.length < HOST_LINES_MAX && hostLines.push(line);
  const invoke = (index, values) => {
    const results = exports['f' + index](...values);
    return functions[index].results.length > 1 ? results : [results];
  };
  const hostCall = (a, b) => {
    log(`host ${a} ${b}`);
    if (depth < DEPTH_MAX && ((a ^ b) & 1) !== 0) {
      depth++;
      try {
        const index = (a >>> 1) % functions.length;
        const { params, results } = functions[index];
        const [value] = invoke(index, params.map((type, i) => argument(type, (b + i) | 0, false)));
        if (results.length === 0) {
          log('again');
          return 5;
        }
        log('again ' + text(results[0], value));
        return results[0] === 'I32' ? value ^ 5 : 7;
      } finally {
        depth--;
      }
    }
    if (((Math.imul(a, 31) + b) | 0) % 97 === 0) throw new Error('host fault');
    return (Math.imul(a, 7) + b) | 0;
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { call: hostCall } });
  const filled = new Uint8Array(exports.memory.buffer);
  const salt = seed % PAGE;
  for (let i = 0; i < FILLED; i++) filled[(i * 7919 + salt * 31) & (PAGE - 1)] = i * 31 + salt;
  for (let round = 0; round < ROUNDS; round++) {
    for (let index = 0; index < functions.length; index++) {
      for (let call = 0; call < CALLS; call++) {
        const values = functions[index].params.map((type, i) =>
          argument(type, ARGUMENTS[(call * 2 + i * 3 + round) % ARGUMENTS.length], i % 2 === 1));
        exports.g0.value = call === CALLS - 1 ? 600 : 120;
        depth = 0;
        try {
          const results = invoke(index, values);
          lines.push(['results', ...functions[index].results.map((type, i) => text(type, results[i]))].join(' '));
        } catch (e) {
          lines.push('trap ' + e.message);
        }
        lines.push(['globals', ...globals.map((type, i) => text(type, exports['g' + i].value))].join(' '));
      }
    }
  }
  lines.push(...hostLines);
  const entries = Array.from({ length: exports.table.length }, (_, i) => exports.table.get(i));
  const names = entries.map((entry) => entry && 'f' + functions.findIndex((_, i) => exports['f' + i] === entry));
  lines.push(['table', ...names.map(String)].join(' '));
  let hash = 0x811c9dc5 | 0;
  const memory = new Uint8Array(exports.memory.buffer);
  for (const byte of memory) hash = Math.imul(hash ^ byte, 0x01000193);
  lines.push(`memory ${memory.length / PAGE} ${hash}`);
  return lines;
}

for await (const line of createInterface({ input: process.stdin })) {
  const module = JSON.parse(line);
  const original = observe(Buffer.from(module.original, 'base64'), module);
  const transformed = observe(Buffer.from(module.transformed, 'base64'), module);
  console.log(JSON.stringify({ original, transformed }));
}
