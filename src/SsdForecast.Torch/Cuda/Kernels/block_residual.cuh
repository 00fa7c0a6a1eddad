// The residual stream between two layers: sum = x + dropout(y), u = sum / sqrt(mean sum^2 + epsilon) * weight. x and sum are float32, y is of the layer's type,
// u of that of the next (float32 with OUT_FLOAT). ADD 0: u = norm(x) alone, without y and sum. A warp has a row of FEATURES columns at a time.
//
// Dropout (DROP) draws from Philox4x32-10 (Salmon et al. 2011) by place: backward draws the same again, and no mask is kept.
#pragma once
#include "rows.cuh"

struct Operands {
  const float* x;
  const Element* y;
  const float* weight;
  float* sum;                                  // forward: written; backward: read (x itself with ADD 0)
  void* u;
  const void* du;
  const float* dsum;                           // may be missing
  float* dx;
  Element* dy;
  float* partial;                              // (blocks, FEATURES)
  i64 rows;
  unsigned long long seed;
  float epsilon, keep;                         // keep: 1 / (1 - rate)
  u32 drop;                                    // rate * 2^32
  int unused;
};

constexpr int LANE = 4, ITEMS = (FEATURES + 127) / 128;

INLINE int column_of(int item) { return (item * 32 + lane()) * LANE; }
INLINE bool inside(int item) { return FEATURES % 128 == 0 || column_of(item) < FEATURES; }

#if OUT_FLOAT
typedef float Out;
INLINE void load_out(float* v, const Out* p) { load_floats<LANE>(v, p); }
INLINE void store_out(Out* p, const float* v) { store_floats<LANE>(p, v); }
#else
typedef Element Out;
INLINE void load_out(float* v, const Out* p) { load_row<LANE>(v, p); }
INLINE void store_out(Out* p, const float* v) { store_row<LANE>(p, v); }
#endif

// Multiplies four neighbours, the first the number 4*`place` of all, by 0 or keep.
INLINE void dropout(float* v, const Operands& o, i64 place) {
#if DROP
  u32 c[4] = {(u32)place, (u32)(place >> 32), 0u, 0u}, key = (u32)o.seed, key2 = (u32)(o.seed >> 32);
  UNROLL for (int round = 0; round < 10; round++) {
    const u32 high0 = __umulhi(0xD2511F53u, c[0]), low0 = 0xD2511F53u * c[0], high1 = __umulhi(0xCD9E8D57u, c[2]), low1 = 0xCD9E8D57u * c[2];
    c[0] = high1 ^ c[1] ^ key;
    c[1] = low1;
    c[2] = high0 ^ c[3] ^ key2;
    c[3] = low0;
    key += 0x9E3779B9u;
    key2 += 0xBB67AE85u;
  }
  UNROLL for (int i = 0; i < 4; i++) v[i] *= c[i] < o.drop ? 0.f : o.keep;
#endif
}
