import { Lexer, marked } from 'marked';
import { stickAtStart, stuckAtStart } from './sticky.js';

const { block, inline, other } = new Lexer({ ...marked.defaults }).options.tokenizer.rules;
stickAtStart(block);
stickAtStart(inline);
const { listItemRegex } = other;
other.listItemRegex = (bullet) => stuckAtStart(listItemRegex(bullet));

cloche.command('render', (input) => marked.parse(input.text()));

cloche.filter('content.render', (value) => {
    if (typeof value?.markdown !== 'string') {
        return undefined;
    }
    return { ...value, html: marked.parse(value.markdown) };
});
