/** Gives functions the names of their keys: the bundler shortened theirs, and guests can see them. */
export function named(functions) {
    for (const [name, value] of Object.entries(functions)) {
        Object.defineProperty(value, "name", { value: name, configurable: true });
    }
    return functions;
}
