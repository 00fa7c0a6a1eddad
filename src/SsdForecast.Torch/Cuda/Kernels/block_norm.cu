// Forward. Grid: any number of blocks of 8 warps; a warp walks over every so many rows with the weights in registers.
#include "block_norm.cuh"

extern "C" __constant__ const int block_norm_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) block_norm(const Operands o) {
  float w[GROUPS][ITEMS][LANE];
  UNROLL for (int g = 0; g < GROUPS; g++) UNROLL for (int k = 0; k < ITEMS; k++)
    if (inside(k)) load_floats<LANE>(w[g][k], o.weight + g * SIZE + column_of(k));

  for (i64 row = (i64)blockIdx.x * 8 + threadIdx.x / 32; row < o.rows; row += (i64)gridDim.x * 8)
    UNROLL for (int g = 0; g < GROUPS; g++) {
      float v[ITEMS][LANE], gate[ITEMS][LANE], squares = 0.f;
      Pieces pieces[ITEMS];
      UNROLL for (int k = 0; k < ITEMS; k++) if (inside(k)) pieces[k] = fetch(o, row, g * SIZE + column_of(k));
      UNROLL for (int k = 0; k < ITEMS; k++) {
        if (!inside(k)) continue;
        read_values(v[k], o, pieces[k], g * SIZE + column_of(k));
        unpack<LANE>(gate[k], pieces[k].z);
        UNROLL for (int i = 0; i < LANE; i++) {
          gate[k][i] = silu(gate[k][i]);
          if (!GATE_LAST) v[k][i] *= gate[k][i];
          squares += v[k][i] * v[k][i];
        }
      }
      const float scale = rsqrtf(sum_warp(squares) / SIZE + o.epsilon);
      UNROLL for (int k = 0; k < ITEMS; k++) {
        if (!inside(k)) continue;
        UNROLL for (int i = 0; i < LANE; i++) v[k][i] *= scale * w[g][k][i] * (GATE_LAST ? gate[k][i] : 1.f);
        store_row<LANE>(o.out + row * FEATURES + g * SIZE + column_of(k), v[k]);
      }
    }
}
