// Backward: dx = dsum + s (g - sum s^2 mean(g sum)), g = du weight, s = 1 / sqrt(mean sum^2 + epsilon); dy = dropout(dx). The gradient of the weight is one
// partial sum a block (column_sums.cu adds them).
#include "block_residual.cuh"

extern "C" __constant__ const int block_residual_backward_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) block_residual_backward(const Operands o) {
  __shared__ float sums[32 * LANE];
  float w[ITEMS][LANE], dw[ITEMS][LANE];
  UNROLL for (int k = 0; k < ITEMS; k++) {
    UNROLL for (int i = 0; i < LANE; i++) dw[k][i] = 0.f;
    if (inside(k)) load_floats<LANE>(w[k], o.weight + column_of(k));
  }
  for (i64 row = (i64)blockIdx.x * 8 + threadIdx.x / 32; row < o.rows; row += (i64)gridDim.x * 8) {
    float v[ITEMS][LANE], du[ITEMS][LANE], squares = 0.f, products = 0.f;
    UNROLL for (int k = 0; k < ITEMS; k++) {
      if (!inside(k)) continue;
      const i64 at = row * FEATURES + column_of(k);
      load_floats<LANE>(v[k], o.sum + at);
      load_out(du[k], (const Out*)o.du + at);
      UNROLL for (int i = 0; i < LANE; i++) {
        squares += v[k][i] * v[k][i];
        products += du[k][i] * w[k][i] * v[k][i];
      }
    }
    const float s = rsqrtf(sum_warp(squares) / FEATURES + o.epsilon), mean = s * s * sum_warp(products) / FEATURES;
    UNROLL for (int k = 0; k < ITEMS; k++) {
      if (!inside(k)) continue;
      const i64 at = row * FEATURES + column_of(k);
      float dx[LANE];
      UNROLL for (int i = 0; i < LANE; i++) dx[i] = 0.f;
      if (o.dsum) load_floats<LANE>(dx, o.dsum + at);
      UNROLL for (int i = 0; i < LANE; i++) {
        dx[i] += s * (du[k][i] * w[k][i] - v[k][i] * mean);
        dw[k][i] += du[k][i] * v[k][i] * s;
      }
      store_floats<LANE>(o.dx + at, dx);
#if ADD
      dropout(dx, o, at / 4);
      store_row<LANE>(o.dy + at, dx);
#endif
    }
  }
  UNROLL for (int k = 0; k < ITEMS; k++) {
    add_warps<LANE>(sums, dw[k]);
    if (threadIdx.x < 32 && inside(k)) UNROLL for (int i = 0; i < LANE; i++) o.partial[(i64)blockIdx.x * FEATURES + column_of(k) + i] = sums[lane() * LANE + i];
    __syncthreads();
  }
}
