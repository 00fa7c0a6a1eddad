// Backward: the gradient of the projection, dense, and of the history; gradients of weight and bias as one partial sum a block (column_sums.cu adds them).
//
// Grid (columns/LANE/32, blocks). A warp has 32*LANE columns and walks over every so many pieces of `tile` positions; around a piece it computes the TAPS - 1
// gradients before the activation that its inputs reach, once more:  g_t = dy_t silu'(a_t),  du_t = sum_k weight_k g_{t+back-k}.
#include "block_inputs.cuh"

constexpr int AT_ONCE = 8;          // rows of what passes through that are on their way at a time

// Gradients of an output of the convolution: of x in both directions and once more in the first, or of one of B and C.
struct Gradients {
  Rows<const Element> first, second, third;
  int length;
  INLINE Gradients(const Operands& o, int b, int channel) : length(o.length) {
    const bool both = DIRECTIONS == 2 && channel < o.inner;
    first = rows_after(o.dx, o.dB, o.dC, o, b, channel);
    second = rows_of(both ? o.dx : nullptr, o, b, true, o.inner, channel);
    third = rows_of(both ? o.dx_first : nullptr, o, b, false, o.inner, channel);
  }
  struct Parts { Raw<LANE> first, second, third; };
  INLINE Parts fetch(int t) const {
    const bool inside = t >= 0 && t < length;
    Parts p;
    p.first = fetch_row<LANE>(first.at(t), inside && first.start);
    if (DIRECTIONS == 2) {
      p.second = fetch_row<LANE>(second.at(t), inside && second.start);
      p.third = fetch_row<LANE>(third.at(t), inside && third.start);
    }
    return p;
  }
  static INLINE void add(float* sum, const Parts& p) {
    unpack<LANE>(sum, p.first);
    if (DIRECTIONS == 1) return;
    float v[LANE], w[LANE];
    unpack<LANE>(v, p.second);
    unpack<LANE>(w, p.third);
    UNROLL for (int i = 0; i < LANE; i++) sum[i] += v[i] + w[i];
  }
};

// Gate and step sizes pass through.
INLINE void pass_gate(const Operands& o, int b, int column, int first, int last) {
  const Rows<const Element> from = rows_of(o.dz, o, b, false, o.inner, column);
  const Rows<Element> to = {o.dprojection + place(o, b, 0) * columns(o) + column, columns(o)};
  for (int t0 = first; t0 < last; t0 += AT_ONCE) {
    Raw<LANE> raw[AT_ONCE];
    UNROLL for (int j = 0; j < AT_ONCE; j++) raw[j] = fetch_row<LANE>(from.at(t0 + j), from.start && t0 + j < last);
    UNROLL for (int j = 0; j < AT_ONCE; j++) if (t0 + j < last) write_raw<LANE>(to.at(t0 + j), raw[j]);
  }
}
INLINE void pass_step_sizes(const Operands& o, int b, int head, int first, int last) {
  const Rows<const float> from = rows_of(o.ddt, o, b, head >= o.heads, o.heads, head % o.heads);
  const Rows<Element> to = {o.dprojection + place(o, b, 0) * columns(o) + o.inner + channels(o) + head, columns(o)};
  for (int t0 = first; t0 < last; t0 += AT_ONCE) {
    float v[AT_ONCE][LANE];
    UNROLL for (int j = 0; j < AT_ONCE; j++) {
      UNROLL for (int i = 0; i < LANE; i++) v[j][i] = 0.f;
      if (from.start && t0 + j < last) load_floats<LANE>(v[j], from.at(t0 + j));
    }
    UNROLL for (int j = 0; j < AT_ONCE; j++) if (t0 + j < last) store_row<LANE>(to.at(t0 + j), v[j]);
  }
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
      if (channel < 0) pass_gate(o, b, column, first, last);
      else pass_step_sizes(o, b, channel - channels(o), first, last);
      continue;
    }
    // The first piece has the inputs before the sequence too.
    const int from = first == 0 && o.dhistory ? 1 - TAPS : first, begin = from - o.ahead, end = last - o.ahead + TAPS - 1;
    const Inputs inputs(o, b, channel);
    const Gradients gradients(o, b, channel);
    Element* const to = o.dprojection + place(o, b, 0) * columns(o) + column;
    Raw<LANE> raw[TAPS];
    float u_old[TAPS][LANE], u[TAPS][LANE], g_old[TAPS][LANE], g[TAPS][LANE];
    UNROLL for (int k = 0; k < TAPS - 1; k++) {
      raw[k] = inputs.fetch(begin - (TAPS - 1 - o.ahead) + k);
      UNROLL for (int i = 0; i < LANE; i++) g_old[k][i] = 0.f;
    }
    UNROLL for (int k = 0; k < TAPS - 1; k++) unpack<LANE>(u_old[k], raw[k]);
    for (int t0 = begin; t0 < end; t0 += TAPS) {
      Gradients::Parts parts[TAPS];
      UNROLL for (int j = 0; j < TAPS; j++) {
        raw[j] = inputs.fetch(t0 + j + o.ahead);
        parts[j] = gradients.fetch(t0 + j);
      }
      UNROLL for (int j = 0; j < TAPS; j++) {
        unpack<LANE>(u[j], raw[j]);
        Gradients::add(g[j], parts[j]);
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
        if (at >= 0) store_row<LANE>(to + (i64)at * columns(o), du);
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
