import { marked } from 'marked';

cloche.command('render', (input) => marked.parse(input.text()));

cloche.filter('content.render', (value) => {
    if (typeof value?.markdown !== 'string') {
        return undefined;
    }
    return { ...value, html: marked.parse(value.markdown) };
});
