// Builds what is made of the guests' sources. `node build.mjs` writes it; `node build.mjs --check` builds it in memory,
// compares it with what is there, and exits 1 where that differs.

import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import esbuild from 'esbuild';
import wabtReady from 'wabt';

const ROOT = dirname(fileURLToPath(import.meta.url));
const WAT = ['hello/hello.wat', 'src/test/bundles/liar/liar.wat', 'src/test/bundles/rogue/rogue.wat'];

/** JavaScript with its npm packages in one ES module, with a source map that points to the author's own lines. */
async function script(entry, target) {
    const { outputFiles } = await esbuild.build({
        absWorkingDir: ROOT,
        entryPoints: [entry],
        outfile: target,
        bundle: true,
        format: 'esm',
        target: 'es2022',
        platform: 'neutral',
        mainFields: ['module', 'main'],
        charset: 'utf8',
        preserveSymlinks: true,
        sourcemap: 'linked',
        sourcesContent: false,
        write: false,
        logLevel: 'warning',
    });
    return outputFiles.map((file) => [relative(ROOT, file.path), file.contents]);
}

/** A file of an npm package as it is. */
async function copy(source, target) {
    return [[target, await readFile(join(ROOT, source))]];
}

/** AssemblyScript to WebAssembly, without a runtime: the source brings its own memory, and nothing is imported for it. */
async function assembly(entry, target) {
    const built = [];
    const { error, stderr } = await asc.main(
        [entry, '--outFile', target, '-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
        {
            readFile: (name, base) => readFile(join(ROOT, base ?? '', name), 'utf8').catch(() => null),
            writeFile: (name, contents) => void built.push([name, contents]),
            listFiles: () => [],
        },
    );
    if (error) {
        throw new Error(`${entry} does not compile:\n${stderr}`);
    }
    return built;
}

/** WebAssembly text to binary, beside it. */
async function text(source) {
    const wabt = await wabtReady();
    const module = wabt.parseWat(source, await readFile(join(ROOT, source)));
    try {
        module.validate();
        return [[source.replace(/\.wat$/, '.wasm'), module.toBinary({}).buffer]];
    } finally {
        module.destroy();
    }
}

const files = (
    await Promise.all([
        script('markdown/index.js', 'markdown/dist/markdown.js'),
        copy('node_modules/marked/LICENSE', 'markdown/dist/LICENSE.marked'),
        assembly('hash/hash.ts', 'hash/dist/hash.wasm'),
        ...WAT.map(text),
    ])
).flat();

let different = 0;
for (const [path, contents] of files) {
    const target = join(ROOT, path);
    if (process.argv.includes('--check')) {
        const committed = await readFile(target).catch(() => null);
        const same = committed !== null && Buffer.compare(committed, contents) === 0;
        different += same ? 0 : 1;
        console.log(`${same ? 'same' : 'differs'} ${path} bytes=${contents.length}`);
    } else {
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, contents);
        console.log(`wrote ${path} bytes=${contents.length}`);
    }
}
process.exitCode = different === 0 ? 0 : 1;
