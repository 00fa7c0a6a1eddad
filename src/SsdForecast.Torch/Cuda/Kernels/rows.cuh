// Rows of numbers for kernels that pass over memory once: vectors of W neighbours, all sums in float32.
#pragma once
#include "tile.cuh"

// W neighbours; the first at a multiple of W.
template <int W> INLINE void load_floats(float* v, const float* p) {
  if constexpr (W == 2) {
    const float2 f = *(const float2*)p;
    v[0] = f.x; v[1] = f.y;
  } else if constexpr (W >= 4) UNROLL for (int i = 0; i < W; i += 4) {
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

// W neighbours as they lie in memory: many of them can be on their way before the first is looked at. Zeros where there is nothing.
template <int W> struct Raw { u32 v[(W * sizeof(Element) + 3) / 4]; };

template <int W> INLINE Raw<W> fetch_row(const Element* p, bool there) {
  constexpr int BYTES = W * sizeof(Element);
  Raw<W> raw;
  if constexpr (BYTES == 16) {
    uint4 q = make_uint4(0, 0, 0, 0);
    if (there) q = *(const uint4*)p;
    raw.v[0] = q.x; raw.v[1] = q.y; raw.v[2] = q.z; raw.v[3] = q.w;
  } else if constexpr (BYTES == 8) {
    uint2 q = make_uint2(0, 0);
    if (there) q = *(const uint2*)p;
    raw.v[0] = q.x; raw.v[1] = q.y;
  } else {
    raw.v[0] = 0;
    if (there) raw.v[0] = BYTES == 4 ? *(const u32*)p : *(const u16*)p;
  }
  return raw;
}

template <int W> INLINE void unpack(float* v, const Raw<W>& raw) {
  UNROLL for (int i = 0; i < W; i++) {
#if STORAGE == 2
    v[i] = __uint_as_float(raw.v[i]);
#else
    v[i] = i % 2 ? high(raw.v[i / 2]) : low(raw.v[i / 2]);
#endif
  }
}

template <int W> INLINE void write_raw(Element* p, const Raw<W>& raw) {
  constexpr int BYTES = W * sizeof(Element);
  if constexpr (BYTES == 16) *(uint4*)p = make_uint4(raw.v[0], raw.v[1], raw.v[2], raw.v[3]);
  else if constexpr (BYTES == 8) *(uint2*)p = make_uint2(raw.v[0], raw.v[1]);
  else if constexpr (BYTES == 4) *(u32*)p = raw.v[0];
  else *(u16*)p = (u16)raw.v[0];
}

INLINE float sigmoid(float x) {
  float y;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(1.f + exp2_(-1.442695041f * x)));
  return y;
}
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

// The sum over the 256 threads of a block, for all of them.
INLINE float sum_block(float x) {
  __shared__ float part[8];
  for (int d = 16; d > 0; d /= 2) x += __shfl_xor_sync(~0u, x, d);
  __syncthreads();                           // of a sum before
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = x;
  __syncthreads();
  float sum = 0.f;
  for (int w = 0; w < 8; w++) sum += part[w];
  return sum;
}
