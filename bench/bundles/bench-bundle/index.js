"use strict";

// A small help desk. What it sets up when it is loaded (routes, rules, indexes, templates, tickets) is what a snapshot
// saves; what one request does (route, parse, look up, render) is what a call costs.

// ---- Collections ----------------------------------------------------------------------------------------------------

class LruCache {
  #entries = new Map();

  constructor(capacity) {
    this.capacity = capacity;
    this.hits = 0;
    this.misses = 0;
  }

  get(key, compute) {
    if (this.#entries.has(key)) {
      const value = this.#entries.get(key);
      this.#entries.delete(key);
      this.#entries.set(key, value);
      this.hits += 1;
      return value;
    }
    this.misses += 1;
    const value = compute(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.capacity) {
      this.#entries.delete(this.#entries.keys().next().value);
    }
    return value;
  }

  get size() {
    return this.#entries.size;
  }
}

class PriorityQueue {
  #heap = [];
  #less;

  constructor(less) {
    this.#less = less;
  }

  get size() {
    return this.#heap.length;
  }

  push(item) {
    const heap = this.#heap;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#less(heap[at], heap[parent])) {
        break;
      }
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  pop() {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink(0);
    }
    return top;
  }

  #sink(from) {
    const heap = this.#heap;
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < heap.length && this.#less(heap[left], heap[least])) {
        least = left;
      }
      if (right < heap.length && this.#less(heap[right], heap[least])) {
        least = right;
      }
      if (least === at) {
        return;
      }
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  }
}

class Trie {
  #root = new Map();

  insert(word, value) {
    let node = this.#root;
    for (const letter of word) {
      if (!node.has(letter)) {
        node.set(letter, new Map());
      }
      node = node.get(letter);
    }
    node.set("", value);
  }

  withPrefix(prefix, limit) {
    let node = this.#root;
    for (const letter of prefix) {
      node = node.get(letter);
      if (node === undefined) {
        return [];
      }
    }
    const found = [];
    const visit = (current, word) => {
      for (const [letter, next] of current) {
        if (found.length >= limit) {
          return;
        }
        if (letter === "") {
          found.push({ word, value: next });
        } else {
          visit(next, word + letter);
        }
      }
    };
    visit(node, prefix);
    return found;
  }
}

class Emitter {
  #listeners = new Map();

  on(event, listener) {
    const list = this.#listeners.get(event) ?? [];
    list.push(listener);
    this.#listeners.set(event, list);
    return () => list.splice(list.indexOf(listener), 1);
  }

  emit(event, ...values) {
    let told = 0;
    for (const listener of this.#listeners.get(event) ?? []) {
      listener(...values);
      told += 1;
    }
    return told;
  }
}

// ---- Text -----------------------------------------------------------------------------------------------------------

const STOP_WORDS = new Set(
  "a an and are as at be but by for from has have i if in is it its me my no not of on or our so that the they this to was we when will with you your".split(
    " ",
  ),
);

const TOKEN = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;
const SUFFIXES = [
  [/(?<stem>.{3,})ational$/, "ate"],
  [/(?<stem>.{3,})ization$/, "ize"],
  [/(?<stem>.{3,})fulness$/, "ful"],
  [/(?<stem>.{2,})sses$/, "ss"],
  [/(?<stem>.{2,})ies$/, "y"],
  [/(?<stem>.{3,})ingly$/, ""],
  [/(?<stem>.{3,})ing$/, ""],
  [/(?<stem>.{3,})edly$/, ""],
  [/(?<stem>.{3,})ed$/, ""],
  [/(?<stem>.{3,})ly$/, ""],
  [/(?<stem>.{3,}[^s])s$/, ""],
];

function stem(word) {
  for (const [pattern, ending] of SUFFIXES) {
    const match = pattern.exec(word);
    if (match !== null) {
      return match.groups.stem + ending;
    }
  }
  return word;
}

const stems = new LruCache(512);

