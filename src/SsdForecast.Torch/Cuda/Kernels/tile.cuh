// Tiles of small matrices in shared memory and in the registers of a warp, and their products on tensor cores. Needs sm_80; no CUDA header.
//
// STORAGE (a macro of the host) says how numbers lie in memory: 0 bfloat16, 1 float16, 2 float32. Sums are float32 always. Products of
// float32 are TF32 (10 bits of mantissa), or with FULL the three products of two TF32 terms each, which is float32 but for the last bit or two.
//
// One layout serves all of them, that of mma.m16n8k16 (lane = 4*g + t):
//   left  A 16x16:  rows g and g+8, columns 2t, 2t+1, 2t+8, 2t+9, in the order (g,2t..) (g+8,2t..) (g,2t+8..) (g+8,2t+8..)
//   right B 16x8:   rows 2t, 2t+1, 2t+8, 2t+9, column g
//   sum   C 16x8:   rows g and g+8, columns 2t, 2t+1
// For float32 two mma.m16n8k8 do the work of one m16n8k16; which column of A they call k does not matter as long as B agrees.
// Two sums side by side are, element for element, a left operand: that is how a state in registers is multiplied without leaving them.
#pragma once

typedef unsigned int u32;
typedef unsigned short u16;
typedef long long i64;

#define INLINE __device__ __forceinline__
#define UNROLL _Pragma("unroll")

#if STORAGE == 2
typedef float Element;
struct Left { float v[8]; };
struct Right { float v[4]; };
#define PAD 8                      // float2 reads of 4 rows fall on 32 different banks
#else
typedef u16 Element;
struct Left { u32 v[4]; };
struct Right { u32 v[2]; };
#define PAD 8                      // 16 bytes: the rows that ldmatrix reads fall on different banks
#endif
struct Sum { float v[4]; };

INLINE int lane() { return threadIdx.x & 31; }
INLINE int warp() { return __shfl_sync(~0u, threadIdx.x >> 5, 0); }   // one value a warp, and the compiler sees it; all lanes must call
INLINE Sum zero() { return Sum{{0.f, 0.f, 0.f, 0.f}}; }
INLINE float exp2_(float x) { float y; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
INLINE u32 address(const void* shared) { return (u32)__cvta_generic_to_shared(shared); }

// ---- numbers ----

#if STORAGE == 0
INLINE u32 pack(float a, float b) { u32 r; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(b), "f"(a)); return r; }
INLINE float low(u32 p) { return __uint_as_float(p << 16); }
INLINE float high(u32 p) { return __uint_as_float(p & 0xffff0000u); }
#elif STORAGE == 1
INLINE u32 pack(float a, float b) { u32 r; asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(b), "f"(a)); return r; }
INLINE float low(u32 p) { float r; asm("{.reg .b16 l, h; mov.b32 {l, h}, %1; cvt.f32.f16 %0, l;}" : "=f"(r) : "r"(p)); return r; }
INLINE float high(u32 p) { float r; asm("{.reg .b16 l, h; mov.b32 {l, h}, %1; cvt.f32.f16 %0, h;}" : "=f"(r) : "r"(p)); return r; }
#endif

// Two neighbours, the first at an even place.
#if STORAGE == 2
INLINE float2 load2(const Element* p) { return *(const float2*)p; }
INLINE void store2(Element* p, float a, float b) { *(float2*)p = make_float2(a, b); }
#else
INLINE float2 load2(const Element* p) { u32 v = *(const u32*)p; return make_float2(low(v), high(v)); }
INLINE void store2(Element* p, float a, float b) { *(u32*)p = pack(a, b); }
#endif
INLINE float2 load2f(const float* p) { return *(const float2*)p; }

// ---- global to shared ----

INLINE void copy16(u32 shared, const void* global, int bytes) {      // 16, or 0: then zeros
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(shared), "l"(global), "r"(bytes) : "memory");
}
INLINE void copy16(u32 shared, const void* global) { asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(shared), "l"(global) : "memory"); }
INLINE void commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int LATER> INLINE void arrived() { asm volatile("cp.async.wait_group %0;" :: "n"(LATER) : "memory"); }

// ROWS x COLUMNS by THREADS threads, rows `step` elements apart in global memory and COLUMNS + PAD in shared; rows from `valid` on become zero.
template <int ROWS, int COLUMNS, int THREADS>
INLINE void load_tile(Element* shared, const Element* global, int step, int valid) {
  constexpr int WIDE = 16 / sizeof(Element), PER_ROW = COLUMNS / WIDE, COUNT = ROWS * PER_ROW;
  const u32 to = address(shared);
  if (valid >= ROWS && THREADS % PER_ROW == 0 && COUNT % THREADS == 0) {
    constexpr int AT_ONCE = THREADS / PER_ROW > 0 ? THREADS / PER_ROW : 1;      // whole rows: every copy is a fixed way from the one before
    const int row = threadIdx.x / PER_ROW, column = threadIdx.x % PER_ROW * WIDE;
    const u32 place = to + (row * (COLUMNS + PAD) + column) * sizeof(Element);
    const char* from = (const char*)(global + row * step + column);
    const i64 jump = (i64)(AT_ONCE * step) * sizeof(Element);
    UNROLL for (int i = 0; i < COUNT / THREADS; i++) copy16(place + i * AT_ONCE * (COLUMNS + PAD) * sizeof(Element), from + i * jump);
    return;
  }
  _Pragma("unroll 1") for (int i = threadIdx.x; i < COUNT; i += THREADS) {
    const int row = i / PER_ROW, column = i % PER_ROW * WIDE;
    copy16(to + (row * (COLUMNS + PAD) + column) * sizeof(Element), global + (row < valid ? row * step : 0) + column, row < valid ? 16 : 0);
  }
}

