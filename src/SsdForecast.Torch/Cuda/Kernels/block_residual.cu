// Forward. Grid: any number of blocks of 8 warps.
#include "block_residual.cuh"

extern "C" __constant__ const int block_residual_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) block_residual(const Operands o) {
  float w[ITEMS][LANE];
  UNROLL for (int k = 0; k < ITEMS; k++) if (inside(k)) load_floats<LANE>(w[k], o.weight + column_of(k));
  for (i64 row = (i64)blockIdx.x * 8 + threadIdx.x / 32; row < o.rows; row += (i64)gridDim.x * 8) {
    float v[ITEMS][LANE], squares = 0.f;
    UNROLL for (int k = 0; k < ITEMS; k++) {
      if (!inside(k)) continue;
      const i64 at = row * FEATURES + column_of(k);
      load_floats<LANE>(v[k], o.x + at);
#if ADD
      float y[LANE];
      load_row<LANE>(y, o.y + at);
      dropout(y, o, at / 4);
      UNROLL for (int i = 0; i < LANE; i++) v[k][i] += y[i];
      store_floats<LANE>(o.sum + at, v[k]);
#endif
      UNROLL for (int i = 0; i < LANE; i++) squares += v[k][i] * v[k][i];
    }
    const float scale = rsqrtf(sum_warp(squares) / FEATURES + o.epsilon);
    UNROLL for (int k = 0; k < ITEMS; k++) {
      if (!inside(k)) continue;
      UNROLL for (int i = 0; i < LANE; i++) v[k][i] *= scale * w[k][i];
      store_out((Out*)o.u + row * FEATURES + column_of(k), v[k]);
    }
  }
}
