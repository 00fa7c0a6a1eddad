// What the blocks of ssd_backward_wgmma.cu share out and share, and the warps that feed those that compute: one loads, the others make step sizes and decays
// before a head is computed, and its gradients of them afterwards.
#pragma once
#include "decays.cuh"
#include "wgmma.cuh"

constexpr int HEADS = 64 / P, PARTS = N / 64;                // heads of a unit; tiles of a row of states
constexpr int TILE = 64 * TILE_COLUMNS, TILE_BYTES = 64 * TILE_ROW;
constexpr int COMPUTING = 4 * COLS, THREADS = 32 * COMPUTING + 128;      // warps that compute; all threads
constexpr int WIDE = 64 / COLS, WIDE_N = N / COLS;           // columns of a warpgroup: positions or channels; state
constexpr int SHARING = P * COLS / 64;                       // warpgroups that share the channels of a head
constexpr int MAKERS = 3, UNITS = 3;                         // warps that make step sizes; their ring, in units, a multiple of MAKERS
constexpr int REGISTERS = 65536 / THREADS / 8 * 8, FEEDING = COLS == 2 ? 40 : 32;      // a thread at the launch; a thread that feeds
constexpr int REST = (REGISTERS * (COLS + 1) - FEEDING) / COLS / 8 * 8;                // what that leaves for one that computes

struct Maps { Element B[PARTS][TILE], C[PARTS][TILE]; };
struct Stage { Element x[TILE], dy[TILE], H[PARTS][TILE], G[PARTS][TILE]; };
// What a unit's products leave of one head to the feeder.
struct alignas(16) Parts {
  float rows[COLS][Q];                // u_i and the sums of W along a row
  float q[SHARING][Q];
  float columns[4][Q];                // sums of W / in_j down a column, over 16 rows
  float diagonal[Q], own[Q];          // of Z, and of Z o S
  float inner[P * COLS / 2];          // <H, G> by 16 channels, N/COLS numbers and 8 lanes
};
// Where the gradients of a head go.
struct alignas(16) Place { i64 position, sums; int valid; };
struct alignas(1024) Shared {
  Maps maps[2];
  Stage stage[STAGES];
  Element scores[2][HEADS][TILE];
  Decays steps[UNITS][HEADS];
  Parts parts[UNITS][HEADS];
  Place places[UNITS][HEADS];
  u64 maps_full[2], maps_done[2], full[STAGES], done[STAGES], steps_full[UNITS], parts_full[UNITS];
};

// ---- tasks ----

struct Task { int b, group, chunk, first, valid, split, head; bool has_H, has_G; };

INLINE int units(const Operands& o) { return o.heads / o.groups / HEADS / o.splits; }          // of a task
INLINE int own_tasks(const Operands& o) {
  const int all = o.chunks * o.batch * o.groups * o.splits;
  return (all - (int)blockIdx.x + (int)gridDim.x - 1) / (int)gridDim.x;
}
INLINE int taken(int& number, int by) {                      // the last digit, taken off; a division is long
  const int rest = by == 1 ? number : number / by, digit = number - rest * by;
  number = rest;
  return digit;
}
INLINE Task task(const Operands& o, int k) {                 // the block's k-th
  int number = blockIdx.x + k * gridDim.x;
  Task t;
  t.split = taken(number, o.splits);
  t.group = taken(number, o.groups);
  t.b = taken(number, o.batch);
  t.chunk = number;
  t.first = t.chunk * Q;
  t.valid = o.length - t.first;
  t.head = (t.group * o.splits + t.split) * units(o) * HEADS;
  t.has_H = t.chunk > 0 || o.initial;
  t.has_G = t.chunk + 1 < o.chunks || o.dfinal;
  return t;
}

// ---- the warp that loads ----

// Waits without taking turns from those that compute.
INLINE void wait_idle(u64* barrier, int parity) {
  u32 done;
  do
    asm volatile("{.reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2, 1000; selp.u32 %0, 1, 0, p; @!p nanosleep.u32 100;}" : "=r"(done) : "r"(address(barrier)), "r"(parity) : "memory");
  while (!done);
}

