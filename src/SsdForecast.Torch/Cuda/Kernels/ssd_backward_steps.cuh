// What a block of ssd_backward.cu shares, how it is loaded, and the gradients of step sizes of a head from what the products leave for them.
#pragma once
#include "operands.cuh"

constexpr int RW = QT, WARPS = RW * COLS, THREADS = 32 * WARPS;
constexpr int BATCH = WARPS >= 8 ? 4 : WARPS / 2;
constexpr int NJ = Q / 16 / COLS;                            // 16-column tiles of positions a warp
constexpr int NP = P / 8 / COLS, NN = N / 8 / COLS;          // 8-column tiles a warp: of channels, of state
constexpr int N_STEP = N + PAD, P_STEP = P + PAD, Q_STEP = Q + PAD;

struct alignas(16) Stage { Element x[Q * P_STEP], dy[Q * P_STEP], H[P * N_STEP], G[P * N_STEP]; };
// What the warps say of one head to the one that finishes it, whose sums leave its parts to the head BATCH later.
struct alignas(16) Parts {
  float u[COLS][Q], q[COLS][Q];
  float rows[COLS][Q];                // sums of W along a row, left of the diagonal tile
  float columns[RW][Q];               // sums of W0 down a column, over one tile of rows
  float corner[Q], diagonal[Q];
  float inner[WARPS];
};
struct alignas(16) Shared {
  Element B[Q * N_STEP], C[Q * N_STEP];
  Stage stage[STAGES];
  Element scores[Q * Q_STEP];
  Steps steps[2 * BATCH];
  Parts parts[BATCH];
};

struct Place { int b, chunk, first, valid, group; bool has_H, has_G; };

INLINE void load_head(Stage& s, const Operands& o, const Place& at, int head) {
  load_tile<Q, P, THREADS>(s.x, o.x + at.b * o.x_batch + at.first * o.x_time + head * P, (int)o.x_time, at.valid);
  const int step = o.heads * P;
  load_tile<Q, P, THREADS>(s.dy, o.dy + ((i64)at.b * o.length + at.first) * step + head * P, step, at.valid);
  const i64 state = (((i64)at.b * o.chunks + at.chunk) * o.heads + head) * P * N;
  if (at.has_H || at.has_G) {
    load_tile<P, N, THREADS>(s.H, o.before + state, N, at.has_H ? P : 0);
    load_tile<P, N, THREADS>(s.G, o.after + state, N, at.has_G ? P : 0);
  }
  commit();
}

// ---- step sizes ----

// Sum over the lanes of a segment of WIDTH from this one on, and over those before this one.
template <int WIDTH> INLINE float from_here(float own) {
  UNROLL for (int d = 1; d < WIDTH; d *= 2) {
    const float other = __shfl_down_sync(~0u, own, d, WIDTH);
    if (lane() % WIDTH + d < WIDTH) own += other;
  }
  return own;
}
template <int WIDTH> INLINE float before_here(float own) {
  UNROLL for (int d = 1; d < WIDTH; d *= 2) {
    const float other = __shfl_up_sync(~0u, own, d, WIDTH);
    if (lane() % WIDTH >= d) own += other;
  }
  own = __shfl_up_sync(~0u, own, 1, WIDTH);
  return lane() % WIDTH ? own : 0.f;
}

// Gradients of step size (and gain) of one head in one chunk, and its part of dA, dbias and dD.
INLINE void finish_head(const Parts& p, const Steps& st, const Operands& o, const Place& at, int head) {
  constexpr int LANES = 16 / EACH;    // lanes that share a tile of positions
  const int tile = lane() / LANES;
  float w = lane() < WARPS ? p.inner[lane()] : 0.f;
  w = sum_warp(w) * st.total;

  float u[EACH], v[EACH], row[EACH], column[EACH], direct[EACH], whole[RW];
  UNROLL for (int k = 0; k < RW; k++) whole[k] = 0.f;
  UNROLL for (int e = 0; e < EACH; e++) {
    const int i = lane() * EACH + e;
    const float in = st.in[i];
    float q = 0.f, below = 0.f, own = 0.f;
    u[e] = row[e] = 0.f;
    UNROLL for (int c = 0; c < COLS; c++) { u[e] += p.u[c][i]; q += p.q[c][i]; row[e] += p.rows[c][i]; }
    UNROLL for (int k = RW - 1; k >= 0; k--) {
      if (k > 0 && k < RW - 1) whole[k] += tile < k ? in * below : 0.f;      // what lies below tile k, left of it
      const float f = p.columns[k][i];
      if (k > tile) below += f; else own += k == tile ? f : 0.f;
    }
    column[e] = in * below;
    direct[e] = q + below + own;
    v[e] = in * q;
  }
  UNROLL for (int k = 1; k < RW - 1; k++) whole[k] = sum_warp(whole[k]);
  float tiles = 0.f;
  UNROLL for (int k = 1; k < RW - 1; k++) tiles = k == tile ? whole[k] : tiles;

  float sum_u = 0.f, sum_v = 0.f, sum_row = 0.f, sum_column = 0.f;
  UNROLL for (int e = 0; e < EACH; e++) { sum_u += u[e]; sum_v += v[e]; sum_row += row[e]; sum_column += column[e]; }
  float later_u = __shfl_down_sync(~0u, from_here<32>(sum_u), 1);
  if (lane() == 31) later_u = 0.f;
  float later_row = __shfl_down_sync(~0u, from_here<LANES>(sum_row), 1, LANES);
  if (lane() % LANES == LANES - 1) later_row = 0.f;
  float earlier_v = before_here<32>(sum_v), earlier_column = before_here<LANES>(sum_column);

  // Within the lane's own positions, the last first for sums from t on.
  float dlog[EACH];
  UNROLL for (int e = EACH - 1; e >= 0; e--) {
    later_u += u[e];
    later_row += row[e];
    dlog[e] = w + later_u + later_row + tiles + p.corner[lane() * EACH + e];
  }
  const float rate = o.A[head];
  float dA = 0.f, dbias = 0.f, dD = 0.f;
  UNROLL for (int e = 0; e < EACH; e++) {
    const int i = lane() * EACH + e;
    const float d = dlog[e] + earlier_v + earlier_column;
    earlier_v += v[e];
    earlier_column += column[e];
    dA += d * st.dt[i];
    dD += p.diagonal[i];
    const float ddt = (d * rate + (o.gain ? 0.f : direct[e])) * st.slope[i];
    if (i < at.valid) {
      const i64 place = ((i64)at.b * o.length + at.first + i) * o.heads + head;
      o.ddt[place] = ddt;
      if (o.gain) o.dgain[place] = direct[e];
      dbias += ddt;
    }
  }
  dA = sum_warp(dA);
  dbias = sum_warp(dbias);
  dD = sum_warp(dD);
  if (lane() == 0) {
    float* s = o.sums + (((i64)at.b * o.chunks + at.chunk) * o.heads + head) * 3;
    s[0] = dA; s[1] = dbias; s[2] = dD;
  }
}
