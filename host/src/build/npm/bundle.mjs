// Bundles the libraries that a guest gets on first use. Each output is one JavaScript expression without side effects
// on globals; its value is an object of the library's exports.
import { build } from "esbuild";
import { basename } from "node:path";

const [outputFolder, ...entryPoints] = process.argv.slice(2);

// core-js keeps its shared state in a property of the global object; guests must not find it there.
const privateState = {
    name: "private-state",
    setup(esbuild) {
        esbuild.onLoad({ filter: /core-js-pure[\\/]internals[\\/]shared-store\.js$/ }, () => ({
            contents: "module.exports = {};",
        }));
    },
};

for (const entryPoint of entryPoints) {
    await build({
        entryPoints: [entryPoint],
        outfile: `${outputFolder}/${basename(entryPoint, ".mjs")}.js`,
        bundle: true,
        format: "iife",
        globalName: "library",
        banner: { js: "(()=>{" },
        footer: { js: "return library.default})()" },
        target: "es2023",
        charset: "ascii",
        minify: true,
        logLevel: "warning",
        plugins: [privateState],
    });
}