// ---- shared to registers ----
// `tile` is the corner of the tile, `step` the elements between rows. Suffix _t: the tile lies transposed in memory.

#if STORAGE == 2
INLINE Left left(const float* tile, int step) {
  const float* p = tile + (lane() >> 2) * step + 2 * (lane() & 3);
  float2 a = load2f(p), b = load2f(p + 8 * step), c = load2f(p + 8), d = load2f(p + 8 * step + 8);
  return Left{{a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y}};
}
INLINE Left left_t(const float* tile, int step) {
  const float* p = tile + 2 * (lane() & 3) * step + (lane() >> 2);
  return Left{{p[0], p[step], p[8], p[step + 8], p[8 * step], p[9 * step], p[8 * step + 8], p[9 * step + 8]}};
}
// B as rows of its columns: element (k, n) at tile[n*step + k].
INLINE Right right(const float* tile, int step) {
  const float* p = tile + (lane() >> 2) * step + 2 * (lane() & 3);
  float2 a = load2f(p), b = load2f(p + 8);
  return Right{{a.x, a.y, b.x, b.y}};
}
// Element (k, n) at tile[k*step + n].
INLINE Right right_t(const float* tile, int step) {
  const float* p = tile + 2 * (lane() & 3) * step + (lane() >> 2);
  return Right{{p[0], p[step], p[8 * step], p[9 * step]}};
}
template <int COUNT> INLINE void rights(Right* b, const float* tile, int step) {
  UNROLL for (int i = 0; i < COUNT; i++) b[i] = right(tile + 8 * i * step, step);
}
template <int COUNT> INLINE void rights_t(Right* b, const float* tile, int step) {
  UNROLL for (int i = 0; i < COUNT; i++) b[i] = right_t(tile + 8 * i, step);
}
#else
INLINE void ldmatrix4(u32& a, u32& b, u32& c, u32& d, const u16* p) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(a), "=r"(b), "=r"(c), "=r"(d) : "r"(address(p)) : "memory");
}
INLINE void ldmatrix4_t(u32& a, u32& b, u32& c, u32& d, const u16* p) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(a), "=r"(b), "=r"(c), "=r"(d) : "r"(address(p)) : "memory");
}
INLINE void ldmatrix2(u32& a, u32& b, const u16* p) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : "=r"(a), "=r"(b) : "r"(address(p)) : "memory");
}
INLINE void ldmatrix2_t(u32& a, u32& b, const u16* p) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(a), "=r"(b) : "r"(address(p)) : "memory");
}
INLINE Left left(const u16* tile, int step) {
  Left a;
  ldmatrix4(a.v[0], a.v[1], a.v[2], a.v[3], tile + (lane() & 15) * step + (lane() >> 4) * 8);
  return a;
}
INLINE Left left_t(const u16* tile, int step) {
  Left a;
  ldmatrix4_t(a.v[0], a.v[1], a.v[2], a.v[3], tile + ((lane() & 7) + (lane() >> 4) * 8) * step + (lane() >> 3 & 1) * 8);
  return a;
}
// COUNT neighbours along n: two at a time where there are two.
template <int COUNT> INLINE void rights(Right* b, const u16* tile, int step) {
  UNROLL for (int i = 0; i + 1 < COUNT; i += 2)
    ldmatrix4(b[i].v[0], b[i].v[1], b[i + 1].v[0], b[i + 1].v[1], tile + (8 * i + (lane() & 7) + (lane() >> 4) * 8) * step + (lane() >> 3 & 1) * 8);
  if (COUNT & 1) ldmatrix2(b[COUNT - 1].v[0], b[COUNT - 1].v[1], tile + (8 * (COUNT - 1) + (lane() & 7)) * step + (lane() >> 3 & 1) * 8);
}
template <int COUNT> INLINE void rights_t(Right* b, const u16* tile, int step) {
  UNROLL for (int i = 0; i + 1 < COUNT; i += 2)
    ldmatrix4_t(b[i].v[0], b[i].v[1], b[i + 1].v[0], b[i + 1].v[1], tile + (lane() & 15) * step + 8 * i + (lane() >> 4) * 8);
  if (COUNT & 1) ldmatrix2_t(b[COUNT - 1].v[0], b[COUNT - 1].v[1], tile + (lane() & 15) * step + 8 * (COUNT - 1));
}
#endif