function words(text) {
  return (text.toLowerCase().match(TOKEN) ?? []).filter((word) => !STOP_WORDS.has(word)).map((word) => stems.get(word, stem));
}

function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value.toString(16).padStart(8, "0");
}

function distance(left, right) {
  let previous = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = previous[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j] + 1, current[j - 1] + 1, swap));
    }
    previous = current;
  }
  return previous[right.length];
}

// ---- Markup ---------------------------------------------------------------------------------------------------------

const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

const escape = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES.get(character));

const INLINE = [
  [/`([^`]+)`/g, (_, code) => `<code>${code}</code>`],
  [/\*\*([^*]+)\*\*/g, (_, text) => `<strong>${text}</strong>`],
  [/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, (_, text) => `<em>${text}</em>`],
  [/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, (_, text, url) => `<a href="${encodeURI(url)}">${text}</a>`],
  [/(^|\s)#(\d+)\b/g, (_, before, number) => `${before}<a href="/tickets/${number}">#${number}</a>`],
  [/(^|\s)@([a-z][a-z0-9-]*)/g, (_, before, name) => `${before}<a href="/people/${name}">@${name}</a>`],
];

const inline = (text) => INLINE.reduce((html, [pattern, replace]) => html.replace(pattern, replace), escape(text));

const BLOCKS = [
  { name: "heading", pattern: /^(#{1,6})\s+(.+)$/, render: (m) => `<h${m[1].length}>${inline(m[2])}</h${m[1].length}>` },
  { name: "rule", pattern: /^(?:-{3,}|\*{3,})$/, render: () => "<hr>" },
  { name: "quote", pattern: /^&gt;\s?(.*)$|^>\s?(.*)$/, render: (m) => `<blockquote>${inline(m[1] ?? m[2])}</blockquote>` },
  { name: "item", pattern: /^[-*+]\s+(.*)$/, render: (m) => `<li>${inline(m[1])}</li>` },
  { name: "numbered", pattern: /^\d+[.)]\s+(.*)$/, render: (m) => `<li>${inline(m[1])}</li>` },
];

function block(line) {
  for (const kind of BLOCKS) {
    const match = kind.pattern.exec(line);
    if (match !== null) {
      return kind.render(match);
    }
  }
  return line.trim() === "" ? "" : `<p>${inline(line)}</p>`;
}

const markup = (text) => text.split(/\r?\n/).map(block).filter(Boolean).join("\n");

// ---- Templates ------------------------------------------------------------------------------------------------------

const FILTERS = {
  upper: (value) => String(value).toUpperCase(),
  lower: (value) => String(value).toLowerCase(),
  title: (value) => String(value).replace(/\b\p{L}/gu, (letter) => letter.toUpperCase()),
  json: (value) => JSON.stringify(value),
  count: (value) => value.length,
  join: (value) => value.join(", "),
  date: (value) => new Date(value).toISOString().slice(0, 10),
  html: (value) => escape(String(value)),
  short: (value) => (String(value).length > 40 ? `${String(value).slice(0, 39)}…` : String(value)),
};

// A template becomes a list of closures, each of which adds one piece.
function compile(source) {
  const pieces = [];
  const pattern = /\{\{\s*([\w.]+)((?:\s*\|\s*\w+)*)\s*\}\}/g;
  let end = 0;
  for (const match of source.matchAll(pattern)) {
    const literal = source.slice(end, match.index);
    const path = match[1].split(".");
    const filters = match[2].split("|").map((name) => name.trim()).filter(Boolean).map((name) => FILTERS[name]);
    pieces.push(() => literal);
    pieces.push((scope) => filters.reduce((value, filter) => filter(value), path.reduce((value, name) => value?.[name], scope)) ?? "");
    end = match.index + match[0].length;
  }
  const rest = source.slice(end);
  pieces.push(() => rest);
  return (scope) => pieces.map((piece) => piece(scope)).join("");
}

const TEMPLATES = new Map(
  Object.entries({
    ticket: "#{{ticket.id}} {{ticket.title | html | short}} [{{ticket.state | upper}}] {{ticket.tags | join}} ({{ticket.created | date}})",
    greeting: "Dear {{person.name | title}},\n\nyour ticket #{{ticket.id}} ({{ticket.title | short}}) is {{ticket.state | lower}}.",
    assigned: "{{person.name | title}} <{{person.mail}}> works on #{{ticket.id}}; {{others | count}} others wait.",
    overdue: "#{{ticket.id}} was due on {{ticket.due | date}}: {{ticket.title | html}}",
    digest: "{{count}} tickets, {{open}} open; first: {{first.title | short}}; tags: {{tags | json}}",
  }).map(([name, source]) => [name, compile(source)]),
);

// ---- Validation -----------------------------------------------------------------------------------------------------

class Rule {
  constructor(name, check, message) {
    this.name = name;
    this.check = check;
    this.message = message;
  }

  apply(value, path) {
    return this.check(value) ? [] : [`${path} ${this.message}`];
  }
}

class Shape extends Rule {
  constructor(fields) {
    super("shape", (value) => typeof value === "object" && value !== null, "must be an object");
    this.fields = new Map(Object.entries(fields));
  }

  apply(value, path) {
    const violations = super.apply(value, path);
    if (violations.length > 0) {
      return violations;
    }
    for (const [name, rules] of this.fields) {
      for (const rule of rules) {
        violations.push(...rule.apply(value[name], `${path}/${name}`));
      }
    }
    for (const name of Object.keys(value)) {
      if (!this.fields.has(name)) {
        violations.push(`${path}/${name} is not known`);
      }
    }
    return violations;
  }
}

class Each extends Rule {
  constructor(rule) {
    super("each", Array.isArray, "must be a list");
    this.rule = rule;
  }

  apply(value, path) {
    const violations = super.apply(value, path);
    return violations.length > 0 ? violations : value.flatMap((item, i) => this.rule.apply(item, `${path}/${i}`));
  }
}

const matches = (pattern, what) => new Rule("matches", (value) => pattern.test(String(value)), `must be ${what}`);
const text = (least, most) =>
  new Rule("text", (value) => typeof value === "string" && value.length >= least && value.length <= most, `must be text of ${least} to ${most} characters`);
const oneOf = (...values) => new Rule("oneOf", (value) => values.includes(value), `must be one of ${values.join(", ")}`);
const optional = (rule) => new Rule("optional", (value) => value === undefined || rule.check(value), rule.message);

const STATES = ["new", "open", "waiting", "solved", "closed"];

const TICKET = new Shape({
  id: [matches(/^\d{1,9}$/, "a number")],
  title: [text(3, 120)],
  body: [text(0, 4000)],
  state: [oneOf(...STATES)],
  tags: [new Each(matches(/^[a-z][a-z0-9-]{0,30}$/, "a tag"))],
  mail: [optional(matches(/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i, "an address"))],
  created: [matches(/^\d+$/, "a time")],
  due: [matches(/^\d+$/, "a time")],
  assignee: [matches(/^[a-z]+$/, "a person")],
  weight: [new Rule("number", Number.isFinite, "must be a number")],
});

// ---- Queries --------------------------------------------------------------------------------------------------------

// state:open tag:billing -tag:old weight>3 "exact words" words
const QUERY = /(-?)(?:(\w+)([:<>=])(\S+)|"([^"]+)"|(\S+))/g;

