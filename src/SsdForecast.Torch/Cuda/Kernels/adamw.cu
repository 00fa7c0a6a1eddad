// A step of AdamW over flat buffers, with the gradients scaled down to a norm, in two launches: partial sums of squares, then the step, in which every block adds
// the partial sums in the same order. Behind the `length` gradients lie the summed loss and the summed weight of the targets. Some of the values are written
// a second time, rounded to STORAGE.
#include "rows.cuh"

struct Operands {
  float *values, *first, *second;
  const float* gradients;
  float *partial, *loss;
  Element* rounded;                        // of values [from, to)
  i64 length, trained, decayed, plain;     // all gradients; of them trained; ends of the matrices, which decay, and of what has the full rate
  i64 from, to;
  float largest, least_weight, decay, rate, skip_rate, root;   // 1 - rate*weight_decay; rate / (1 - beta1^t); that of the skip; 1 / sqrt(1 - beta2^t)
  int blocks, unused;
};

constexpr float BETA1 = 0.9f, REST1 = 0.1f, BETA2 = 0.999f, REST2 = 0.001f, EPSILON = 1e-8f;   // 1.f - BETA2 is off by 1e-5 of itself

extern "C" __global__ void __launch_bounds__(256) gradient_norm(const Operands o) {
  float sum = 0.f;
  for (i64 i = ((i64)blockIdx.x * 256 + threadIdx.x) * 4; i < o.length; i += (i64)gridDim.x * 1024) {
    const float4 g = *(const float4*)(o.gradients + i);
    sum += (g.x * g.x + g.y * g.y) + (g.z * g.z + g.w * g.w);
  }
  sum = sum_block(sum);
  if (threadIdx.x == 0) o.partial[blockIdx.x] = sum;
}

INLINE void move(float& value, float& m, float& v, float g, float decay, float rate, float root) {
  m = BETA1 * m + REST1 * g;
  v = BETA2 * v + REST2 * g * g;
  value = value * decay - rate * m / (sqrtf(v) * root + EPSILON);
}

extern "C" __constant__ const int adamw_launch[2] = {256, 0};

extern "C" __global__ void __launch_bounds__(256) adamw(const Operands o) {
  float squares = 0.f;
  for (int b = threadIdx.x; b < o.blocks; b += 256) squares += o.partial[b];
  const float weight = o.gradients[o.length + 1], per_weight = 1.f / (weight < o.least_weight ? o.least_weight : weight);
  // What is no number stays none, which fminf would not see to.
  const float room = o.largest / (sqrtf(sum_block(squares)) * per_weight + 1e-6f), factor = (room > 1.f ? 1.f : room) * per_weight;
  if (blockIdx.x == 0 && threadIdx.x == 0) o.loss[0] = o.gradients[o.length] * per_weight;
  for (i64 i = ((i64)blockIdx.x * 256 + threadIdx.x) * 4; i < o.trained; i += (i64)gridDim.x * 1024) {
    const float decay = i < o.decayed ? o.decay : 1.f, rate = i < o.plain ? o.rate : o.skip_rate;
    const float4 g = *(const float4*)(o.gradients + i);
    float4 value = *(const float4*)(o.values + i), m = *(const float4*)(o.first + i), v = *(const float4*)(o.second + i);
    move(value.x, m.x, v.x, g.x * factor, decay, rate, o.root);
    move(value.y, m.y, v.y, g.y * factor, decay, rate, o.root);
    move(value.z, m.z, v.z, g.z * factor, decay, rate, o.root);
    move(value.w, m.w, v.w, g.w * factor, decay, rate, o.root);
    *(float4*)(o.values + i) = value;
    *(float4*)(o.first + i) = m;
    *(float4*)(o.second + i) = v;
    if (i >= o.from && i < o.to) store_row<4>(o.rounded + (i - o.from), (const float*)&value);
  }
}
