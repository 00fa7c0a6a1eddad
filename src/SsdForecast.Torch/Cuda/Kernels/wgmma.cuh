// Products of a warpgroup (4 warps, 64 rows) whose operands the tensor cores read from shared memory by themselves, and what goes with them: tiles
// in the order that they read, fences, barriers of part of a block. Needs sm_90a (NVRTC 12 or later), storage of two bytes. No CUDA header.
//
// A tile is rows of 64 numbers, 128 bytes, in groups of 8 rows (1024 bytes, where it must begin); the 16-byte pieces of a row lie in the order
// piece ^ (row % 8) ("128-byte swizzle"), so that neither rows nor columns of pieces share a bank. Wider matrices are several tiles, one after the other.
//   along_k   the 64 numbers of a row lie along the summed index:     left or right operand, element (row, k)
//   across_k  the 64 numbers of a row lie along the other index:      right operand, element (k, column); left too, from shared memory
// A sum of 64 x WIDTH lies as 4 warps' sums of 16 x 8 tiles one beside the other (tile.cuh): Sum d[WIDTH / 8], warp w has rows 16w..16w+15.
//
// Order of things: write shared memory, fence_writes() by every writer, a barrier; then open(), products, close(), and finished<groups that may still
// run>(sum) before a register of the sum, a left operand in registers or the memory of an operand is touched again.
#pragma once
#include "tile.cuh"

#if STORAGE == 2
#error "wgmma.cuh is for storage of two bytes"
#endif

typedef unsigned long long u64;

constexpr int TILE_COLUMNS = 64, TILE_ROW = 128, TILE_GROUP = 1024;    // numbers, bytes, bytes of 8 rows

// ---- tiles ----

// Where 16-byte piece `piece` (0..7) of a row lies, in bytes from the beginning of the tile.
INLINE int swizzled(int row, int piece) { return row * TILE_ROW + ((piece ^ (row & 7)) << 4); }

// ROWS x COLUMNS numbers by THREADS threads of which this is number `thread`, rows `step` elements apart in global memory; rows from `valid` on become
// zero. What a tile has beyond COLUMNS stays as it is.
template <int ROWS, int THREADS, int COLUMNS = TILE_COLUMNS>
INLINE void load_swizzled(u32 tile, const Element* global, int step, int valid, int thread) {
  constexpr int PIECES = COLUMNS / 8, AT_ONCE = THREADS / PIECES;
  static_assert(THREADS % (8 * PIECES) == 0 && ROWS % AT_ONCE == 0, "whole groups of 8 rows at once");
  const int row = thread / PIECES, piece = thread % PIECES;
  const u32 to = tile + swizzled(row, piece);
  const Element* from = global + (i64)row * step + piece * 8;
  if (valid >= ROWS) {
    UNROLL for (int i = 0; i < ROWS; i += AT_ONCE) {
      copy16(to + i * TILE_ROW, from);
      from += AT_ONCE * step;
      asm volatile("" : "+l"(from));  // one pointer, not one for each copy
    }
    return;
  }
  _Pragma("unroll 1") for (int i = 0; i < ROWS; i += AT_ONCE) {
    const bool there = row + i < valid;
    copy16(to + i * TILE_ROW, there ? from : global, there ? 16 : 0);
    from += AT_ONCE * step;
  }
}

// What the tensor cores take for an operand's address: 128-byte swizzle, 8 rows from one group to the next. In two words, of which only the lower changes:
// the uniform registers that they go through are slow.
INLINE u64 words(u32 low, u32 high) { u64 r; asm("mov.b64 %0, {%1, %2};" : "=l"(r) : "r"(low), "r"(high)); return r; }
INLINE u64 operand(u32 tile, int next_tile) { return words(tile >> 4 | next_tile >> 4 << 16, 1u << 30 | TILE_GROUP >> 4); }
// Rows from `row` (a multiple of 8) on, 16 summed positions from k on (a multiple of 16, less than 64).
INLINE u64 along_k(u32 tile, int row, int k) { return operand(tile + row * TILE_ROW + 2 * k, TILE_GROUP); }
// The 16 rows from k on; columns beyond 64 lie in a tile `next_tile` bytes on.
INLINE u64 across_k(u32 tile, int k, int next_tile) { return operand(tile + k * TILE_ROW, next_tile); }
// The same some bytes on (a multiple of 16): 32 a step of 16 along_k, 2048 across_k, and a tile's size for the next tile.
INLINE u64 moved(u64 operand, int bytes) {
  u32 low, high;
  asm("mov.b64 {%0, %1}, %2;" : "=r"(low), "=r"(high) : "l"(operand));
  return words(low + (u32)(bytes >> 4), high);
}

