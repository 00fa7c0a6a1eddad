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

// Inputs of the convolution.
INLINE void read_input(float* u, const Operands& o, int b, int t, int channel) {
  if (t >= 0 && t < o.length) load_row<LANE>(u, o.projection + place(o, b, t) * columns(o) + o.inner + channel);
  else if (t < 0 && t >= 1 - TAPS && o.history) load_row<LANE>(u, o.history + ((i64)b * (TAPS - 1) + t + TAPS - 1) * channels(o) + channel);
  else UNROLL for (int i = 0; i < LANE; i++) u[i] = 0.f;
}

INLINE void read_weights(float w[TAPS][LANE], float* bias, const Operands& o, int channel) {
  UNROLL for (int i = 0; i < LANE; i++) {
    UNROLL for (int k = 0; k < TAPS; k++) w[k][i] = o.weight[(channel + i) * TAPS + k];
    bias[i] = o.bias[channel + i];
  }
}

// Element j + k of a window of which `old` holds the first TAPS - 1 and `fresh` the rest.
#define WINDOW(old, fresh, at) ((at) < TAPS - 1 ? old[(at) < TAPS - 1 ? (at) : 0] : fresh[(at) < TAPS - 1 ? 0 : (at) - (TAPS - 1)])
