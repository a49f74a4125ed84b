interface Greeting {
    readonly name: string;
    readonly loud?: boolean;
}

export class GreetingError extends Error {}

export function greet(greeting: Greeting): string {
    if (greeting.name.length === 0) {
        throw new GreetingError("a greeting needs a name");
    }
    return greeting.loud ? shout(greeting.name) : `hello ${greeting.name}`;
}

const shout = (name: string): string => {
    const upper = name.toUpperCase();
    return JSON.parse(`"HELLO ${upper}`) as string;
};
