/*
 * Computations that `./cloche bench budgets` measures. kernels.wasm is built from this:
 *
 *     clang --target=wasm32-wasi -O2 -mexec-model=reactor -nostartfiles -Wl,--no-entry -Wl,-s -o kernels.wasm kernels.c
 */
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

EXPORT("fib") uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static uint8_t block[1 << 20];

static uint32_t rotr(uint32_t x, int n) { return x >> n | x << (32 - n); }

static uint32_t k[64];

static uint32_t root_bits(uint32_t prime) {
    /* The first 32 bits of the fraction of the cube root: by bisection in integers. */
    uint64_t low = 0, high = (uint64_t)8 << 32;
    while (high - low > 1) {
        uint64_t mid = (low + high) / 2;
        unsigned __int128 square = (unsigned __int128)mid * mid;
        unsigned __int128 cube = (square >> 32) * mid;
        if (cube >> 64 >= prime) high = mid; else low = mid;
    }
    return (uint32_t)low;
}

static void constants(void) {
    int found = 0;
    for (uint32_t n = 2; found < 64; n++) {
        int prime = 1;
        for (uint32_t d = 2; d * d <= n; d++) prime &= n % d != 0;
        if (prime) k[found++] = root_bits(n);
    }
}

static void compress(uint32_t *h, const uint8_t *p) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t v[8];
    for (int i = 0; i < 8; i++) v[i] = h[i];
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
        uint32_t ch = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + ch + k[i] + w[i];
        uint32_t s0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        v[7] = v[6]; v[6] = v[5]; v[5] = v[4]; v[4] = v[3] + t1;
        v[3] = v[2]; v[2] = v[1]; v[1] = v[0]; v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) h[i] += v[i];
}

EXPORT("sha256") uint32_t sha256(uint32_t mib) {
    if (k[0] == 0) constants();
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    for (uint32_t i = 0; i < sizeof block; i++) block[i] = (uint8_t)(i * 7 + (i >> 8));
    for (uint32_t m = 0; m < mib; m++)
        for (uint32_t at = 0; at < sizeof block; at += 64) compress(h, block + at);
    return h[0] ^ h[7];
}

EXPORT("mandelbrot") uint32_t mandelbrot(uint32_t size) {
    uint32_t inside = 0;
    for (uint32_t y = 0; y < size; y++)
        for (uint32_t x = 0; x < size; x++) {
            double cr = 3.0 * x / size - 2.0, ci = 2.0 * y / size - 1.0, zr = 0, zi = 0;
            int i = 0;
            for (; i < 200 && zr * zr + zi * zi <= 4.0; i++) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = t;
            }
            inside += i == 200;
        }
    return inside;
}

EXPORT("memsum") uint32_t memsum(uint32_t rounds) {
    uint32_t sum = 0;
    const uint32_t *words = (const uint32_t *)block;
    for (uint32_t r = 0; r < rounds; r++)
        for (uint32_t i = 0; i < sizeof block / 4; i++) sum += words[i] ^ r;
    return sum;
}
