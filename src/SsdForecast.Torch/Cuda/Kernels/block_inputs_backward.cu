// Backward: the gradient of the projection, dense, and of the history; gradients of weight and bias as one partial sum a block (column_sums.cu adds them).
//
// Grid (columns/LANE/32, blocks). A warp has 32*LANE columns and walks over every so many pieces of `tile` positions; around a piece it computes the TAPS - 1
// gradients before the activation that its inputs reach, once more:  g_t = dy_t silu'(a_t),  du_t = sum_k weight_k g_{t+back-k}.
#include "block_inputs.cuh"

INLINE void add_row(float* sum, const Element* p, i64 at) {
  if (!p) return;
  float v[LANE];
  load_row<LANE>(v, p + at);
  UNROLL for (int i = 0; i < LANE; i++) sum[i] += v[i];
}

INLINE void read_gradient(float* dy, const Operands& o, int b, int t, int channel) {
  UNROLL for (int i = 0; i < LANE; i++) dy[i] = 0.f;
  if (t < 0 || t >= o.length) return;
  const i64 here = place(o, b, t), there = flipped(o, b, t);
  if (channel < o.inner) {
    add_row(dy, o.dx, here * o.inner + channel);
    if (DIRECTIONS == 2) {
      add_row(dy, o.dx, there * o.inner + channel);
      add_row(dy, o.dx_first, here * o.inner + channel);
    }
    return;
  }
  const int map = (channel - o.inner) / o.maps, column = (channel - o.inner) % o.maps;
  add_row(dy, map & 1 ? o.dC : o.dB, (map >= 2 ? there : here) * o.maps + column);
}

// Gate and step sizes pass through.
INLINE void pass(const Operands& o, int b, int t, int column) {
  float v[LANE];
  UNROLL for (int i = 0; i < LANE; i++) v[i] = 0.f;
  if (column < o.inner) add_row(v, o.dz, place(o, b, t) * o.inner + column);
  else if (o.ddt) {
    const int head = column - o.inner - channels(o);
    load_floats<LANE>(v, o.ddt + (head >= o.heads ? flipped(o, b, t) : place(o, b, t)) * o.heads + head % o.heads);
  }
  store_row<LANE>(o.dprojection + place(o, b, t) * columns(o) + column, v);
}

extern "C" __constant__ const int block_inputs_backward_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256, 2) block_inputs_backward(const Operands o) {
  __shared__ float row[32 * LANE];
  const int column = (blockIdx.x * 32 + threadIdx.x % 32) * LANE, channel = column - o.inner;
  const bool mixed = channel >= 0 && channel < channels(o);
  float w[TAPS][LANE], bias[LANE], dw[TAPS][LANE], dbias[LANE];
  if (mixed) read_weights(w, bias, o, channel);
  UNROLL for (int i = 0; i < LANE; i++) {
    dbias[i] = 0.f;
    UNROLL for (int k = 0; k < TAPS; k++) dw[k][i] = 0.f;
  }

  const i64 pieces = (i64)o.batch * o.tiles;
  for (i64 piece = blockIdx.y * 8 + threadIdx.x / 32; piece < pieces && column < columns(o); piece += gridDim.y * 8) {
    const int b = (int)(piece / o.tiles), first = (int)(piece % o.tiles) * o.tile, last = min(first + o.tile, o.length);
    if (!mixed) {
      for (int t = first; t < last; t++) pass(o, b, t, column);
      continue;
    }
    // The first piece has the inputs before the sequence too.
    const int from = first == 0 && o.dhistory ? 1 - TAPS : first, begin = from - o.ahead, end = last - o.ahead + TAPS - 1;
    float u_old[TAPS][LANE], u[TAPS][LANE], g_old[TAPS][LANE], g[TAPS][LANE];
    UNROLL for (int k = 0; k < TAPS - 1; k++) {
      read_input(u_old[k], o, b, begin - (TAPS - 1 - o.ahead) + k, channel);
      UNROLL for (int i = 0; i < LANE; i++) g_old[k][i] = 0.f;
    }
    for (int t0 = begin; t0 < end; t0 += TAPS) {
      UNROLL for (int j = 0; j < TAPS; j++) {
        read_input(u[j], o, b, t0 + j + o.ahead, channel);
        read_gradient(g[j], o, b, t0 + j, channel);
      }
      UNROLL for (int j = 0; j < TAPS; j++) {
        const int t = t0 + j;
        if (t >= end) break;
        const bool mine = t >= first && t < last;
        UNROLL for (int i = 0; i < LANE; i++) {
          float a = bias[i];
          UNROLL for (int k = 0; k < TAPS; k++) a += w[k][i] * WINDOW(u_old, u, j + k)[i];
          g[j][i] *= silu_slope(a);
          if (!mine) continue;
          dbias[i] += g[j][i];
          UNROLL for (int k = 0; k < TAPS; k++) dw[k][i] += g[j][i] * WINDOW(u_old, u, j + k)[i];
        }
        const int at = t - (TAPS - 1 - o.ahead);
        if (at < from) continue;
        float du[LANE];
        UNROLL for (int i = 0; i < LANE; i++) {
          du[i] = 0.f;
          UNROLL for (int k = 0; k < TAPS; k++) du[i] += w[k][i] * WINDOW(g_old, g, TAPS - 1 + j - k)[i];
        }
        if (at >= 0) store_row<LANE>(o.dprojection + place(o, b, at) * columns(o) + column, du);
        else store_row<LANE>(o.dhistory + ((i64)b * (TAPS - 1) + at + TAPS - 1) * channels(o) + channel, du);
      }
      UNROLL for (int k = 0; k < TAPS - 1; k++) UNROLL for (int i = 0; i < LANE; i++) {
        u_old[k][i] = u[k + 1][i];
        g_old[k][i] = g[k + 1][i];
      }
    }
  }

  float* out = o.partial + (i64)blockIdx.y * channels(o) * (TAPS + 1);
  for (int k = 0; k <= TAPS; k++) {
    float sums[LANE];
    UNROLL for (int i = 0; i < LANE; i++) {
      sums[i] = dbias[i];
      UNROLL for (int j = 0; j < TAPS; j++) if (j == k) sums[i] = dw[j][i];
    }
    add_warps<LANE>(row, sums);
    if (threadIdx.x < 32 && mixed) UNROLL for (int i = 0; i < LANE; i++)
      out[k < TAPS ? (channel + i) * TAPS + k : channels(o) * TAPS + channel + i] = row[threadIdx.x * LANE + i];
    __syncthreads();
  }
}
