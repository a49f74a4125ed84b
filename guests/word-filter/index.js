import { mask } from './mask.js';
import { addWord, words } from './words.js';

const WORD_LENGTH_MAX = 64;

cloche.filter('comment.before-save', async (comment) => {
    if (typeof comment?.text !== 'string') {
        return undefined;
    }
    const { text, count } = mask(comment.text, await words());
    return count === 0 ? undefined : { ...comment, text };
});

cloche.tool('count_masked', async ({ text }) => ({ count: mask(text, await words()).count }));

cloche.command('words', async () => (await words()).map((word) => `${word}\n`).join(''));

cloche.command('add-word', (input) => {
    const word = input.text().trim().toLowerCase();
    if (word === '' || word.length > WORD_LENGTH_MAX || /\s/u.test(word)) {
        throw new RangeError(`a word is 1 to ${WORD_LENGTH_MAX} characters without spaces, word=${word}`);
    }
    return addWord(word);
});
