// The gated norm of a block: out = norm(y silu(z)) * weight, or with GATE_LAST out = norm(y) * weight * silu(z), norm(v) = v / sqrt(mean v^2 + epsilon) over
// each of GROUPS groups of the FEATURES columns. A warp has a row at a time; its sums are in a fixed order.
//
// With MERGED, y is put together from the two directions of the bidirectional operator, (2b,l,FEATURES), the second flipped in time, each shifted by a step of
// its own time, and the diagonal: y_t = f_{t-1} + r_{l-2-t} + (delta + D) x_t, delta (b,l,HEADS), D (HEADS).
#pragma once
#include "rows.cuh"

struct Operands {
  const Element *y, *z;                       // rows of z are z_row apart
  const float* weight;
  const Element *x, *delta;
  const float* D;
  Element* out;
  const Element* dout;
  Element *dy, *dz, *dx, *ddelta;
  float* partial;                             // (blocks, FEATURES + HEADS): gradients of weight and D; HEADS 0 where not merged
  i64 rows, z_row;
  int batch, length;
  float epsilon;
  int unused;
};

constexpr int SIZE = FEATURES / GROUPS, ITEMS = (SIZE + 32 * LANE - 1) / (32 * LANE), P = MERGED ? FEATURES / HEADS : FEATURES;

INLINE int column_of(int item) { return (item * 32 + lane()) * LANE; }           // within a group
// Whether a vector of the group is there; where lanes and vectors come out even, the compiler knows.
INLINE bool inside(int item) { return SIZE % (32 * LANE) == 0 || column_of(item) < SIZE; }

// Rows of the two directions that row (b,t) is made of; -1 for none.
INLINE i64 row_before(const Operands& o, i64 row) { return row % o.length ? row - 1 : -1; }
INLINE i64 row_after(const Operands& o, i64 row) {
  const int t = (int)(row % o.length);
  return t + 1 < o.length ? (o.batch + row / o.length) * o.length + o.length - 2 - t : -1;
}

// What a vector of a row is computed from, all of it on its way at once.
struct Pieces {
  Raw<LANE> y, z;
#if MERGED
  Raw<LANE> after, x;
  Raw<1> delta;
#endif
};

INLINE Pieces fetch(const Operands& o, i64 row, int column) {
  Pieces p;
#if MERGED
  const i64 before = row_before(o, row), after = row_after(o, row);
  p.y = fetch_row<LANE>(o.y + before * FEATURES + column, before >= 0);
  p.after = fetch_row<LANE>(o.y + after * FEATURES + column, after >= 0);
  p.x = fetch_row<LANE>(o.x + row * FEATURES + column, true);
  p.delta = fetch_row<1>(o.delta + row * HEADS + column / P, true);
#else
  p.y = fetch_row<LANE>(o.y + row * FEATURES + column, true);
#endif
  p.z = fetch_row<LANE>(o.z + row * o.z_row + column, true);
  return p;
}

#if MERGED
INLINE float diagonal(const Operands& o, const Pieces& p, int column) {
  float delta[1];
  unpack<1>(delta, p.delta);
  return delta[0] + o.D[column / P];
}
#endif

INLINE void read_values(float* y, const Operands& o, const Pieces& p, int column) {
  unpack<LANE>(y, p.y);
#if MERGED
  float after[LANE], x[LANE];
  unpack<LANE>(after, p.after);
  unpack<LANE>(x, p.x);
  const float d = diagonal(o, p, column);
  UNROLL for (int i = 0; i < LANE; i++) y[i] += after[i];
  UNROLL for (int i = 0; i < LANE; i++) y[i] += d * x[i];
#endif
}
