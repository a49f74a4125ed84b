// The list of words, one key each, so that two calls that add words at once cannot overwrite each other.

const PREFIX = 'word:';
const PAGE = 100;
const WORDS_MAX = 1000;

/** All words, or an empty list where this extension may not read the store: a comment is then saved as it is. */
export async function words() {
    const found = [];
    let after;
    do {
        const page = await cloche.hostcall('kv.list', { prefix: PREFIX, limit: PAGE, ...(after && { after }) });
        if (page.status !== 'ok') {
            cloche.log('warn', `the word list cannot be read, status=${page.status} code=${page.code}`);
            return [];
        }
        found.push(...page.value.keys.map((key) => key.slice(PREFIX.length)));
        after = page.value.next;
    } while (after !== undefined && found.length < WORDS_MAX);
    return found;
}

/** Adds a word. The answer says how the store took it; a refusal is a value here, not an exception. */
export async function addWord(word) {
    const outcome = await cloche.hostcall('kv.set', { key: PREFIX + word, value: true });
    return outcome.status === 'ok'
        ? { word, added: true }
        : { word, added: false, status: outcome.status, code: outcome.code, message: outcome.message };
}
