// Forward: one thread has LANE columns over `tile` positions of one sequence, each input read once. Grid: as many threads as there are such pieces.
#include "block_inputs.cuh"

INLINE void write_output(const Operands& o, int b, int t, int channel, const float* y) {
  const i64 here = place(o, b, t), there = flipped(o, b, t);
  if (channel < o.inner) {
    store_row<LANE>(o.x + here * o.inner + channel, y);
    if (DIRECTIONS == 2) store_row<LANE>(o.x + there * o.inner + channel, y);
    return;
  }
  const int map = (channel - o.inner) / o.maps, column = (channel - o.inner) % o.maps;
  store_row<LANE>((map & 1 ? o.C : o.B) + (map >= 2 ? there : here) * o.maps + column, y);
}

extern "C" __constant__ const int block_inputs_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256, 2) block_inputs(const Operands o) {
  const i64 index = (i64)blockIdx.x * 256 + threadIdx.x;
  if (index < o.heads) o.A[index] = -expf(o.A_log[index]);
  const int vectors = (columns(o) - o.inner) / LANE;
  const int column = (int)(index % vectors) * LANE, tile = (int)(index / vectors % o.tiles);
  const i64 sequence = index / vectors / o.tiles;
  if (sequence >= o.batch) return;
  const int b = (int)sequence, first = tile * o.tile, last = min(first + o.tile, o.length);

  if (column >= channels(o)) {
    const int head = column - channels(o);
    for (int t = first; t < last; t++) {
      float dt[LANE];
      load_row<LANE>(dt, o.projection + place(o, b, t) * columns(o) + o.inner + column);
      store_floats<LANE>(o.dt + (head >= o.heads ? flipped(o, b, t) : place(o, b, t)) * o.heads + head % o.heads, dt);
    }
    return;
  }

  float w[TAPS][LANE], bias[LANE], old[TAPS][LANE], fresh[TAPS][LANE];
  read_weights(w, bias, o, column);
  const int start = first - (TAPS - 1 - o.ahead);
  UNROLL for (int k = 0; k < TAPS - 1; k++) read_input(old[k], o, b, start + k, column);
  for (int t0 = first; t0 < last; t0 += TAPS) {
    UNROLL for (int j = 0; j < TAPS; j++) read_input(fresh[j], o, b, t0 + j + o.ahead, column);
    UNROLL for (int j = 0; j < TAPS; j++) {
      if (t0 + j >= last) break;
      float y[LANE];
      UNROLL for (int i = 0; i < LANE; i++) {
        y[i] = bias[i];
        UNROLL for (int k = 0; k < TAPS; k++) y[i] += w[k][i] * WINDOW(old, fresh, j + k)[i];
        y[i] = silu(y[i]);
      }
      write_output(o, b, t0 + j, column, y);
    }
    UNROLL for (int k = 0; k < TAPS - 1; k++) UNROLL for (int i = 0; i < LANE; i++) old[k][i] = fresh[k + 1][i];
  }
}
