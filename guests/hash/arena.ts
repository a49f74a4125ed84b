// Memory for one call at a time: blocks are handed out one after another, and all are given back at once. Ten thousand
// calls need no more memory than the largest of them.

const PAGE_BITS = 16;
const ALIGN_MASK: usize = 7;

let top: usize = __heap_base;

export function alloc(size: i32): usize {
    const block = top;
    top = (block + size + ALIGN_MASK) & ~ALIGN_MASK;
    const pages = i32((top + (1 << PAGE_BITS) - 1) >>> PAGE_BITS);
    const missing = pages - memory.size();
    if (missing > 0 && memory.grow(missing) < 0) {
        unreachable();
    }
    return block;
}

export function reset(): void {
    top = __heap_base;
}
