// Step sizes and decays of one head over one chunk of Q = 64 positions, for kernels whose storage has two bytes: float32 sums over tiles of 16 and
// everything else from them by products of numbers of at most 1. For gradients (BACKWARD) decays are kept without the weight of the input. A fifth
// of the instructions of Steps (operands.cuh), whose sums in double serve float32 storage. A sequence begins with a decay of 2^-160, which as a float
// is 0.
#pragma once
#include "operands.cuh"

struct alignas(16) Decays {
  float sum[Q];                       // cumulative log2 decay from the beginning of the tile of 16
  float in[Q];                        // weight of the input: dt, or the gain
  float start[Q];                     // decay from before the chunk to t
  float tail[Q];                      // decay from t to the end of the chunk, times in unless BACKWARD
  float within[Q];                    // decay from the last position of the tile before to t
  float across[QT - 1][Q];            // [k]: decay from j to the last position before tile k + 1, for j before that, times in unless BACKWARD
  float total;                        // decay over the whole chunk
#if BACKWARD
  float rate;                         // A of the head
  float dt[Q], slope[Q];              // step size; its derivative by the raw dt
#endif
};

// What one head has for all time.
struct HeadRate { float rate, bias; };  // log2 decay of a unit step
INLINE HeadRate head_rate(const Operands& o, int head) { return HeadRate{o.A[head] * (float)LOG2E, o.bias ? o.bias[head] : 0.f}; }

// ln(1 + exp(x)) to some 1e-7 of itself.
INLINE float softplus(float x) {
  float u = exp2_(-fabsf(x) * (float)LOG2E), s, s2, series;
  s = __fdividef(u, 2.f + u);         // ln(1 + u) = 2 artanh(s), s at most 1/3
  s2 = s * s;
  series = 1.f / 15;
  series = series * s2 + 1.f / 13;
  series = series * s2 + 1.f / 11;
  series = series * s2 + 1.f / 9;
  series = series * s2 + 1.f / 7;
  series = series * s2 + 1.f / 5;
  series = series * s2 + 1.f / 3;
  return fmaxf(x, 0.f) + 2.f * (s + s * s2 * series);
}

// Two positions of a lane: the log2 decay of each, and the weight of its input.
struct HeadSteps {
  float decay[2], in[2];
#if BACKWARD
  float dt[2], slope[2];
#endif
};

// Lane k has positions 2k and 2k + 1 of a chunk.
INLINE HeadSteps head_steps(const RawSteps& r, const HeadRate& rate, const Operands& o, int b, int head, int first) {
  static_assert(EACH == 2, "64 positions");
  HeadSteps s;
  UNROLL for (int e = 0; e < 2; e++) {
    const bool there = first + 2 * lane() + e < o.length;
    const int at = position(o, first, e);
    float dt = r.dt[e] + rate.bias;
#if BACKWARD
    const float u = exp2_(-fabsf(dt) * (float)LOG2E);
    s.slope[e] = o.softplus ? __fdividef(dt < 0.f ? u : 1.f, 1.f + u) : 1.f;
#endif
    if (o.softplus) dt = softplus(dt);
#if BACKWARD
    if (dt < o.low || dt > o.high) s.slope[e] = 0.f;
    if (o.elapsed) s.slope[e] *= o.elapsed[(i64)b * o.length + at];
#endif
    dt = fminf(fmaxf(dt, o.low), o.high);
    if (o.elapsed) dt *= o.elapsed[(i64)b * o.length + at];
    if (!there) dt = 0.f;
#if BACKWARD
    s.dt[e] = dt;
#endif
    s.decay[e] = dt * rate.rate;
    if (o.run && there) {
      const int* run = o.run + (i64)b * o.length;
      if (run[at] != run[max(at - 1, 0)]) s.decay[e] = -160.f;
    }
    s.in[e] = !there ? 0.f : o.gain ? o.gain[b * o.gain_batch + at * o.gain_time + head] : dt;
  }
  return s;
}

// By one warp, eight lanes a tile.
INLINE void make_decays(Decays& s, const HeadSteps& h) {
  const int tile = lane() >> 3, in_tile = lane() & 7, i = 2 * lane();
  const float *a = h.decay, *in = h.in;
  const float weight[2] = {BACKWARD ? 1.f : in[0], BACKWARD ? 1.f : in[1]};
  float upto = a[0] + a[1];
  UNROLL for (int d = 1; d < 8; d *= 2) {
    const float other = __shfl_up_sync(~0u, upto, d, 8);
    if (in_tile >= d) upto += other;
  }
  float before = __shfl_up_sync(~0u, upto, 1, 8);
  if (in_tile == 0) before = 0.f;
  const float c[2] = {before + a[0], upto};
  float whole[QT], left = 0.f, total = 0.f;                       // decay over each tile, over the tiles before, over the chunk
  UNROLL for (int k = 0; k < QT; k++) {
    whole[k] = __shfl_sync(~0u, upto, 8 * k + 7);
    if (k < tile) left += whole[k];
    total += whole[k];
  }
  const float mine = __shfl_sync(~0u, upto, 7, 8);
  float rest[2] = {fminf(mine - c[0], 0.f), fminf(mine - c[1], 0.f)};   // from here to the end of the tile
  UNROLL for (int k = 1; k < QT; k++)
    if (tile < k) {
      *(float2*)(s.across[k - 1] + i) = make_float2(exp2_(rest[0]) * weight[0], exp2_(rest[1]) * weight[1]);
      rest[0] += whole[k];
      rest[1] += whole[k];
    }
  *(float2*)(s.sum + i) = make_float2(c[0], c[1]);
  *(float2*)(s.in + i) = make_float2(in[0], in[1]);
  *(float2*)(s.start + i) = make_float2(exp2_(left + c[0]), exp2_(left + c[1]));
  *(float2*)(s.tail + i) = make_float2(exp2_(rest[0]) * weight[0], exp2_(rest[1]) * weight[1]);
  *(float2*)(s.within + i) = make_float2(exp2_(c[0]), exp2_(c[1]));
#if BACKWARD
  *(float2*)(s.dt + i) = make_float2(h.dt[0], h.dt[1]);
  *(float2*)(s.slope + i) = make_float2(h.slope[0], h.slope[1]);
#endif
  if (lane() == 0) s.total = exp2_(total);
}
