import { greet } from "./greeting.js";

declare const cloche: {
    command(name: string, handler: (input: { text(): string }) => string): void;
};

type Name = string & { readonly brand: "name" };

cloche.command("greet", (input) => {
    const name = input.text().trim() as Name;
    return greet({ name, loud: name.endsWith("!") });
});
