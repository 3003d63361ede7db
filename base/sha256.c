/* FIPS 180-4: section 4.1.2 (functions), 4.2.2 (constants), 5.3.3 (initial value), 6.2 (the hash).
 */
#include "base/file.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64, DIGEST_WORDS = 8, ROUNDS = 64 };

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t round_constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, unsigned by)
{
    return word >> by | word << (32 - by);
}

static void schedule(const unsigned char *block, uint32_t words[ROUNDS])
{
    for (size_t t = 0; t < 16; t++) {
        const unsigned char *at = block + 4 * t;
        words[t] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (int t = 16; t < ROUNDS; t++) {
        uint32_t far = words[t - 15];
        uint32_t near = words[t - 2];
        uint32_t sigma0 = rotate(far, 7) ^ rotate(far, 18) ^ far >> 3;
        uint32_t sigma1 = rotate(near, 17) ^ rotate(near, 19) ^ near >> 10;
        words[t] = sigma1 + words[t - 7] + sigma0 + words[t - 16];
    }
}

static void add_block(uint32_t hash[DIGEST_WORDS], const unsigned char *block)
{
    uint32_t words[ROUNDS];
    schedule(block, words);
    uint32_t v[DIGEST_WORDS]; /* the working variables a to h */
    memcpy(v, hash, sizeof v);
    for (int t = 0; t < ROUNDS; t++) {
        uint32_t sum1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t first = v[7] + sum1 + choice + round_constants[t] + words[t];
        uint32_t sum0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, (DIGEST_WORDS - 1) * sizeof *v);
        v[4] += first;
        v[0] = first + sum0 + majority;
    }
    for (int i = 0; i < DIGEST_WORDS; i++) hash[i] += v[i];
}

void sha256_hex(const void *data, size_t length, char out[65])
{
    uint32_t hash[DIGEST_WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const unsigned char *bytes = data;
    size_t left = length;
    for (; left >= BLOCK; left -= BLOCK, bytes += BLOCK) add_block(hash, bytes);

    /* The rest, a one bit, zeros, and the length in bits: one block or two. */
    unsigned char tail[2 * BLOCK] = {0};
    if (left) memcpy(tail, bytes, left);
    tail[left] = 0x80;
    size_t size = left < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    uint64_t bits = (uint64_t)length * 8;
    for (size_t i = 0; i < 8; i++) tail[size - 1 - i] = (unsigned char)(bits >> (8 * i));
    add_block(hash, tail);
    if (size > BLOCK) add_block(hash, tail + BLOCK);

    for (int i = 0; i < DIGEST_WORDS; i++)
        for (int k = 0; k < 8; k++)
            out[8 * i + k] = "0123456789abcdef"[hash[i] >> (28 - 4 * k) & 15];
    out[64] = '\0';
}