// A tile by one warp, rows from `valid` on zero; the swizzle is the same every 8 rows.
INLINE void load_tile_64(u32 tile, const Element* global, int step, int valid) {
  const int row = lane() >> 3, piece = lane() & 7;
  if (valid < 64) {
    _Pragma("unroll 1") for (int i = row; i < 64; i += 4) copy16(tile + swizzled(i, piece), global + (i < valid ? i * step : 0) + piece * 8, i < valid ? 16 : 0);
    return;
  }
  const u32 to = tile + swizzled(row, piece), to4 = tile + swizzled(4 + row, piece);
  const char* from = (const char*)(global + row * step + piece * 8);
  const i64 jump = (i64)step * 8;       // bytes of 4 rows
  UNROLL for (int i = 0; i < 8; i++) {
    copy16(to + i * TILE_GROUP, from);
    from += jump;
    copy16(to4 + i * TILE_GROUP, from);
    from += jump;
  }
}

INLINE void load_maps(Maps& m, const Operands& o, const Task& at) {
  const Element* B = o.B + at.b * o.B_batch + at.first * o.B_time + at.group * N;
  const Element* C = o.C + at.b * o.C_batch + at.first * o.C_time + at.group * N;
  UNROLL for (int k = 0; k < PARTS; k++) {
    load_tile_64(address(m.B[k]), B + 64 * k, (int)o.B_time, at.valid);
    load_tile_64(address(m.C[k]), C + 64 * k, (int)o.C_time, at.valid);
  }
}

INLINE void load_unit(Stage& s, const Operands& o, const Task& at, int head) {
  load_tile_64(address(s.x), o.x + at.b * o.x_batch + at.first * o.x_time + head * P, (int)o.x_time, at.valid);
  load_tile_64(address(s.dy), o.dy + (((i64)at.b * o.length + at.first) * o.heads + head) * P, o.heads * P, at.valid);
  const i64 state = (((i64)at.b * o.chunks + at.chunk) * o.heads + head) * P * N;
  UNROLL for (int k = 0; k < PARTS; k++) {
    load_tile_64(address(s.H[k]), o.before + state + 64 * k, N, at.has_H ? 64 : 0);
    load_tile_64(address(s.G[k]), o.after + state + 64 * k, N, at.has_G ? 64 : 0);
  }
}

INLINE void load_all(Shared& m, const Operands& o) {
  const int per_task = units(o), tasks = own_tasks(o);
  int item = 0;
  for (int k = 0; k < tasks; k++) {
    const Task at = task(o, k);
    if (k >= 2) wait_idle(&m.maps_done[k & 1], (k >> 1) - 1 & 1);
    load_maps(m.maps[k & 1], o, at);
    barrier_arrive_copies(&m.maps_full[k & 1]);
    for (int unit = 0; unit < per_task; unit++, item++) {
      if (item >= STAGES) wait_idle(&m.done[item % STAGES], item / STAGES - 1 & 1);
      load_unit(m.stage[item % STAGES], o, at, at.head + unit * HEADS);
      barrier_arrive_copies(&m.full[item % STAGES]);
    }
  }
  arrived<0>();
}

// ---- the warps of step sizes ----

// Sums over the lanes of three numbers: of a in lane 0, of b in lane 16, of c in lane 8.
INLINE float sum_warp_of3(float a, float b, float c) {
  const bool upper = lane() & 16, second = lane() & 8;
  const float x = (upper ? b : a) + __shfl_xor_sync(~0u, upper ? a : b, 16), y = c + __shfl_xor_sync(~0u, c, 16);
  float z = (second ? y : x) + __shfl_xor_sync(~0u, second ? x : y, 8);
  z += __shfl_xor_sync(~0u, z, 4);
  z += __shfl_xor_sync(~0u, z, 2);
  return z + __shfl_xor_sync(~0u, z, 1);
}