const COMPARE = {
  ":": (left, right) => (Array.isArray(left) ? left.includes(right) : String(left) === right),
  "=": (left, right) => String(left) === right,
  "<": (left, right) => Number(left) < Number(right),
  ">": (left, right) => Number(left) > Number(right),
};

function parseQuery(source) {
  const terms = [];
  for (const [, not, field, operator, value, exact, word] of source.matchAll(QUERY)) {
    let term;
    if (field !== undefined) {
      const name = field === "tag" ? "tags" : field;
      term = (ticket) => COMPARE[operator](ticket[name], value);
    } else if (exact !== undefined) {
      const wanted = exact.toLowerCase();
      term = (ticket) => `${ticket.title} ${ticket.body}`.toLowerCase().includes(wanted);
    } else {
      const wanted = stem(word.toLowerCase());
      term = (ticket) => ticket.words.has(wanted);
    }
    terms.push(not === "-" ? (ticket) => !term(ticket) : term);
  }
  return (ticket) => terms.every((term) => term(ticket));
}

// ---- The store ------------------------------------------------------------------------------------------------------

class Index {
  #postings = new Map();

  add(id, list) {
    for (const word of list) {
      if (!this.#postings.has(word)) {
        this.#postings.set(word, new Set());
      }
      this.#postings.get(word).add(id);
    }
  }

