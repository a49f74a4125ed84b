cloche.command("noop", () => undefined);

cloche.command("later", async () => {
  await null;
});

cloche.command("json", (input) => ({ ...input.json(), seen: true }));
