"use strict";

// Six tests of a JavaScript engine. Each answers a text that depends on all of its work, the same on every engine. The
// last one answers a promise of it, which whoever drives the engine has to see settled.

globalThis.benchTests = {
  recursion() {
    const ackermann = (m, n) => (m === 0 ? n + 1 : n === 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)));
    const moves = (disks, from, to, by) => (disks === 0 ? 0 : moves(disks - 1, from, by, to) + 1 + moves(disks - 1, by, to, from));
    function queens(size, columns, rising, falling) {
      if (columns === (1 << size) - 1) {
        return 1;
      }
      let found = 0;
      for (let free = ~(columns | rising | falling) & ((1 << size) - 1); free !== 0; free &= free - 1) {
        const bit = free & -free;
        found += queens(size, columns | bit, (rising | bit) << 1, (falling | bit) >> 1);
      }
      return found;
    }
    return [ackermann(2, 90), moves(15, "a", "b", "c"), queens(8, 0, 0, 0)].join(" ");
  },

  json() {
    let length = 0;
    let sum = 0;
    for (let i = 0; i < 900; i += 1) {
      const order = {
        id: `order-${i}`,
        paid: i % 3 === 0,
        total: i * 1.25,
        customer: { name: "Ana María Ñandú", mail: `ana${i % 50}@shop.example`, since: 2000 + (i % 26) },
        lines: [0, 1, 2, 3].map((line) => ({ article: `a${(i * 7 + line) % 113}`, count: line + 1, price: (line + 1) * 2.5 })),
        notes: i % 5 === 0 ? null : 'leave it "at the door"\n',
      };
      const text = JSON.stringify(order);
      const copy = JSON.parse(text);
      length += text.length;
      sum += copy.lines.reduce((total, line) => total + line.count * line.price, copy.total) + copy.customer.since;
    }
    return `${length} ${sum}`;
  },

  objects() {
    class Body {
      constructor(x, y, mass) {
        this.x = x;
        this.y = y;
        this.mass = mass;
      }

      moved(dx, dy) {
        return new Body(this.x + dx, this.y + dy, this.mass);
      }

      merged({ x, y, mass }) {
        const whole = this.mass + mass;
        return new Body((this.x * this.mass + x * mass) / whole, (this.y * this.mass + y * mass) / whole, whole);
      }
    }
    const bodies = new Map();
    let centre = new Body(0, 0, 1);
    for (let i = 0; i < 14_000; i += 1) {
      const body = new Body(i % 17, i % 23, 1 + (i % 3)).moved(1, -1);
      bodies.set(i % 500, { body, seen: (bodies.get(i % 500)?.seen ?? 0) + 1 });
      centre = centre.mass > 1000 ? body : centre.merged(body);
    }
    let seen = 0;
    for (const entry of bodies.values()) {
      seen += entry.seen * entry.body.mass;
    }
    return `${seen} ${centre.x.toFixed(6)} ${centre.y.toFixed(6)}`;
  },

  strings() {
    let page = "";
    let sum = 0;
    for (let i = 0; i < 3_000; i += 1) {
      const name = `row ${i} of ${i % 97}`;
      page += `<tr class="${i % 2 ? "odd" : "even"}"><td>${name.toUpperCase()}</td><td>${name.split(" ").reverse().join("-")}</td></tr>\n`;
      sum = (sum + name.charCodeAt((i * 31) % name.length) + name.indexOf("of")) % 1_000_003;
    }
    const cells = page.replace(/<td>(ROW) (\d+)/g, (_, row, number) => `<td>${row.toLowerCase()}#${number.padStart(5, "0")}`);
    for (let i = 0; i < cells.length; i += 7) {
      sum = (sum * 31 + cells.charCodeAt(i)) % 1_000_003;
    }
    return `${page.length} ${cells.length} ${sum}`;
  },

  sort() {
    let seed = 42;
    const next = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed;
    };
    const people = Array.from({ length: 6_000 }, () => ({ age: next() % 100, name: `n${next() % 5_000}` }));
    people.sort((a, b) => a.age - b.age || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const numbers = Array.from({ length: 8_000 }, next).sort((a, b) => b - a);
    return `${people[100].age} ${people[100].name} ${people[5_999].name} ${numbers[0]} ${numbers[4_000]}`;
  },

  async promises() {
    const order = [];
    const queue = [];
    let waiting = null;
    const produce = async (name, count) => {
      for (let i = 0; i < count; i += 1) {
        await null;
        queue.push(name.length + i);
        waiting?.();
      }
      return count;
    };
    const consume = async (count) => {
      let sum = 0;
      for (let i = 0; i < count; i += 1) {
        while (queue.length === 0) {
          await new Promise((resolve) => {
            waiting = resolve;
          });
        }
        sum += queue.shift();
      }
      order.push("consumed");
      return sum;
    };
    const chain = (count) => {
      let promise = Promise.resolve(0);
      for (let i = 0; i < count; i += 1) {
        promise = promise.then((value) => value + (i % 3));
      }
      return promise.finally(() => order.push("chained"));
    };
    const made = ["a", "bb", "ccc"].map((name) => produce(name, 2_000));
    const [sum, chained, counts] = await Promise.all([consume(6_000), chain(4_000), Promise.all(made)]);
    return `${sum} ${chained} ${counts.join("+")} ${order.join(",")}`;
  },
};
