import "./tests.js";

cloche.command("run", async (input) => String(await globalThis.benchTests[input.text()]()));
