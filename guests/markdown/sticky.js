// QuickJS tries an expression that begins with ^ at every position of the text before it gives up. A lexer tries rule
// after rule at the start of what is left of a document, and most do not match: that makes the time grow with the square
// of the document's size. A sticky expression is tried at one position, so the same rules cost what they look at.

/** Makes every expression of a rule set sticky that can match only at the start of a text. */
export function stickAtStart(rules) {
    for (const [name, rule] of Object.entries(rules)) {
        rules[name] = stuckAtStart(rule);
    }
}

/** A sticky expression that matches the same, if the rule is an expression that can match only at the start of a text. */
export function stuckAtStart(rule) {
    return rule instanceof RegExp && /^[isu]*$/.test(rule.flags) && matchesOnlyAtStart(rule.source)
        ? new StickyAtStart(rule.source, rule.flags + 'y')
        : rule;
}

class StickyAtStart extends RegExp {
    exec(text) {
        this.lastIndex = 0;
        return super.exec(text);
    }
}

/** Whether every alternative of an expression begins with ^. */
function matchesOnlyAtStart(source) {
    const withoutClasses = source.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');
    let outermost = withoutClasses;
    let before;
    do {
        before = outermost;
        outermost = before.replace(/\([^()]*\)/g, '');
    } while (outermost !== before);
    return outermost.split('|').every((alternative) => alternative.startsWith('^'));
}
