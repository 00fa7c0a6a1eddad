// Backward. Of out = v s w [gate], s = 1 / sqrt(mean v^2 + epsilon):  dv = s (g - v s^2 mean(g v)),  g = dout w [gate].
// Gradients of weight and D are one partial sum a block (column_sums.cu adds them). Grid as forward; the number of blocks decides the order of those sums.
#include "block_norm.cuh"

#if MERGED
// A lane's sums over its vector, and then a lane a head.
constexpr int OF_LANE = (HEADS + 31) / 32, VECTORS = FEATURES / LANE;

// dy_t belongs to f_{t-1} and r_{l-2-t}; the last step of each direction is read by nobody.
INLINE void write_directions(const Operands& o, i64 row, int column, const float* dy) {
  const i64 before = row_before(o, row), after = row_after(o, row), b = row / o.length;
  float none[LANE];
  UNROLL for (int i = 0; i < LANE; i++) none[i] = 0.f;
  if (before >= 0) store_row<LANE>(o.dy + before * FEATURES + column, dy);
  else store_row<LANE>(o.dy + (b * o.length + o.length - 1) * FEATURES + column, none);
  if (after >= 0) store_row<LANE>(o.dy + after * FEATURES + column, dy);
  else store_row<LANE>(o.dy + ((o.batch + b) * o.length + o.length - 1) * FEATURES + column, none);
}
#endif

extern "C" __constant__ const int block_norm_backward_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) block_norm_backward(const Operands o) {
  __shared__ float sums[32 * LANE];
  float w[GROUPS][ITEMS][LANE], dw[GROUPS][ITEMS][LANE];
  UNROLL for (int g = 0; g < GROUPS; g++) UNROLL for (int k = 0; k < ITEMS; k++) {
    UNROLL for (int i = 0; i < LANE; i++) dw[g][k][i] = 0.f;
    if (inside(k)) load_floats<LANE>(w[g][k], o.weight + g * SIZE + column_of(k));
  }
#if MERGED
  __shared__ float parts[8][VECTORS];
  float dD[OF_LANE];
  UNROLL for (int h = 0; h < OF_LANE; h++) dD[h] = 0.f;
#endif

  for (i64 row = (i64)blockIdx.x * 8 + threadIdx.x / 32; row < o.rows; row += (i64)gridDim.x * 8) {
    UNROLL for (int g = 0; g < GROUPS; g++) {
      float y[ITEMS][LANE], z[ITEMS][LANE], dout[ITEMS][LANE], squares = 0.f, products = 0.f;
      Pieces pieces[ITEMS];
      Raw<LANE> upstream[ITEMS];
      UNROLL for (int k = 0; k < ITEMS; k++) if (inside(k)) {
        pieces[k] = fetch(o, row, g * SIZE + column_of(k));
        upstream[k] = fetch_row<LANE>(o.dout + row * FEATURES + g * SIZE + column_of(k), true);
      }
      UNROLL for (int k = 0; k < ITEMS; k++) {
        if (!inside(k)) continue;
        read_values(y[k], o, pieces[k], g * SIZE + column_of(k));
        unpack<LANE>(z[k], pieces[k].z);
        unpack<LANE>(dout[k], upstream[k]);
        UNROLL for (int i = 0; i < LANE; i++) {
          const float gate = silu(z[k][i]), v = GATE_LAST ? y[k][i] : y[k][i] * gate;
          squares += v * v;
          products += dout[k][i] * w[g][k][i] * (GATE_LAST ? gate : 1.f) * v;
        }
      }
      const float s = rsqrtf(sum_warp(squares) / SIZE + o.epsilon), mean = s * s * sum_warp(products) / SIZE;
      UNROLL for (int k = 0; k < ITEMS; k++) {
        if (!inside(k)) continue;
        const int column = g * SIZE + column_of(k);
        float dy[LANE], dz[LANE];
        UNROLL for (int i = 0; i < LANE; i++) {
          const float gate = silu(z[k][i]), slope = silu_slope(z[k][i]);
          const float v = GATE_LAST ? y[k][i] : y[k][i] * gate, out = dout[k][i] * w[g][k][i];
          const float dv = s * (out * (GATE_LAST ? gate : 1.f) - v * mean);
          dy[i] = GATE_LAST ? dv : dv * gate;
          dz[i] = slope * (GATE_LAST ? out * v * s : dv * y[k][i]);
          dw[g][k][i] += dout[k][i] * v * s * (GATE_LAST ? gate : 1.f);
        }
        store_row<LANE>(o.dz + row * FEATURES + column, dz);
#if MERGED
        write_directions(o, row, column, dy);
        float x[LANE], dx[LANE], dot = 0.f;
        unpack<LANE>(x, pieces[k].x);
        const float d = diagonal(o, pieces[k], column);
        UNROLL for (int i = 0; i < LANE; i++) {
          dx[i] = d * dy[i];
          dot += dy[i] * x[i];
        }
        store_row<LANE>(o.dx + row * FEATURES + column, dx);
        parts[threadIdx.x / 32][column / LANE] = dot;
#else
        store_row<LANE>(o.dy + row * FEATURES + column, dy);
#endif
      }
    }
#if MERGED
    __syncwarp();
    UNROLL for (int h = 0; h < OF_LANE; h++) {
      const int head = h * 32 + lane();
      if (head >= HEADS) continue;
      float sum[1] = {0.f};
      for (int i = 0; i < P / LANE; i++) sum[0] += parts[threadIdx.x / 32][head * (P / LANE) + i];
      store_row<1>(o.ddelta + row * HEADS + head, sum);
      dD[h] += sum[0];
    }
    __syncwarp();
#endif
  }

  float* out = o.partial + (i64)blockIdx.x * (FEATURES + (MERGED ? HEADS : 0));
  UNROLL for (int g = 0; g < GROUPS; g++) UNROLL for (int k = 0; k < ITEMS; k++) {
    add_warps<LANE>(sums, dw[g][k]);
    if (threadIdx.x < 32 && inside(k)) UNROLL for (int i = 0; i < LANE; i++) out[g * SIZE + column_of(k) + i] = sums[lane() * LANE + i];
    __syncthreads();
  }
#if MERGED
  UNROLL for (int h = 0; h < OF_LANE; h++) {
    add_warps<1>(sums, dD + h);
    if (threadIdx.x < 32 && h * 32 + lane() < HEADS) out[FEATURES + h * 32 + lane()] = sums[lane()];
    __syncthreads();
  }
#endif
}
