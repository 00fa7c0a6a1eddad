// What every kernel of the SSD operator takes, and the step sizes and decays of one head over one chunk.
//
// Host macros: P head dimension, N state size (multiples of 16), Q positions a chunk (32 or 64), HEADS heads a block.
// Shapes: x, y, dy, dx (b,l,h,p); B, C, dB, dC (b,l,g,n); dt, gain (b,l,h); elapsed, run (b,l); A, D, bias (h); states (b,h,p,n).
// The last dimensions lie close together; batch and time have the steps given here, in elements.
#pragma once
#include "tile.cuh"

struct Operands {
  const Element *x, *B, *C, *dy;
  const float *dt, *gain, *A, *D, *bias, *elapsed, *initial, *dfinal;
  const int* run;                     // which sequence a position belongs to; none: one sequence
  Element* y;
  float* final;
  Element* dx;
  void *dB, *dC;                      // of Element, or of float with one slice (b,l,g,n) a head split
  float *ddt, *dgain, *dinitial, *sums;   // sums (b,chunks,h,3): dA, dbias, dD of one chunk
  Element *before, *after;            // (b,chunks,h,p,n): state before a chunk; gradient of the state after it
  float *segments, *decays;           // (2,b,segments,h,p,n) and (2,b,segments,h): what a stretch of time adds to a state, and keeps of it
  i64 x_batch, x_time, B_batch, B_time, C_batch, C_time, dt_batch, dt_time, gain_batch, gain_time;
  int batch, length, heads, groups, chunks, segment_count, chunks_per_segment, splits, mode, direction, softplus, unused;
  float low, high;
};

#define LOG2E 1.4426950408889634
constexpr int QT = Q / 16;            // tiles of 16 positions a chunk
constexpr int EACH = Q / 32;          // positions a lane, where one warp has the whole chunk

// One head over one chunk; cs is the cumulative log2 decay. A decay from j to i is exp2(cs_i - cs_j) with cs as two floats, as exact as float32 can
// say also where a step of -1000 stands beside one of -0.001. Where Q/16 tiles make it worth while (BACKWARD), the decay between two tiles of
// positions is the product across[tile of i][j] * within[i], both at most 1: no exponential an element. All decays are 0 across the
// beginning of a sequence.
struct alignas(16) Steps {
  float high[Q], low[Q];              // cs
  float in[Q];                        // weight of the input: dt, or the gain
  float start[Q];                     // decay from before the chunk to t
  float tail[Q];                      // decay from t to the end of the chunk
  int run[Q];
#if BACKWARD
  float within[Q];                    // decay from the last position of the tile before to t
  float across[QT][Q];                // decay from j to the last position before the tile, for j before it
  float dt[Q], slope[Q];              // step size; its derivative by the raw dt
#endif
  float total;                        // decay over the whole chunk
};

// Raw step sizes are read early and used a chunk or a head later: the way from memory is long.
struct RawSteps { float dt[EACH]; };

INLINE int position(const Operands& o, int first, int e) { return max(min(first + lane() * EACH + e, o.length - 1), 0); }

INLINE RawSteps read_steps(const Operands& o, int b, int head, int first) {
  RawSteps r;
  UNROLL for (int e = 0; e < EACH; e++) r.dt[e] = o.dt[b * o.dt_batch + position(o, first, e) * o.dt_time + head];
  return r;
}

// By one warp.
INLINE void make_steps(Steps& s, const RawSteps& r, const Operands& o, int b, int head, int first) {
  const float rate = o.A[head], bias = o.bias ? o.bias[head] : 0.f;
  int run[EACH], run_before = 0, run_end = 0;
  UNROLL for (int e = 0; e < EACH; e++) run[e] = 0;
  if (o.run) {
    const int* runs = o.run + (i64)b * o.length;
    UNROLL for (int e = 0; e < EACH; e++) run[e] = runs[position(o, first, e)];
    run_before = runs[max(min(first, o.length) - 1, 0)];
    run_end = runs[max(min(first + Q, o.length), 1) - 1];
  }
  double cs[EACH], sum = 0;
  UNROLL for (int e = 0; e < EACH; e++) {
    const int i = lane() * EACH + e;
    const bool there = first + i < o.length;
    const float raw = r.dt[e] + bias, elapsed = o.elapsed ? o.elapsed[(i64)b * o.length + position(o, first, e)] : 1.f;
    float soft = raw;
    if (o.softplus) soft = raw > 20.f ? raw : log1pf(expf(raw));
    const float dt = there ? fminf(fmaxf(soft, o.low), o.high) * elapsed : 0.f;
    sum += (double)(dt * rate) * LOG2E;
    cs[e] = sum;
    s.in[i] = !there ? 0.f : o.gain ? o.gain[b * o.gain_batch + position(o, first, e) * o.gain_time + head] : dt;
    s.run[i] = run[e];
#if BACKWARD
    s.dt[i] = dt;
    s.slope[i] = soft < o.low || soft > o.high ? 0.f : elapsed * (o.softplus && raw <= 20.f ? 1.f / (1.f + expf(-raw)) : 1.f);
#endif
  }
  double upto = sum;
  UNROLL for (int d = 1; d < 32; d *= 2) {
    const double other = __shfl_up_sync(~0u, upto, d);
    if (lane() >= d) upto += other;
  }
  const double total = __shfl_sync(~0u, upto, 31);
  double base = __shfl_up_sync(~0u, upto, 1);
  if (lane() == 0) base = 0;
  UNROLL for (int e = 0; e < EACH; e++) cs[e] += base;
#if BACKWARD
  // The last position before each tile, and its run.
  const double border = __shfl_up_sync(~0u, cs[EACH - 1], 1);
  const int run_border = __shfl_up_sync(~0u, run[EACH - 1], 1);
  UNROLL for (int k = 1; k < QT; k++) {
    const double c = __shfl_sync(~0u, border, 16 * k / EACH);
    const int same = __shfl_sync(~0u, run_border, 16 * k / EACH);
    UNROLL for (int e = 0; e < EACH; e++) {
      const int i = lane() * EACH + e;
      if (i < 16 * k) s.across[k][i] = run[e] == same ? exp2_(fminf((float)(c - cs[e]), 0.f)) : 0.f;
      if (i / 16 == k) s.within[i] = run[e] == same ? exp2_(fminf((float)(cs[e] - c), 0.f)) : 0.f;
    }
  }
#endif
  UNROLL for (int e = 0; e < EACH; e++) {
    const int i = lane() * EACH + e;
    const float c = (float)cs[e];
    s.high[i] = c;
    s.low[i] = (float)(cs[e] - (double)c);
    s.start[i] = run[e] == run_before ? exp2_(c) : 0.f;
    s.tail[i] = run[e] == run_end ? exp2_(fminf((float)(total - cs[e]), 0.f)) : 0.f;
  }
  if (lane() == 0) s.total = run_end == run_before ? exp2_((float)total) : 0.f;
}

// Decay from j to i, 0 where j comes after i.
INLINE float decay(const Steps& s, int i, int j) {
  const float d = exp2_(fminf((s.high[i] - s.high[j]) + (s.low[i] - s.low[j]), 0.f));
  return i >= j && s.run[i] == s.run[j] ? d : 0.f;
}
