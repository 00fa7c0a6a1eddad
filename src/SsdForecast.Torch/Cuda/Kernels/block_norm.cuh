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

INLINE void add_row(float* v, const Element* p) {
  float more[LANE];
  load_row<LANE>(more, p);
  UNROLL for (int i = 0; i < LANE; i++) v[i] += more[i];
}

// Rows of the two directions that row (b,t) is made of; -1 for none.
INLINE i64 row_before(const Operands& o, i64 row) { return row % o.length ? row - 1 : -1; }
INLINE i64 row_after(const Operands& o, i64 row) {
  const int t = (int)(row % o.length);
  return t + 1 < o.length ? (o.batch + row / o.length) * o.length + o.length - 2 - t : -1;
}

INLINE float diagonal(const Operands& o, i64 row, int column) {
  float delta[1];
  load_row<1>(delta, o.delta + row * HEADS + column / P);
  return delta[0] + o.D[column / P];
}

INLINE void read_values(float* y, const Operands& o, i64 row, int column) {
#if MERGED
  UNROLL for (int i = 0; i < LANE; i++) y[i] = 0.f;
  const i64 before = row_before(o, row), after = row_after(o, row);
  if (before >= 0) add_row(y, o.y + before * FEATURES + column);
  if (after >= 0) add_row(y, o.y + after * FEATURES + column);
  float x[LANE];
  load_row<LANE>(x, o.x + row * FEATURES + column);
  const float d = diagonal(o, row, column);
  UNROLL for (int i = 0; i < LANE; i++) y[i] += d * x[i];
#else
  load_row<LANE>(y, o.y + row * FEATURES + column);
#endif
}