  ranked(list) {
    const scores = new Map();
    for (const word of list) {
      const ids = this.#postings.get(word);
      if (ids === undefined) {
        continue;
      }
      const weight = 1 / Math.sqrt(ids.size);
      for (const id of ids) {
        scores.set(id, (scores.get(id) ?? 0) + weight);
      }
    }
    return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  get size() {
    return this.#postings.size;
  }
}

class Desk extends Emitter {
  constructor() {
    super();
    this.tickets = new Map();
    this.index = new Index();
    this.titles = new Trie();
    this.people = new Map();
    this.log = [];
    this.on("added", (ticket) => this.index.add(ticket.id, ticket.words));
    this.on("added", (ticket) => this.titles.insert(ticket.title.toLowerCase(), ticket.id));
    this.on("changed", (ticket, field) => this.log.push(`${ticket.id}:${field}`));
  }

  hire(name, mail, ...skills) {
    this.people.set(name, { name, mail, skills: new Set(skills), load: 0 });
  }

  add(ticket) {
    const violations = TICKET.apply(ticket, "");
    if (violations.length > 0) {
      throw new TypeError(violations.join("; "));
    }
    const kept = { ...ticket, words: new Set(words(`${ticket.title} ${ticket.body}`)) };
    this.tickets.set(kept.id, kept);
    this.people.get(kept.assignee).load += kept.weight;
    this.emit("added", kept);
    return kept;
  }

  find(id) {
    const ticket = this.tickets.get(id);
    if (ticket === undefined) {
      throw new RangeError(`no such ticket, id=${id}`);
    }
    return ticket;
  }

  search(query) {
    const matching = parseQuery(query);
    return [...this.tickets.values()].filter(matching);
  }

  similar(ticket, count) {
    return this.index
      .ranked(ticket.words)
      .filter(([id]) => id !== ticket.id)
      .slice(0, count)
      .map(([id, score]) => ({ id, score: Math.round(score * 1000) / 1000 }));
  }

  agenda() {
    const queue = new PriorityQueue((a, b) => a.due < b.due || (a.due === b.due && a.id < b.id));
    for (const ticket of this.tickets.values()) {
      if (ticket.state !== "closed" && ticket.state !== "solved") {
        queue.push(ticket);
      }
    }
    const order = [];
    while (queue.size > 0 && order.length < 10) {
      order.push(queue.pop().id);
    }
    return order;
  }
}

// ---- What there is from the start -----------------------------------------------------------------------------------

const desk = new Desk();
desk.hire("ada", "ada@desk.example", "billing", "api");
desk.hire("grace", "grace@desk.example", "login", "mobile");
desk.hire("linus", "linus@desk.example", "printer", "network");

const SUBJECTS = ["Invoice", "Login", "Printer", "Password", "Export", "Webhook", "Search", "Upload", "Calendar", "Phone"];
const TROUBLES = ["is wrongly calculated", "fails repeatedly", "has stopped working", "shows duplicated entries", "is painfully slow"];
const REMARKS = [
  "It worked **yesterday**; since the update `code 17` appears.",
  "See [the manual](https://desk.example/manual?page=3) and #12, please.",
  "- first it loads\n- then it *hangs*\n- @grace knows more",
  "## What I did\n1. restarted\n2. waited\n3. restarted again",
  "> have you tried turning it off and on?\n\nYes: \"several\" times & it's the same.",
];

const FIRST_DAY = Date.UTC(2026, 0, 5);
const DAY = 86_400_000;

let seed = 20_260_105;
const random = (bound) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >>> 8) % bound;
};

