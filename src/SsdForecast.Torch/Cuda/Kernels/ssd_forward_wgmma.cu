// The SSD operator forward as in ssd_forward.cu, for devices of compute capability 9.0 and storage of two bytes: products by warpgroups that read
// their operands from shared memory (wgmma). P is 16, 32, 64 or 128, N is 16, 32, 64, 96 or 128; a chunk is Q = 64 positions.
//
// The grid has as many blocks as the device holds; each takes the tasks blockIdx, blockIdx + grid, ... A task is a stretch of time (a segment) of one
// sequence for 64*GROUPS channels of the heads of one group, and is walked over chunk by chunk. One warpgroup of a block fills a ring of STAGES: a warp
// loads x, B, C by asynchronous copies, three make the step sizes and decays, a head a warp. The others (GROUPS) compute, each for 64 channels of its own,
// that is a head, several small ones, or half a large one. As there, all is computed transposed, with the states H (64 x n) in registers, warp w of the four
// having channels 16w..16w+15:
//   scores  S_ij = (C_i . B_j) decay(j..i) in_j, D added on the diagonal     warp w has rows 16w.. of them; into shared memory, a tile a head
//   y^T     = (H C^T) start_i + x^T S^T                                      H and x^T are left operands from registers; of S only j <= i by tiles of 16
//   H       = total H + (x^T tail_j in_j) B                                  runs while y goes out, over the warpgroup's place of x
#define BACKWARD 0
#include "decays.cuh"
#include "wgmma.cuh"

constexpr int ROWS = 64 * GROUPS, HEADS = ROWS / P;                       // channels and heads of a block
constexpr int SCORES = P < 64 ? 64 / P : 1;                               // heads of a warpgroup
constexpr int THREADS = 128 * (GROUPS + 1), TILE = 64 * TILE_COLUMNS, TILE_BYTES = 64 * TILE_ROW;
constexpr int WIDE = (N + 63) / 64, LAST = N - 64 * (WIDE - 1);          // tiles of a row of B, C or states, and the columns of the last
// Registers a thread: all of the multiprocessor's, shared out among the warpgroups of a block.
constexpr int REGISTERS = 65536 / (BLOCKS * THREADS) / 8 * 8 * (GROUPS + 1), LOADING = (REGISTERS - 56) / GROUPS >= 160 ? 56 : 32;
constexpr int COMPUTING = (REGISTERS - LOADING) / GROUPS >= 240 ? 240 : (REGISTERS - LOADING) / GROUPS / 8 * 8;
constexpr bool TOGETHER = N <= 64;                                        // registers for scores and H C^T at the same time

struct Stage { Element B[WIDE][TILE], C[WIDE][TILE], x[GROUPS][TILE]; };
struct alignas(1024) Shared {
  Stage stage[STAGES];
  Element scores[GROUPS][SCORES][TILE];
  Decays decays[STAGES][HEADS];
  u64 full[STAGES], empty[STAGES];
};

// A task: from chunk `first` on `count` chunks of sequence b, heads from `head` on, of which the first `heads` are of its group.
struct Task { int b, segment, first, count, head, heads, group; };

INLINE int head_blocks(const Operands& o) { return (o.heads / o.groups + HEADS - 1) / HEADS; }
INLINE int tasks(const Operands& o) { return head_blocks(o) * o.groups * o.batch * o.segment_count; }
INLINE Task task(const Operands& o, int number) {
  const int blocks = head_blocks(o), of_group = o.heads / o.groups;
  Task t;
  const int block = number % blocks;
  t.group = number / blocks % o.groups;
  t.b = number / (blocks * o.groups) % o.batch;
  t.segment = number / (blocks * o.groups * o.batch);
  t.first = t.segment * o.chunks_per_segment;
  t.count = min(o.chunks_per_segment, o.chunks - t.first);
  t.head = t.group * of_group + block * HEADS;
  t.heads = min(HEADS, of_group - block * HEADS);
  return t;
}

// ---- the warpgroup that loads and makes decays ----

