// What the benchmarks ask of a process that measures: it says `ready`, then answers each line `OPERATION COUNT` with
// lines `series NAME VALUE ...`, `result TEXT` and `end`, or with `failed MESSAGE`.
import { createInterface } from "node:readline";

export async function serve(measure) {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const [operation, count] = line.split(" ");
    try {
      const { series, result } = await measure(operation, Number(count));
      for (const [name, values] of Object.entries(series)) {
        console.log(`series ${name} ${values.join(" ")}`);
      }
      console.log(`result ${result}\nend`);
    } catch (error) {
      console.log(`failed ${String(error).replaceAll("\n", " ")}`);
    }
  }
}

// The nanoseconds that a piece of work takes.
export async function timed(work) {
  const begin = process.hrtime.bigint();
  const result = await work();
  return { nanos: Number(process.hrtime.bigint() - begin), result };
}