for (let id = 1; id <= 60; id += 1) {
  const subject = SUBJECTS[random(SUBJECTS.length)];
  desk.add({
    id,
    title: `${subject} ${TROUBLES[random(TROUBLES.length)]} ${id}`,
    body: `${REMARKS[random(REMARKS.length)]}\n${REMARKS[random(REMARKS.length)]}`,
    state: STATES[random(STATES.length)],
    tags: [subject.toLowerCase(), ...(random(2) === 0 ? ["urgent"] : [])],
    mail: `customer-${random(20)}@shop.example`,
    created: FIRST_DAY + random(30) * DAY,
    due: FIRST_DAY + (30 + random(30)) * DAY,
    assignee: [...desk.people.keys()][random(desk.people.size)],
    weight: 1 + random(5),
  });
}

// ---- Routes ---------------------------------------------------------------------------------------------------------

class Router {
  #routes = [];

  add(method, path, handler) {
    const names = [];
    const source = path.replace(/:(\w+)/g, (_, name) => {
      names.push(name);
      return "([^/]+)";
    });
    this.#routes.push({ method, pattern: new RegExp(`^${source}$`), names, handler });
    return this;
  }

  dispatch(request) {
    for (const { method, pattern, names, handler } of this.#routes) {
      const match = method === request.method ? pattern.exec(request.path) : null;
      if (match !== null) {
        const values = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1])]));
        return { status: 200, ...handler({ ...request, ...values }) };
      }
    }
    return { status: 404, text: `nothing at ${request.path}` };
  }
}

const router = new Router()
  .add("GET", "/tickets", ({ query }) => {
    const found = desk.search(query ?? "");
    const scope = { count: found.length, open: found.filter(({ state }) => state === "open").length };
    const tags = [...new Set(found.flatMap((ticket) => ticket.tags))].sort();
    return { text: TEMPLATES.get("digest")({ ...scope, first: found[0], tags }), ids: found.map(({ id }) => id) };
  })
  .add("GET", "/tickets/:id", ({ id }) => {
    const ticket = desk.find(Number(id));
    return { text: TEMPLATES.get("ticket")({ ticket }), html: markup(ticket.body), similar: desk.similar(ticket, 3) };
  })
  .add("GET", "/tickets/:id/letter", ({ id }) => {
    const ticket = desk.find(Number(id));
    return { text: TEMPLATES.get("greeting")({ ticket, person: desk.people.get(ticket.assignee) }) };
  })
  .add("POST", "/tickets/:id/state", ({ id, state }) => {
    const ticket = desk.find(Number(id));
    const violations = TICKET.fields.get("state").flatMap((rule) => rule.apply(state, "/state"));
    if (violations.length > 0) {
      return { status: 422, violations };
    }
    desk.emit("changed", ticket, "state");
    return { text: `${ticket.id} ${ticket.state}` };
  })
  .add("GET", "/agenda", () => ({ ids: desk.agenda() }))
  .add("GET", "/complete/:prefix", ({ prefix }) => ({ found: desk.titles.withPrefix(prefix, 5) }))
  .add("GET", "/guess/:word", ({ word }) => {
    const near = SUBJECTS.map((subject) => ({ subject, far: distance(word, subject.toLowerCase()) }));
    return { guess: near.sort((a, b) => a.far - b.far || (a.subject < b.subject ? -1 : 1))[0] };
  });

function dispatch(request) {
  try {
    const response = router.dispatch(request);
    return { ...response, etag: hash(JSON.stringify(response)) };
  } catch (error) {
    return { status: error instanceof RangeError ? 404 : 500, text: `${error.name}: ${error.message}` };
  }
}

cloche.command("dispatch", (input) => dispatch(input.json()));