INLINE void load(Stage& s, const Operands& o, const Task& t, int chunk, int thread) {
  const int first = chunk * Q, valid = o.length - first;
  const Element* B = o.B + t.b * o.B_batch + first * o.B_time + t.group * N;
  const Element* C = o.C + t.b * o.C_batch + first * o.C_time + t.group * N;
  const Element* x = o.x + t.b * o.x_batch + first * o.x_time + t.head * P;
  UNROLL for (int k = 0; k < WIDE - 1; k++) {
    load_swizzled<64, 128>(address(s.C[k]), C + 64 * k, (int)o.C_time, valid, thread);
    load_swizzled<64, 128>(address(s.B[k]), B + 64 * k, (int)o.B_time, valid, thread);
  }
  load_swizzled<64, 128, LAST>(address(s.C[WIDE - 1]), C + 64 * (WIDE - 1), (int)o.C_time, valid, thread);
  load_swizzled<64, 128, LAST>(address(s.B[WIDE - 1]), B + 64 * (WIDE - 1), (int)o.B_time, valid, thread);
  UNROLL for (int k = 0; k < GROUPS; k++) {
    const bool there = 64 * k < t.heads * P;
    load_swizzled<64, 128>(address(s.x[k]), x + (there ? 64 * k : 0), (int)o.x_time, there ? valid : 0, thread);
  }
}

INLINE void load_all(Shared& m, const Operands& o) {
  constexpr int EACH_WARP = (HEADS + 3) / 4;
  const int thread = threadIdx.x - 128 * GROUPS, mine = warp() - 4 * GROUPS;
  int item = 0;
  for (int number = blockIdx.x; number < tasks(o); number += gridDim.x) {
    const Task t = task(o, number);
    int head[EACH_WARP];
    HeadRate rate[EACH_WARP];
    UNROLL for (int k = 0; k < EACH_WARP; k++) {
      head[k] = t.head + min(mine + 4 * k, t.heads - 1);
      rate[k] = head_rate(o, head[k]);
    }
    for (int i = 0; i < t.count; i++, item++) {
      const int chunk = t.first + i, place = item % STAGES;
      RawSteps raw[EACH_WARP];
      UNROLL for (int k = 0; k < EACH_WARP; k++) raw[k] = read_steps(o, t.b, head[k], chunk * Q);
      if (item >= STAGES) barrier_wait(&m.empty[place], item / STAGES - 1 & 1);
      load(m.stage[place], o, t, chunk, thread);
      barrier_arrive_copies(&m.full[place]);
      UNROLL for (int k = 0; k < EACH_WARP; k++)
        if (mine + 4 * k < HEADS) make_decays(m.decays[place][mine + 4 * k], head_steps(raw[k], rate[k], o, t.b, head[k], chunk * Q));
      barrier_arrive(&m.full[place]);
    }
  }
  arrived<0>();
}

// ---- the warpgroups that compute ----

// Scores of one head: rows 16w.. of C B^T, tiles of 16 columns up to the diagonal.
INLINE void write_scores(u32 tile, const Sum* sum, const Decays& d, float direct, int w) {
  const int g = lane() >> 2, t = lane() & 3, i = 16 * w + g;
  const int row = 16 * w + (lane() & 15), piece = lane() >> 4;            // this lane's address in a tile of 16 x 16
  const float within[2] = {d.within[i], d.within[i + 8]};
  Sum diagonal[2] = {sum[0], sum[1]};
  u32 v[2][2];                          // [columns 8k..][rows g, g + 8]
  UNROLL for (int J = 0; J < 3; J++)
    if (J < w) {
      UNROLL for (int k = 0; k < 2; k++) {
        const float2 f = load2f(d.across[w - 1] + 16 * J + 8 * k + 2 * t);
        const Sum& a = sum[2 * J + k];
        UNROLL for (int half = 0; half < 2; half++) v[k][half] = pack(a.v[2 * half] * (f.x * within[half]), a.v[2 * half + 1] * (f.y * within[half]));
        diagonal[k] = sum[2 * J + 2 + k];
      }
      stmatrix4(tile + swizzled(row, 2 * J + piece), v[0][0], v[0][1], v[1][0], v[1][1]);
    }
  const float from[2] = {d.sum[i], d.sum[i + 8]};
  UNROLL for (int k = 0; k < 2; k++) {
    const int j = 16 * w + 8 * k + 2 * t;
    const float2 to = load2f(d.sum + j), in = load2f(d.in + j);
    UNROLL for (int half = k; half < 2; half++) {
      float x = diagonal[k].v[2 * half] * (exp2_(fminf(from[half] - to.x, 0.f)) * in.x), y = diagonal[k].v[2 * half + 1] * (exp2_(fminf(from[half] - to.y, 0.f)) * in.y);
      if (k == half) {                  // on the diagonal itself and past it
        x = g < 2 * t ? 0.f : g == 2 * t ? x + direct : x;
        y = g < 2 * t + 1 ? 0.f : g == 2 * t + 1 ? y + direct : y;
      }
      v[k][half] = pack(x, y);
    }
  }
  stmatrix4(tile + swizzled(row, 2 * w + piece), v[0][0], v[0][1], 0, v[1][1]);
}

