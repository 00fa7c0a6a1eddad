// From the projection of a block to the operands of the SSD operator: causal depthwise convolution, bias, SiLU, split, step sizes as float32, A = -exp(A_log).
//
// Host macros: TAPS of the convolution, LANE neighbouring columns a thread, DIRECTIONS 1 (Mamba-2) or 2 (bidirectional).
// Columns of the projection (b,l,columns): z (inner) | x (inner) | B, C (maps each, of each direction) | dt (heads, of each direction).
// The convolution runs over x, B and C: y_t = silu(bias + sum_k weight_k u_{t-back+k}), back = TAPS - 1 - ahead; u is `history` before the first position,
// where there is one, and else 0, as behind the last.
// With two directions the second lies behind the first on the batch axis, flipped in time: x, B, C, dt are (2b,l,...).
#pragma once
#include "rows.cuh"

struct Operands {
  const Element *projection, *history;            // history (b,TAPS-1,channels)
  const float *weight, *bias, *A_log;             // (channels,TAPS), (channels), (heads)
  Element *x, *B, *C;                             // (b,l,inner), (b,l,maps) twice
  float *dt, *A;                                  // (b,l,heads), (heads)
  const Element *dz, *dx, *dx_first, *dB, *dC;    // any may be missing; dx_first: a second gradient of the first direction's x
  const float* ddt;
  Element *dprojection, *dhistory;
  float* partial;                                 // (blocks, channels*TAPS + channels): gradients of weight and bias
  int batch, length, inner, maps, heads, ahead, tile, tiles;
};

INLINE int channels(const Operands& o) { return o.inner + 2 * DIRECTIONS * o.maps; }
INLINE int columns(const Operands& o) { return o.inner + channels(o) + DIRECTIONS * o.heads; }
INLINE i64 place(const Operands& o, int b, int t) { return (i64)b * o.length + t; }
// Of the same moment in the second direction.
INLINE i64 flipped(const Operands& o, int b, int t) { return (i64)(o.batch + b) * o.length + o.length - 1 - t; }

// One row after the other in time, LANE columns of it: where that of time 0 lies (null: there are none), and how far apart they are.
template <class T> struct Rows {
  T* start;
  int step;
  INLINE T* at(int t) const { return start + (i64)t * step; }
};

// Rows (2b,l,width) or (b,l,width) of a sequence, or of what lies at the same moments in the second direction.
template <class T> INLINE Rows<T> rows_of(T* all, const Operands& o, int b, bool second, int width, int column) {
  if (!all) return {nullptr, 0};
  return {all + (second ? flipped(o, b, 0) : place(o, b, 0)) * width + column, second ? -width : width};
}

// Those of x, B or C that a column of the convolution goes to; x goes to the second direction too.
template <class T> INLINE Rows<T> rows_after(T* x, T* B, T* C, const Operands& o, int b, int channel) {
  if (channel < o.inner) return rows_of(x, o, b, false, o.inner, channel);
  const int map = (channel - o.inner) / o.maps;
  return rows_of(map & 1 ? C : B, o, b, map >= 2, o.maps, (channel - o.inner) % o.maps);
}

// Inputs of the convolution.
struct Inputs {
  Rows<const Element> now, before;
  int length;
  INLINE Inputs(const Operands& o, int b, int channel) : length(o.length) {
    now = {o.projection + place(o, b, 0) * columns(o) + o.inner + channel, columns(o)};
    before = {o.history ? o.history + ((i64)b * (TAPS - 1) + TAPS - 1) * channels(o) + channel : nullptr, channels(o)};
  }
  INLINE Raw<LANE> fetch(int t) const {
    const bool past = DIRECTIONS == 1 && before.start && t < 0 && t >= 1 - TAPS;
    return fetch_row<LANE>(past ? before.at(t) : now.at(t), past || (unsigned)t < (unsigned)length);
  }
};

// Weights of neighbouring columns lie together.
INLINE void read_weights(float w[TAPS][LANE], float* bias, const Operands& o, int channel) {
  float all[LANE * TAPS];
  constexpr int W = LANE % 4 == 0 ? 4 : LANE;
  UNROLL for (int i = 0; i < LANE * TAPS; i += W) load_floats<W>(all + i, o.weight + (i64)channel * TAPS + i);
  UNROLL for (int i = 0; i < LANE; i++) UNROLL for (int k = 0; k < TAPS; k++) w[k][i] = all[i * TAPS + k];
  load_floats<LANE>(bias, o.bias + channel);
}

// Element j + k of a window of which `old` holds the first TAPS - 1 and `fresh` the rest.
#define WINDOW(old, fresh, at) ((at) < TAPS - 1 ? old[(at) < TAPS - 1 ? (at) : 0] : fresh[(at) < TAPS - 1 ? 0 : (at) - (TAPS - 1)])
