// The pinball loss of quantiles (n, Q) at levels (Q): sum of w max(tau e, (tau - 1) e), e = target - quantile, and the sum of the weights w (n), both times a unit;
// then its gradients. Forward leaves two partial sums a block, which column_sums.cu adds. Grid: any number of blocks; a thread has a target at a time.
#include "rows.cuh"

struct Operands {
  const float *target, *quantiles, *weight, *levels;
  const float* upstream;                     // gradient of the loss, one number
  float *partial, *grad_target, *grad_quantiles;
  i64 targets;
  int quantile_count;
  float of_loss, of_weight;                  // units
  int unused;
};

extern "C" __constant__ const int pinball_launch[2] = {256, 0};

// The slope in e where it is e; at 0 that of the right.
INLINE float slope(float e, float level) { return e < 0.f ? level - 1.f : level; }

extern "C" __global__ void __launch_bounds__(256) pinball(const Operands o) {
  float loss = 0.f, weights = 0.f;
  for (i64 n = (i64)blockIdx.x * 256 + threadIdx.x; n < o.targets; n += (i64)gridDim.x * 256) {
    const float target = o.target[n], weight = o.weight[n];
    float sum = 0.f;
    for (int q = 0; q < o.quantile_count; q++) {
      const float e = target - o.quantiles[n * o.quantile_count + q];
      sum += e * slope(e, o.levels[q]);
    }
    loss += weight * sum;
    weights += weight;
  }
  loss = sum_block(loss);
  weights = sum_block(weights);
  if (threadIdx.x > 0) return;
  o.partial[2 * blockIdx.x] = loss * o.of_loss;
  o.partial[2 * blockIdx.x + 1] = weights * o.of_weight;
}

extern "C" __global__ void __launch_bounds__(256) pinball_backward(const Operands o) {
  const float unit = o.upstream[0] * o.of_loss;
  for (i64 n = (i64)blockIdx.x * 256 + threadIdx.x; n < o.targets; n += (i64)gridDim.x * 256) {
    const float target = o.target[n], weight = o.weight[n] * unit;
    float sum = 0.f;
    for (int q = 0; q < o.quantile_count; q++) {
      const i64 at = n * o.quantile_count + q;
      const float gradient = weight * slope(target - o.quantiles[at], o.levels[q]);
      o.grad_quantiles[at] = -gradient;
      sum += gradient;
    }
    o.grad_target[n] = sum;
  }
}
