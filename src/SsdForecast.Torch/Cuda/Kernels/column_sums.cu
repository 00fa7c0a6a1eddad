// Adds the partial sums of blocks, (blocks, n), in a fixed order: what is left of the gradients of small parameters. The first `first` columns go to one
// tensor, the others to a second. Where asked, dA_log = dA * A on the way, A = -exp(A_log). Grid: n/32 blocks at least; 8 threads a column.
typedef long long i64;

struct Operands {
  const float* partial;
  float *out, *rest;
  const float *A_log, *dA;
  float* dA_log;
  int blocks, columns, first, heads, dA_step, unused;
};

extern "C" __constant__ const int column_sums_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) column_sums(const Operands o) {
  __shared__ float part[8][32];
  const int lane = threadIdx.x % 32, row = threadIdx.x / 32, column = blockIdx.x * 32 + lane;
  if (o.dA_log && blockIdx.x == 0)
    for (int h = threadIdx.x; h < o.heads; h += 256) o.dA_log[h] = -expf(o.A_log[h]) * o.dA[h * o.dA_step];
  float sum = 0.f;
  if (column < o.columns)
    _Pragma("unroll 4") for (int b = row; b < o.blocks; b += 8) sum += o.partial[(i64)b * o.columns + column];
  part[row][lane] = sum;
  __syncthreads();
  if (row != 0 || column >= o.columns) return;
  for (int r = 1; r < 8; r++) sum += part[r][lane];
  if (column < o.first) o.out[column] = sum;
  else o.rest[column - o.first] = sum;
}
