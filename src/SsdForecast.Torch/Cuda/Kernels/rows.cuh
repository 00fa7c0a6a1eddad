// Rows of numbers for kernels that pass over memory once: vectors of W neighbours, all sums in float32.
#pragma once
#include "tile.cuh"

// W neighbours; the first at a multiple of W.
template <int W> INLINE void load_floats(float* v, const float* p) {
  if constexpr (W >= 4) UNROLL for (int i = 0; i < W; i += 4) {
    const float4 f = *(const float4*)(p + i);
    v[i] = f.x; v[i + 1] = f.y; v[i + 2] = f.z; v[i + 3] = f.w;
  } else UNROLL for (int i = 0; i < W; i++) v[i] = p[i];
}

template <int W> INLINE void store_floats(float* p, const float* v) {
  if constexpr (W >= 4) UNROLL for (int i = 0; i < W; i += 4) *(float4*)(p + i) = make_float4(v[i], v[i + 1], v[i + 2], v[i + 3]);
  else UNROLL for (int i = 0; i < W; i++) p[i] = v[i];
}

#if STORAGE == 2
template <int W> INLINE void load_row(float* v, const Element* p) { load_floats<W>(v, p); }
template <int W> INLINE void store_row(Element* p, const float* v) { store_floats<W>(p, v); }
#else
template <int W> INLINE void load_row(float* v, const Element* p) {
  u32 raw[(W + 1) / 2];
  if constexpr (W == 8) {
    const uint4 q = *(const uint4*)p;
    raw[0] = q.x; raw[1] = q.y; raw[2] = q.z; raw[3] = q.w;
  } else if constexpr (W == 4) {
    const uint2 q = *(const uint2*)p;
    raw[0] = q.x; raw[1] = q.y;
  } else if constexpr (W == 2) raw[0] = *(const u32*)p;
  else raw[0] = *p;
  UNROLL for (int i = 0; i < W; i++) v[i] = i % 2 ? high(raw[i / 2]) : low(raw[i / 2]);
}

template <int W> INLINE void store_row(Element* p, const float* v) {
  if constexpr (W == 8) *(uint4*)p = make_uint4(pack(v[0], v[1]), pack(v[2], v[3]), pack(v[4], v[5]), pack(v[6], v[7]));
  else if constexpr (W == 4) *(uint2*)p = make_uint2(pack(v[0], v[1]), pack(v[2], v[3]));
  else if constexpr (W == 2) *(u32*)p = pack(v[0], v[1]);
  else *p = (Element)pack(v[0], 0.f);
}
#endif

INLINE float sigmoid(float x) { return 1.f / (1.f + __expf(-x)); }
INLINE float silu(float x) { return x * sigmoid(x); }
// The derivative of SiLU.
INLINE float silu_slope(float x) {
  const float s = sigmoid(x);
  return s * (1.f + x * (1.f - s));
}

// Adds the rows of 8 warps in the order of the warps: `mine` holds this lane's numbers of columns lane*W.. of a row of 32*W; the sum is in `row` for all.
template <int W> INLINE void add_warps(float* row, const float* mine) {
  for (int w = 0; w < 8; w++) {
    if (threadIdx.x / 32 == w) UNROLL for (int i = 0; i < W; i++) {
      float& to = row[(threadIdx.x % 32) * W + i];
      to = w ? to + mine[i] : mine[i];
    }
    __syncthreads();
  }
}
