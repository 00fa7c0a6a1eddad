// Forward: one thread has LANE columns over `tile` positions of one sequence, each input read once. Grid: as many threads as there are such pieces.
#include "block_inputs.cuh"

constexpr int AT_ONCE = 4;          // step sizes on their way at a time

INLINE void pass_step_sizes(const Operands& o, int b, int head, int first, int last) {
  const Rows<const Element> from = {o.projection + place(o, b, 0) * columns(o) + o.inner + channels(o) + head, columns(o)};
  const Rows<float> to = rows_of(o.dt, o, b, head >= o.heads, o.heads, head % o.heads);
  for (int t0 = first; t0 < last; t0 += AT_ONCE) {
    Raw<LANE> raw[AT_ONCE];
    UNROLL for (int j = 0; j < AT_ONCE; j++) raw[j] = fetch_row<LANE>(from.at(t0 + j), t0 + j < last);
    UNROLL for (int j = 0; j < AT_ONCE; j++) {
      if (t0 + j >= last) break;
      float dt[LANE];
      unpack<LANE>(dt, raw[j]);
      store_floats<LANE>(to.at(t0 + j), dt);
    }
  }
}

extern "C" __constant__ const int block_inputs_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256, 2) block_inputs(const Operands o) {
  const i64 index = (i64)blockIdx.x * 256 + threadIdx.x;
  if (index < o.heads) o.A[index] = -expf(o.A_log[index]);
  const int vectors = (columns(o) - o.inner) / LANE;
  const int channel = (int)(index % vectors) * LANE, tile = (int)(index / vectors % o.tiles);
  const i64 sequence = index / vectors / o.tiles;
  if (sequence >= o.batch) return;
  const int b = (int)sequence, first = tile * o.tile, last = min(first + o.tile, o.length);
  if (channel >= channels(o)) return pass_step_sizes(o, b, channel - channels(o), first, last);

  const Inputs inputs(o, b, channel);
  const Rows<Element> to = rows_after(o.x, o.B, o.C, o, b, channel);
  const Rows<Element> second = rows_of(DIRECTIONS == 2 && channel < o.inner ? o.x : nullptr, o, b, true, o.inner, channel);
  float w[TAPS][LANE], bias[LANE], old[TAPS][LANE], fresh[TAPS][LANE];
  Raw<LANE> raw[TAPS];
  const int start = first - (TAPS - 1 - o.ahead);
  UNROLL for (int k = 0; k < TAPS - 1; k++) raw[k] = inputs.fetch(start + k);
  read_weights(w, bias, o, channel);
  UNROLL for (int k = 0; k < TAPS - 1; k++) unpack<LANE>(old[k], raw[k]);
  for (int t0 = first; t0 < last; t0 += TAPS) {
    UNROLL for (int j = 0; j < TAPS; j++) raw[j] = inputs.fetch(t0 + j + o.ahead);
    UNROLL for (int j = 0; j < TAPS; j++) unpack<LANE>(fresh[j], raw[j]);
    UNROLL for (int j = 0; j < TAPS; j++) {
      if (t0 + j >= last) break;
      float y[LANE];
      UNROLL for (int i = 0; i < LANE; i++) {
        y[i] = bias[i];
        UNROLL for (int k = 0; k < TAPS; k++) y[i] += w[k][i] * WINDOW(old, fresh, j + k)[i];
        y[i] = silu(y[i]);
      }
      store_row<LANE>(to.at(t0 + j), y);
      if (DIRECTIONS == 2 && second.start) store_row<LANE>(second.at(t0 + j), y);
    }
    UNROLL for (int k = 0; k < TAPS - 1; k++) UNROLL for (int i = 0; i < LANE; i++) old[k][i] = fresh[k + 1][i];
  }
}
