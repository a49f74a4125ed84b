// A bundle in contexts of Node's module vm: node contexts.mjs INDEX.JS REQUEST
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { serve, timed } from "./worker.mjs";

const [file, request] = process.argv.slice(2);
const source = readFileSync(file, "utf8");

function create() {
  const handlers = new Map();
  const context = createContext({ cloche: { command: (name, handler) => handlers.set(name, handler) } });
  runInContext(source, context, { filename: file });
  return handlers;
}

const call = (handlers) => JSON.stringify(handlers.get("dispatch")({ json: () => JSON.parse(request) }));

await serve(async (operation, count) => {
  const values = [];
  const kept = create();
  let result = call(kept);
  for (let i = 0; i < count; i += 1) {
    switch (operation) {
      case "create": {
        const { nanos, result: handlers } = await timed(create);
        values.push(nanos);
        result = call(handlers);
        break;
      }
      case "warm": {
        const { nanos, result: reply } = await timed(() => call(kept));
        values.push(nanos);
        result = reply;
        break;
      }
      default:
        throw new Error(`no such operation, operation=${operation}`);
    }
  }
  return { series: { [operation]: values }, result };
});