// ---- registers ----

// Two sums side by side as a left operand.
INLINE Left as_left(const Sum& a, const Sum& b) {
#if STORAGE == 2
  return Left{{a.v[0], a.v[1], a.v[2], a.v[3], b.v[0], b.v[1], b.v[2], b.v[3]}};
#else
  return Left{{pack(a.v[0], a.v[1]), pack(a.v[2], a.v[3]), pack(b.v[0], b.v[1]), pack(b.v[2], b.v[3])}};
#endif
}

// Multiplies the 16 columns by f[0..15].
INLINE void scale_columns(Left& a, float2 f, float2 f8) {
#if STORAGE == 2
  a.v[0] *= f.x; a.v[1] *= f.y; a.v[2] *= f.x; a.v[3] *= f.y;
  a.v[4] *= f8.x; a.v[5] *= f8.y; a.v[6] *= f8.x; a.v[7] *= f8.y;
#else
  a.v[0] = pack(low(a.v[0]) * f.x, high(a.v[0]) * f.y);
  a.v[1] = pack(low(a.v[1]) * f.x, high(a.v[1]) * f.y);
  a.v[2] = pack(low(a.v[2]) * f8.x, high(a.v[2]) * f8.y);
  a.v[3] = pack(low(a.v[3]) * f8.x, high(a.v[3]) * f8.y);
#endif
}

// Sum of products of the elements of two operands, this lane's part.
INLINE float dot(const Right& a, const Right& b) {
  float s = 0.f;
#if STORAGE == 2
  UNROLL for (int i = 0; i < 4; i++) s += a.v[i] * b.v[i];
#else
  UNROLL for (int i = 0; i < 2; i++) s += low(a.v[i]) * low(b.v[i]) + high(a.v[i]) * high(b.v[i]);
#endif
  return s;
}

// ---- products ----

#if STORAGE == 2
INLINE u32 tf32(float x) { u32 r; asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(x)); return r; }
INLINE void mma8(Sum& c, const u32* a, const u32* b) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c.v[0]), "+f"(c.v[1]), "+f"(c.v[2]), "+f"(c.v[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
INLINE void mma(Sum& c, const Left& a, const Right& b) {
  UNROLL for (int half = 0; half < 2; half++) {
    const float *x = a.v + 4 * half, *y = b.v + 2 * half;
    u32 ah[4] = {tf32(x[0]), tf32(x[2]), tf32(x[1]), tf32(x[3])}, bh[2] = {tf32(y[0]), tf32(y[1])};
#if FULL
    u32 al[4] = {tf32(x[0] - __uint_as_float(ah[0])), tf32(x[2] - __uint_as_float(ah[1])), tf32(x[1] - __uint_as_float(ah[2])), tf32(x[3] - __uint_as_float(ah[3]))};
    u32 bl[2] = {tf32(y[0] - __uint_as_float(bh[0])), tf32(y[1] - __uint_as_float(bh[1]))};
    mma8(c, al, bh);
    mma8(c, ah, bl);
#endif
    mma8(c, ah, bh);
  }
}
#else
#if STORAGE == 0
#define MMA_TYPES "bf16.bf16"
#else
#define MMA_TYPES "f16.f16"
#endif
INLINE void mma(Sum& c, const Left& a, const Right& b) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32." MMA_TYPES ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c.v[0]), "+f"(c.v[1]), "+f"(c.v[2]), "+f"(c.v[3]) : "r"(a.v[0]), "r"(a.v[1]), "r"(a.v[2]), "r"(a.v[3]), "r"(b.v[0]), "r"(b.v[1]));
}
#endif

// ---- sums over lanes ----

INLINE float sum_quad(float x) {       // over t: the four lanes that share a row
  x += __shfl_xor_sync(~0u, x, 1);
  return x + __shfl_xor_sync(~0u, x, 2);
}
INLINE float sum_rows(float x) {       // over g: the eight lanes that share a column
  x += __shfl_xor_sync(~0u, x, 4);
  x += __shfl_xor_sync(~0u, x, 8);
  return x + __shfl_xor_sync(~0u, x, 16);
}
INLINE float sum_warp(float x) { return sum_rows(sum_quad(x)); }

// Sums over g of four numbers; the lane gets that of number 2 * (lane >> 4) + (lane >> 3 & 1), twice over.
INLINE float sum_rows_of4(float a, float b, float c, float d) {
  const bool upper = lane() & 16, second = lane() & 8;
  float x = (upper ? c : a) + __shfl_xor_sync(~0u, upper ? a : c, 16);
  float y = (upper ? d : b) + __shfl_xor_sync(~0u, upper ? b : d, 16);
  float z = (second ? y : x) + __shfl_xor_sync(~0u, second ? x : y, 8);
  return z + __shfl_xor_sync(~0u, z, 4);
}
INLINE int column_of4() { return 8 * (lane() >> 4) + 2 * (lane() & 3) + (lane() >> 3 & 1); }   // where the four are columns 2t, 2t+1, 8+2t, 9+2t
