import { Lexer, marked } from 'marked';
import { stickAtStart } from './sticky.js';

for (const rules of Object.values(Lexer.rules).flatMap(Object.values)) {
    stickAtStart(rules);
}

cloche.command('render', (input) => marked.parse(input.text()));

cloche.filter('content.render', (value) => {
    if (typeof value?.markdown !== 'string') {
        return undefined;
    }
    return { ...value, html: marked.parse(value.markdown) };
});
