/* MD5 after RFC 1321, SHA-1, SHA-384 and SHA-512 after FIPS 180-4. For data, not for secrets. */
#include "models/asl/hash.h"

#include "base/file.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 64, WIDE_BLOCK = 128 };

/* A message cut into blocks; the last ones hold its end, a one bit, zeros and its length in bits.
 */
struct message {
    const unsigned char *data;
    size_t length;
    size_t block; /* bytes a block */
};

static size_t block_count(const struct message *message)
{
    const size_t tail = message->block == BLOCK ? 9 : 17;
    return (message->length + tail + message->block - 1) / message->block;
}

/* Block `index`, with the length in the last one in either order of bytes. */
static void block_at(const struct message *message, size_t index, bool big_endian,
                     unsigned char out[WIDE_BLOCK])
{
    const size_t begin = index * message->block;
    memset(out, 0, message->block);
    if (begin < message->length) {
        const size_t rest = message->length - begin;
        memcpy(out, message->data + begin, rest < message->block ? rest : message->block);
    }
    if (message->length >= begin && message->length < begin + message->block)
        out[message->length - begin] = 0x80;
    if (index + 1 < block_count(message)) return;
    const uint64_t bits = (uint64_t)message->length * 8;
    for (size_t i = 0; i < 8; i++) {
        const size_t at = big_endian ? message->block - 1 - i : message->block - 8 + i;
        out[at] = (unsigned char)(bits >> 8 * i);
    }
}

static void put_hex(char *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static uint32_t rotate_left(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

static uint64_t rotate_right(uint64_t x, unsigned by)
{
    return x >> by | x << (64 - by);
}

/* The 64 constants of RFC 1321 are the whole parts of 2^32 |sin(i + 1)|. */
static const uint32_t md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static void md5_block(uint32_t state[4], const unsigned char block[WIDE_BLOCK])
{
    static const unsigned char shifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < 64; i++) {
        const unsigned round = i / 16;
        const uint32_t mix = round == 0   ? (b & c) | (~b & d)
                             : round == 1 ? (d & b) | (~d & c)
                             : round == 2 ? b ^ c ^ d
                                          : c ^ (b | ~d);
        const unsigned word = (round == 0   ? i
                               : round == 1 ? 5 * i + 1
                               : round == 2 ? 3 * i + 5
                                            : 7 * i) %
                              16;
        const unsigned char *at = block + (size_t)4 * word;
        const uint32_t value =
            (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        const uint32_t sum = a + mix + md5_sines[i] + value;
        a = d;
        d = c;
        c = b;
        b += rotate_left(sum, shifts[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void md5_hex(const void *data, size_t length, char *out)
{
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    const struct message message = {data, length, BLOCK};
    unsigned char block[WIDE_BLOCK];
    for (size_t i = 0; i < block_count(&message); i++) {
        block_at(&message, i, false, block);
        md5_block(state, block);
    }
    unsigned char digest[16];
    for (size_t i = 0; i < 16; i++) digest[i] = (unsigned char)(state[i / 4] >> 8 * (i % 4));
    put_hex(out, digest, sizeof digest);
}

static void sha1_block(uint32_t state[5], const unsigned char block[WIDE_BLOCK])
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t words[80];
    for (size_t i = 0; i < 16; i++) {
        const unsigned char *at = block + 4 * i;
        words[i] =
            (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
    }
    for (size_t i = 16; i < 80; i++)
        words[i] = rotate_left(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (size_t i = 0; i < 80; i++) {
        const size_t round = i / 20;
        const uint32_t mix = round == 0   ? (b & c) | (~b & d)
                             : round == 2 ? (b & c) | (b & d) | (c & d)
                                          : b ^ c ^ d;
        const uint32_t next = rotate_left(a, 5) + mix + e + constants[round] + words[i];
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    const uint32_t sums[5] = {a, b, c, d, e};
    for (size_t i = 0; i < 5; i++) state[i] += sums[i];
}

static void sha1_hex(const void *data, size_t length, char *out)
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const struct message message = {data, length, BLOCK};
    unsigned char block[WIDE_BLOCK];
    for (size_t i = 0; i < block_count(&message); i++) {
        block_at(&message, i, true, block);
        sha1_block(state, block);
    }
    unsigned char digest[20];
    for (size_t i = 0; i < 20; i++) digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
    put_hex(out, digest, sizeof digest);
}

/* The first 64 bits of the fractions of the cube roots of the first 80 primes. */
static const uint64_t sha512_constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static void sha512_schedule(uint64_t words[80], const unsigned char block[WIDE_BLOCK])
{
    for (size_t i = 0; i < 16; i++) {
        words[i] = 0;
        for (size_t k = 0; k < 8; k++) words[i] = words[i] << 8 | block[8 * i + k];
    }
    for (size_t i = 16; i < 80; i++) {
        const uint64_t x = words[i - 15], y = words[i - 2];
        const uint64_t small = rotate_right(x, 1) ^ rotate_right(x, 8) ^ x >> 7;
        const uint64_t large = rotate_right(y, 19) ^ rotate_right(y, 61) ^ y >> 6;
        words[i] = words[i - 16] + small + words[i - 7] + large;
    }
}

static void sha512_block(uint64_t state[8], const unsigned char block[WIDE_BLOCK])
{
    uint64_t words[80];
    sha512_schedule(words, block);
    uint64_t v[8]; /* a to h */
    memcpy(v, state, sizeof v);
    for (size_t i = 0; i < 80; i++) {
        const uint64_t large =
            rotate_right(v[4], 14) ^ rotate_right(v[4], 18) ^ rotate_right(v[4], 41);
        const uint64_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        const uint64_t first = v[7] + large + choice + sha512_constants[i] + words[i];
        const uint64_t small =
            rotate_right(v[0], 28) ^ rotate_right(v[0], 34) ^ rotate_right(v[0], 39);
        const uint64_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += first;
        v[0] = first + small + majority;
    }
    for (size_t i = 0; i < 8; i++) state[i] += v[i];
}

/* The first 64 bits of the fractions of square roots: of the first eight primes, of the next. */
static const uint64_t sha512_start[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};
static const uint64_t sha384_start[8] = {
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};

static void sha512_hex(const uint64_t start[8], size_t bytes, const struct message *message,
                       char *out)
{
    uint64_t state[8];
    memcpy(state, start, sizeof state);
    unsigned char block[WIDE_BLOCK];
    for (size_t i = 0; i < block_count(message); i++) {
        block_at(message, i, true, block);
        sha512_block(state, block);
    }
    unsigned char digest[64];
    for (size_t i = 0; i < 64; i++) digest[i] = (unsigned char)(state[i / 8] >> (56 - 8 * (i % 8)));
    put_hex(out, digest, bytes);
}

bool hash_hex(const char *algorithm, const void *data, size_t length, char out[HASH_HEX_SIZE])
{
    const struct message wide = {data, length, WIDE_BLOCK};
    if (strcmp(algorithm, "MD5") == 0)
        md5_hex(data, length, out);
    else if (strcmp(algorithm, "SHA-1") == 0)
        sha1_hex(data, length, out);
    else if (strcmp(algorithm, "SHA-256") == 0)
        sha256_hex(data, length, out);
    else if (strcmp(algorithm, "SHA-384") == 0)
        sha512_hex(sha384_start, 48, &wide, out);
    else if (strcmp(algorithm, "SHA-512") == 0)
        sha512_hex(sha512_start, 64, &wide, out);
    else
        return false;
    return true;
}
