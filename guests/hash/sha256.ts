// SHA-256 as FIPS 180-4 defines it (sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2); names are the standard's.

export const DIGEST_BYTES = 32;

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;
const ROUNDS = 64;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = memory.data<u32>([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const INITIAL = memory.data<u32>([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const H = memory.data(32, 16);
const W = memory.data(256, 16);
const tail = memory.data(128, 16);

/** Writes the 32 bytes of the message's digest. */
export function sha256(message: usize, length: i32, digest: usize): void {
    memory.copy(H, INITIAL, DIGEST_BYTES);
    const whole = length & ~(BLOCK_BYTES - 1);
    for (let i = 0; i < whole; i += BLOCK_BYTES) {
        compress(message + i);
    }
    pad(message + whole, length - whole, length);
    for (let i = 0; i < DIGEST_BYTES; i += 4) {
        store<u32>(digest + i, bswap(load<u32>(H + i)));
    }
}

/** The last bytes, a one bit, zeros, and the message's length in bits: one block, or two where the length does not fit. */
function pad(rest: usize, restLength: i32, messageLength: i32): void {
    const tailLength = restLength + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    memory.fill(tail, 0, tailLength);
    memory.copy(tail, rest, restLength);
    store<u8>(tail + restLength, 0x80);
    store<u64>(tail + tailLength - LENGTH_BYTES, bswap(u64(u32(messageLength)) << 3));
    for (let i = 0; i < tailLength; i += BLOCK_BYTES) {
        compress(tail + i);
    }
}

function compress(block: usize): void {
    schedule(block);
    let a = load<u32>(H);
    let b = load<u32>(H, 4);
    let c = load<u32>(H, 8);
    let d = load<u32>(H, 12);
    let e = load<u32>(H, 16);
    let f = load<u32>(H, 20);
    let g = load<u32>(H, 24);
    let h = load<u32>(H, 28);
    for (let t = 0; t < 4 * ROUNDS; t += 4) {
        const sum1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
        const choice = (e & f) ^ (~e & g);
        const t1 = h + sum1 + choice + load<u32>(K + t) + load<u32>(W + t);
        const sum0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
        const majority = (a & b) ^ (a & c) ^ (b & c);
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + sum0 + majority;
    }
    store<u32>(H, load<u32>(H) + a);
    store<u32>(H, load<u32>(H, 4) + b, 4);
    store<u32>(H, load<u32>(H, 8) + c, 8);
    store<u32>(H, load<u32>(H, 12) + d, 12);
    store<u32>(H, load<u32>(H, 16) + e, 16);
    store<u32>(H, load<u32>(H, 20) + f, 20);
    store<u32>(H, load<u32>(H, 24) + g, 24);
    store<u32>(H, load<u32>(H, 28) + h, 28);
}

/** The message schedule: the block's 16 words, and 48 that are made of them. */
function schedule(block: usize): void {
    for (let t = 0; t < BLOCK_BYTES; t += 4) {
        store<u32>(W + t, bswap(load<u32>(block + t)));
    }
    for (let t = BLOCK_BYTES; t < 4 * ROUNDS; t += 4) {
        const w15 = load<u32>(W + t - 60);
        const w2 = load<u32>(W + t - 8);
        const sigma0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3);
        const sigma1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10);
        store<u32>(W + t, sigma1 + load<u32>(W + t - 28) + sigma0 + load<u32>(W + t - 64));
    }
}