// y^T += x^T S^T for one head. All 64 columns each time: products into parts of a sum would wait for each other.
INLINE void add_inside(Sum* y, const Left* x, u32 scores) {
  const u64 s = along_k(scores, 0, 0);
  UNROLL for (int k = 0; k < 4; k++) product<64, 0>(y, x[k], moved(s, 32 * k), true);
}

// y^T = H C^T, of the numbers of the state in one tile; plus y^T from the second tile on.
template <int OF> constexpr int STEPS = OF < WIDE - 1 ? 4 : LAST / 16;
template <int OF> INLINE void pack_states(Left* h, const Sum* H) {
  UNROLL for (int k = 0; k < STEPS<OF>; k++) h[k] = as_left(H[8 * OF + 2 * k], H[8 * OF + 2 * k + 1]);
}
template <int OF> INLINE void add_states(Sum* y, const Left* h, u64 C) {
  UNROLL for (int k = 0; k < STEPS<OF>; k++) product<64, 0>(y, h[k], moved(C, OF * TILE_BYTES + 32 * k), OF > 0 || k > 0);
}

// y of one chunk and the state after it, for the channels of this warpgroup. Everything is done in every chunk, also where the state before is zero or
// the one after not wanted: a branch would make the products wait for each other.
INLINE void chunk_outputs(Stage& s, Shared& m, const Decays* decays, Sum* H, const float* direct, Element* out, const Operands& o, bool write, int wg, int valid) {
  const int w = warp() & 3, t = lane() & 3;
  const u32 B = address(s.B), C = address(s.C), x_tile = address(s.x[wg]), scores = address(m.scores[wg]);
  const int head = 64 * wg / P, own = P < 64 ? 16 * w / P : 0;     // the warpgroup's first head in the block, the warp's in that
  const Decays& st = decays[head + own];
  const int row = (lane() & 7) + (lane() >> 4) * 8, piece = 2 * w + (lane() >> 3 & 1);    // this lane's address in the transposed 16 x 16 tiles of x and y
  const u64 B_k = along_k(B, 0, 0), C_k = along_k(C, 0, 0);
  Sum sum[8], y[8];
  Left h[4];
  if (TOGETHER) pack_states<0>(h, H);
  open();
  UNROLL for (int k = 0; k < N / 16; k++) product<64, 0, 0>(sum, moved(C_k, k / 4 * TILE_BYTES + k % 4 * 32), moved(B_k, k / 4 * TILE_BYTES + k % 4 * 32), k > 0);
  close();
  if (TOGETHER) {
    add_states<0>(y, h, C_k);
    close();
    finished<1, 8>(sum);
  } else
    finished<0, 8>(sum);
  UNROLL for (int k = 0; k < SCORES; k++) write_scores(scores + k * TILE_BYTES, sum, decays[head + k], direct[k], w);
  fence_writes();
  if (!TOGETHER) {
    pack_states<0>(h, H);
    open();
    add_states<0>(y, h, C_k);
    close();
    finished<0, 8>(y);
    settle<LAST / 8>(H + 8 * (WIDE - 1));        // not packed before
    pack_states<WIDE - 1>(h, H);
    open();
    add_states<WIDE - 1>(y, h, C_k);
    close();
  }
  group_barrier(1 + wg);
  float2 f[8];
  UNROLL for (int i = 0; i < 8; i++) f[i] = load2f(st.start + 8 * i + 2 * t);
  finished<0, 8>(y);
  UNROLL for (int i = 0; i < 8; i++) { y[i].v[0] *= f[i].x; y[i].v[1] *= f[i].y; y[i].v[2] *= f[i].x; y[i].v[3] *= f[i].y; }
  Left x[4], part[SCORES][4];
  UNROLL for (int k = 0; k < 4; k++) ldmatrix4_t(x[k], x_tile + swizzled(16 * k + row, piece));
  UNROLL for (int k = 0; k < SCORES; k++) UNROLL for (int i = 0; i < 4; i++) UNROLL for (int e = 0; e < 4; e++) part[k][i].v[e] = k == own ? x[i].v[e] : 0;
  open();
  UNROLL for (int k = 0; k < SCORES; k++) add_inside(y, part[k], scores + k * TILE_BYTES);
  close();
  const float total = st.total;
  UNROLL for (int k = 0; k < N / 8; k++) UNROLL for (int e = 0; e < 4; e++) H[k].v[e] *= total;
  UNROLL for (int k = 0; k < 4; k++) {
    const int j = 16 * k + 2 * t;
    scale_columns(x[k], load2f(st.tail + j), load2f(st.tail + j + 8));
  }
  open();
  const u64 B_rows = across_k(B, 0, TILE_BYTES);
  UNROLL for (int k = 0; k < 4; k++) product<N, 1>(H, x[k], moved(B_rows, 16 * k * TILE_ROW), true);
  close();
  finished<1, 8>(y);

  UNROLL for (int k = 0; k < 4; k++)
    stmatrix4_t(x_tile + swizzled(16 * k + row, piece), pack(y[2 * k].v[0], y[2 * k].v[1]), pack(y[2 * k].v[2], y[2 * k].v[3]), pack(y[2 * k + 1].v[0], y[2 * k + 1].v[1]), pack(y[2 * k + 1].v[2], y[2 * k + 1].v[3]));
  group_barrier(1 + wg);
  if (write) {
    const int i = (threadIdx.x & 127) >> 3, p = threadIdx.x & 7;
    const i64 jump = (i64)16 * o.heads * P;
    const unsigned char* from = (const unsigned char*)s.x[wg] + swizzled(i, p);
    Element* to = out + (i64)i * o.heads * P + 8 * p;
    UNROLL for (int k = 0; k < 4; k++)
      if (16 * k + i < valid) *(uint4*)(to + k * jump) = *(const uint4*)(from + 16 * k * TILE_ROW);
  }
  finished<0, N / 8>(H);
}