// Gradients of step size (and gain) of one head in one chunk, and its part of dA, dbias and dD.
INLINE void finish_head(const Parts& p, const Decays& s, const Place& to, const Operands& o) {
  const int tile = lane() / 8, first = lane() * EACH;
  float w = 0.f;
  UNROLL for (int k = 0; k < P * COLS / 2; k += 32) w += p.inner[k + lane()];
  w = sum_warp(w) * s.total;
  const float2 in = load2f(s.in + first), own = load2f(p.own + first);
  float2 q = make_float2(0.f, 0.f), row = q, column = q;
  UNROLL for (int c = 0; c < COLS; c++) {
    const float2 a = load2f(p.rows[c] + first);
    row.x += a.x; row.y += a.y;
  }
  UNROLL for (int c = 0; c < SHARING; c++) {
    const float2 a = load2f(p.q[c] + first);
    q.x += a.x; q.y += a.y;
  }
  UNROLL for (int k = 3; k >= 0; k--)
    if (k >= tile) {
      const float2 a = load2f(p.columns[k] + first);
      column.x += a.x; column.y += a.y;
    }
  const float r0 = row.x - in.x * column.x, r1 = row.y - in.y * column.y, v0 = in.x * q.x, v1 = in.y * q.y;
  float later = r0 + r1, earlier = v0 + v1;
  UNROLL for (int d = 1; d < 32; d *= 2) {
    const float a = __shfl_down_sync(~0u, later, d), b = __shfl_up_sync(~0u, earlier, d);
    if (lane() + d < 32) later += a;
    if (lane() >= d) earlier += b;
  }
  later = __shfl_down_sync(~0u, later, 1);
  if (lane() == 31) later = 0.f;
  earlier = __shfl_up_sync(~0u, earlier, 1);
  if (lane() == 0) earlier = 0.f;
  const float log0 = w + (later + r1 + r0) + earlier, log1 = w + (later + r1) + (earlier + v0);
  const float2 dt = load2f(s.dt + first), slope = load2f(s.slope + first), z = load2f(p.diagonal + first);
  const float direct0 = q.x + column.x + own.x, direct1 = q.y + column.y + own.y, rate = s.rate;
  float ddt0 = (log0 * rate + (o.gain ? 0.f : direct0)) * slope.x, ddt1 = (log1 * rate + (o.gain ? 0.f : direct1)) * slope.y;
  const i64 place = to.position + first * o.heads;
  const int valid = to.valid;
  if (first < valid) {
    o.ddt[place] = ddt0;
    if (o.gain) o.dgain[place] = direct0;
  } else ddt0 = 0.f;
  if (first + 1 < valid) {
    o.ddt[place + o.heads] = ddt1;
    if (o.gain) o.dgain[place + o.heads] = direct1;
  } else ddt1 = 0.f;
  const float sum = sum_warp_of3(log0 * dt.x + log1 * dt.y, ddt0 + ddt1, z.x + z.y);
  if (lane() % 8 == 0 && lane() < 24) o.sums[to.sums + (lane() == 0 ? 0 : lane() == 16 ? 1 : 2)] = sum;
}

// Warp `mine` has every MAKERS-th head, and so the same places of the ring each time. Raw step sizes are read a head early.
INLINE void make_and_finish(Shared& m, const Operands& o, int mine) {
  const int per_task = units(o) * HEADS, count = own_tasks(o) * per_task;
  constexpr int RING = UNITS * HEADS;
  static_assert(RING % MAKERS == 0, "a place of the ring has one maker");
  RawSteps raw;
  int b = 0, head = 0, first = 0;
  auto read = [&](int i) {
    const Task t = task(o, i / per_task);
    b = t.b;
    head = t.head + i % per_task;
    first = t.first;
    raw = read_steps(o, b, head, first);
  };
  if (mine < count) read(mine);
  _Pragma("unroll 1") for (int i = mine; i < count + RING; i += MAKERS) {
    const int unit = i / HEADS % UNITS, h = i % HEADS;
    Decays& s = m.steps[unit][h];
    Place& to = m.places[unit][h];
    if (i >= RING) {
      wait_idle(&m.parts_full[unit], i / RING - 1 & 1);
      finish_head(m.parts[unit][h], s, to, o);
      __syncwarp();
    }
    if (i >= count) continue;
    make_decays(s, head_steps(raw, head_rate(o, head), o, b, head, first));
    if (lane() == 0) {
      s.rate = o.A[head];
      to.position = ((i64)b * o.length + first) * o.heads + head;
      to.sums = (((i64)b * o.chunks + first / Q) * o.heads + head) * 3;
      to.valid = o.length - first;
    }
    __syncwarp();
    if (lane() == 0) barrier_arrive(&m.steps_full[unit]);
    if (i + MAKERS < count) read(i + MAKERS);
  }
}
