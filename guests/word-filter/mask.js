// A word counts where no letter, digit or underscore touches it, in any script.
const BEFORE = '(?<![\\p{L}\\p{N}_])';
const AFTER = '(?![\\p{L}\\p{N}_])';

/** The text with every listed word replaced by as many asterisks as it has characters, and how many there were. */
export function mask(text, words) {
    if (words.length === 0) {
        return { text, count: 0 };
    }
    // Longest first: of two words that begin alike, the longer one is to match.
    const choices = [...words].sort((a, b) => b.length - a.length).map(escaped);
    let count = 0;
    const masked = text.replace(new RegExp(`${BEFORE}(?:${choices.join('|')})${AFTER}`, 'giu'), (word) => {
        count++;
        return '*'.repeat([...word].length);
    });
    return { text: masked, count };
}

function escaped(word) {
    return word.replace(/[\\^$.*+?()[\]{}|\/]/g, '\\$&');
}
