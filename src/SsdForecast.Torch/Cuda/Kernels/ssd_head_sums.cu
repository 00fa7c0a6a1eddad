// Adds what the backward kernel leaves of each chunk, (rows, heads, 3), over all rows in a fixed order: dA, dbias and dD, one number a head. Grid: heads.
typedef long long i64;

struct Operands {
  const float* sums;
  float *dA, *dbias, *dD;                 // the last two may be null
  i64 rows;
};

#define THREADS 512

extern "C" __constant__ const int ssd_head_sums_launch[2] = {THREADS, 0};

extern "C" __global__ void __launch_bounds__(THREADS) ssd_head_sums(const Operands o) {
  __shared__ float parts[3][THREADS / 32];
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const float* from = o.sums + blockIdx.x * 3;
  float sum[3] = {0.f, 0.f, 0.f};
  _Pragma("unroll 4") for (i64 row = threadIdx.x; row < o.rows; row += THREADS)
    for (int i = 0; i < 3; i++) sum[i] += from[row * gridDim.x * 3 + i];
  for (int i = 0; i < 3; i++) {
    for (int other = 16; other > 0; other /= 2) sum[i] += __shfl_down_sync(0xffffffffu, sum[i], other);
    if (lane == 0) parts[i][warp] = sum[i];
  }
  __syncthreads();
  if (threadIdx.x >= 3) return;
  float all = 0.f;
  for (int w = 0; w < THREADS / 32; w++) all += parts[threadIdx.x][w];
  float* to = threadIdx.x == 0 ? o.dA : threadIdx.x == 1 ? o.dbias : o.dD;
  if (to) to[blockIdx.x] = all;
}