// ---- order ----

INLINE void fence_writes() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }     // what was written by instructions is seen by the tensor cores
INLINE void open() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
INLINE void close() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int LATER> INLINE void finished() { asm volatile("wgmma.wait_group.sync.aligned %0;" :: "n"(LATER) : "memory"); }
// Keeps the compiler from moving uses of a sum across this place.
template <int COUNT> INLINE void settle(Sum* d) {
  UNROLL for (int i = 0; i < COUNT; i++) UNROLL for (int e = 0; e < 4; e++) asm volatile("" : "+f"(d[i].v[e]) :: "memory");
}
template <int LATER, int COUNT> INLINE void finished(Sum* d) {
  finished<LATER>();
  settle<COUNT>(d);
}

// A barrier of the threads of one warpgroup; 0 is the block's own.
INLINE void group_barrier(int number) { asm volatile("bar.sync %0, 128;" :: "r"(number) : "memory"); }

template <int COUNT> INLINE void more_registers() { asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" :: "n"(COUNT)); }
template <int COUNT> INLINE void fewer_registers() { asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" :: "n"(COUNT)); }

// ---- barriers in shared memory: `arrivals` of them end a phase, phases have the parity 0, 1, 0, ... ----

INLINE void barrier_start(u64* barrier, int arrivals) { asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" :: "r"(address(barrier)), "r"(arrivals) : "memory"); }
INLINE void barrier_visible() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }
INLINE void barrier_arrive(u64* barrier) { asm volatile("{.reg .b64 s; mbarrier.arrive.shared::cta.b64 s, [%0];}" :: "r"(address(barrier)) : "memory"); }
// Arrives when all copies of this thread so far (copy16) have.
INLINE void barrier_arrive_copies(u64* barrier) { asm volatile("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0];" :: "r"(address(barrier)) : "memory"); }
INLINE void barrier_wait(u64* barrier, int parity) {
  u32 done;
  do
    asm volatile("{.reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.u32 %0, 1, 0, p;}" : "=r"(done) : "r"(address(barrier)), "r"(parity) : "memory");
  while (!done);
}

// ---- registers to shared memory: 8x8 matrices as sums hold them, each lane with the address of a row of 16 bytes ----

INLINE void stmatrix4(u32 row, u32 a, u32 b, u32 c, u32 d) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1,%2,%3,%4};" :: "r"(row), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
}
INLINE void stmatrix4_t(u32 row, u32 a, u32 b, u32 c, u32 d) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1,%2,%3,%4};" :: "r"(row), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
}
INLINE void ldmatrix4_t(Left& a, u32 row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(a.v[0]), "=r"(a.v[1]), "=r"(a.v[2]), "=r"(a.v[3]) : "r"(row) : "memory");
}
INLINE void ldmatrix4(Left& a, u32 row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(a.v[0]), "=r"(a.v[1]), "=r"(a.v[2]), "=r"(a.v[3]) : "r"(row) : "memory");
}

// ---- products: d (64 x WIDTH) = left (64 x 16) right (16 x WIDTH), plus d where `add`; A, B: 1 where the operand lies across_k ----
// `add` must be known at compile time: without it d is written only, and the compiler need not make room for what was there.

#define COMMA ,
#define SUM2(IO, i) IO(d[i].v[0]), IO(d[i].v[1]), IO(d[i].v[2]), IO(d[i].v[3]), IO(d[i + 1].v[0]), IO(d[i + 1].v[1]), IO(d[i + 1].v[2]), IO(d[i + 1].v[3])
#define SUM4(IO, i) SUM2(IO, i), SUM2(IO, i + 2)
#define SUM8(IO, i) SUM4(IO, i), SUM4(IO, i + 4)
#define R8 "%0,%1,%2,%3,%4,%5,%6,%7"
#define R16 R8 ",%8,%9,%10,%11,%12,%13,%14,%15"
#define R24 R16 ",%16,%17,%18,%19,%20,%21,%22,%23"
#define R32 R24 ",%24,%25,%26,%27,%28,%29,%30,%31"
#define R48 R32 ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47"
#define R64 R48 ",%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63"
#define WGMMA(ADD, WIDTH, REGS) "{.reg .pred p; setp.ne.b32 p, " #ADD ", 0; wgmma.mma_async.sync.aligned.m64n" #WIDTH "k16.f32." MMA_TYPES " {" REGS "}, "

