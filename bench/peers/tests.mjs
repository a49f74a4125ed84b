// The six tests of speed under Node: node tests.mjs TESTS.JS
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { serve, timed } from "./worker.mjs";

const [file] = process.argv.slice(2);
runInThisContext(readFileSync(file, "utf8"), { filename: file });

await serve(async (operation, count) => {
  const values = [];
  let result = "";
  for (let i = 0; i < count; i += 1) {
    const { nanos, result: text } = await timed(() => globalThis.benchTests[operation]());
    values.push(nanos);
    result = String(text);
  }
  return { series: { [operation]: values }, result };
});