INLINE void compute_all(Shared& m, const Operands& o) {
  const int wg = warp() >> 2, channel = 64 * wg + 16 * (warp() & 3), mine = channel / P;
  const i64 state = ((i64)(channel % P) + (lane() >> 2)) * N + 2 * (lane() & 3);
  int item = 0;
  for (int number = blockIdx.x; number < tasks(o); number += gridDim.x) {
    const Task t = task(o, number);
    const int head = t.head + min(mine, t.heads - 1);
    const float* before = o.segment_count > 1 ? o.segments + (((i64)t.b * o.segment_count + t.segment) * o.heads + head) * P * N
        : o.initial ? o.initial + ((i64)t.b * o.heads + head) * P * N : nullptr;
    Sum H[N / 8];
    UNROLL for (int k = 0; k < N / 8; k++) {
      float2 u = make_float2(0.f, 0.f), v = u;
      if (before) {
        u = load2f(before + state + 8 * k);
        v = load2f(before + state + 8 * N + 8 * k);
      }
      H[k] = Sum{{u.x, u.y, v.x, v.y}};
    }
    float direct[SCORES];
    UNROLL for (int k = 0; k < SCORES; k++) direct[k] = o.D ? o.D[t.head + min(64 * wg / P + k, t.heads - 1)] : 0.f;
    for (int i = 0; i < t.count; i++, item++) {
      const int chunk = t.first + i, place = item % STAGES;
      barrier_wait(&m.full[place], item / STAGES & 1);
      fence_writes();
      Element* out = o.y + (((i64)t.b * o.length + chunk * Q) * o.heads + t.head) * P + 64 * wg;
      chunk_outputs(m.stage[place], m, m.decays[place], H, direct, out, o, 64 * wg < t.heads * P, wg, o.length - chunk * Q);
      __syncwarp();
      if (lane() == 0) barrier_arrive(&m.empty[place]);
    }
    if (o.final && t.first + t.count == o.chunks && mine < t.heads) {
      float* after = o.final + ((i64)t.b * o.heads + head) * P * N;
      UNROLL for (int k = 0; k < N / 8; k++) {
        *(float2*)(after + state + 8 * k) = make_float2(H[k].v[0], H[k].v[1]);
        *(float2*)(after + state + 8 * N + 8 * k) = make_float2(H[k].v[2], H[k].v[3]);
      }
    }
  }
}

// What the host asks for at the launch.
extern "C" __constant__ const int ssd_forward_wgmma_launch[2] = {THREADS, (int)sizeof(Shared)};

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) ssd_forward_wgmma(const Operands o) {
  extern __shared__ __align__(1024) unsigned char memory[];
  Shared& m = *(Shared*)memory;
  if (threadIdx.x == 0) {
    UNROLL for (int i = 0; i < STAGES; i++) {
      barrier_start(&m.full[i], 2 * 128);     // each thread that loads, when its copies are there and when its decays are
      barrier_start(&m.empty[i], 4 * GROUPS);
    }
    barrier_visible();
  }
  // Tiles of scores above the diagonal stay zero.
  for (int i = threadIdx.x; i < GROUPS * SCORES * TILE_BYTES / 16; i += THREADS) ((uint4*)m.scores)[i] = make_uint4(0, 0, 0, 0);
  fence_writes();
  __syncthreads();
  if (warp() >= 4 * GROUPS) {
    fewer_registers<LOADING>();
    load_all(m, o);
  } else {
    more_registers<COMPUTING>();
    compute_all(m, o);
  }
}
