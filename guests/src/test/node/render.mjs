// Renders Markdown files with marked as it comes from npm: the HTML that the extension must give as well.
// Arguments: pairs of a Markdown file and the HTML file to write.

import { readFileSync, writeFileSync } from 'node:fs';
import { marked } from 'marked';

const files = process.argv.slice(2);
for (let i = 0; i < files.length; i += 2) {
    writeFileSync(files[i + 1], marked.parse(readFileSync(files[i], 'utf8')));
}