// The left operand in registers; then both in shared memory. I0.. are the numbers of the operands after the sum's.
#define FROM_REGISTERS(IO, ADD, WIDTH, REGS, SUMS, I0, I1, I2, I3, I4, I5) \
  asm volatile(WGMMA(ADD, WIDTH, REGS) "{%" #I0 ",%" #I1 ",%" #I2 ",%" #I3 "}, %" #I4 ", p, 1, 1, %" #I5 ";}" \
      : SUMS : "r"(a.v[0]), "r"(a.v[1]), "r"(a.v[2]), "r"(a.v[3]), "l"(b), "n"(B))
#define FROM_MEMORY(IO, ADD, WIDTH, REGS, SUMS, I0, I1, I2, I3) \
  asm volatile(WGMMA(ADD, WIDTH, REGS) "%" #I0 ", %" #I1 ", p, 1, 1, %" #I2 ", %" #I3 ";}" : SUMS : "l"(a), "l"(b), "n"(A), "n"(B))

#define ALL_FROM_REGISTERS(IO, ADD) \
  if constexpr (WIDTH == 16) FROM_REGISTERS(IO, ADD, 16, R8, SUM2(IO, 0), 8, 9, 10, 11, 12, 13); \
  if constexpr (WIDTH == 32) FROM_REGISTERS(IO, ADD, 32, R16, SUM4(IO, 0), 16, 17, 18, 19, 20, 21); \
  if constexpr (WIDTH == 48) FROM_REGISTERS(IO, ADD, 48, R24, SUM4(IO, 0) COMMA SUM2(IO, 4), 24, 25, 26, 27, 28, 29); \
  if constexpr (WIDTH == 64) FROM_REGISTERS(IO, ADD, 64, R32, SUM8(IO, 0), 32, 33, 34, 35, 36, 37); \
  if constexpr (WIDTH == 96) FROM_REGISTERS(IO, ADD, 96, R48, SUM8(IO, 0) COMMA SUM4(IO, 8), 48, 49, 50, 51, 52, 53); \
  if constexpr (WIDTH == 128) FROM_REGISTERS(IO, ADD, 128, R64, SUM8(IO, 0) COMMA SUM8(IO, 8), 64, 65, 66, 67, 68, 69);
#define ALL_FROM_MEMORY(IO, ADD) \
  if constexpr (WIDTH == 16) FROM_MEMORY(IO, ADD, 16, R8, SUM2(IO, 0), 8, 9, 10, 11); \
  if constexpr (WIDTH == 32) FROM_MEMORY(IO, ADD, 32, R16, SUM4(IO, 0), 16, 17, 18, 19); \
  if constexpr (WIDTH == 48) FROM_MEMORY(IO, ADD, 48, R24, SUM4(IO, 0) COMMA SUM2(IO, 4), 24, 25, 26, 27); \
  if constexpr (WIDTH == 64) FROM_MEMORY(IO, ADD, 64, R32, SUM8(IO, 0), 32, 33, 34, 35); \
  if constexpr (WIDTH == 96) FROM_MEMORY(IO, ADD, 96, R48, SUM8(IO, 0) COMMA SUM4(IO, 8), 48, 49, 50, 51); \
  if constexpr (WIDTH == 128) FROM_MEMORY(IO, ADD, 128, R64, SUM8(IO, 0) COMMA SUM8(IO, 8), 64, 65, 66, 67);

template <int WIDTH, int B> INLINE void product(Sum* d, const Left& a, u64 b, bool add) {
  static_assert(WIDTH == 16 || WIDTH == 32 || WIDTH == 48 || WIDTH == 64 || WIDTH == 96 || WIDTH == 128, "write that width out too");
  if (add) {
    ALL_FROM_REGISTERS("+f", 1)
  } else {
    ALL_FROM_REGISTERS("=f", 0)
  }
}
template <int WIDTH, int A, int B> INLINE void product(Sum* d, u64 a, u64 b, bool add) {
  static_assert(WIDTH == 16 || WIDTH == 32 || WIDTH == 48 || WIDTH == 64 || WIDTH == 96 || WIDTH == 128, "write that width out too");
  if (add) {
    ALL_FROM_MEMORY("+f", 1)
  } else {
    ALL_FROM_MEMORY("=f", 0)
  }
}
