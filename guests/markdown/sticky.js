// QuickJS tries an expression that begins with ^ at every position of the text before it gives up. A lexer tries rule
// after rule at the start of what is left of a document, and most do not match: that makes the time grow with the square
// of the document's size. A sticky expression is tried at one position, so the same rules cost what they look at.

/** Puts sticky expressions, which match the same, in place of a rule set's expressions that match only at the start. */
export function stickAtStart(rules) {
    for (const [name, rule] of Object.entries(rules)) {
        if (rule instanceof RegExp && /^[isu]*$/.test(rule.flags) && matchesOnlyAtStart(rule.source)) {
            rules[name] = new StickyAtStart(rule.source, rule.flags + 'y');
        }
    }
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
