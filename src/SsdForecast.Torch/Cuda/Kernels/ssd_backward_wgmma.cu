// The gradients of the SSD operator inside chunks as in ssd_backward.cu, for devices of compute capability 9.0 and storage of two bytes: products by
// warpgroups that read their operands from shared memory (wgmma). P is 32 or 64, N a multiple of 64; a chunk is Q = 64 positions.
//
// The grid has as many blocks as the device holds; each takes the tasks blockIdx, blockIdx + grid, ... A task is one chunk of one sequence for one group's
// heads (or a split of them), and is walked over by units of 64 channels, that is by a head or two. COLS warpgroups compute, all of them the same on
// columns of their own of every product of a head:
//   Z   = dy x^T,  scores S o L to shared memory,  M += Z o L in_j        64/COLS positions j, of which warp w has rows 16w.. up to the diagonal
//   a   = dy H,    dC += start_i a,  u_i = start_i C_i . a                N/COLS
//   a   = x G,     dB += tail_j in_j a                                    N/COLS
//   dX  = tail_j (B G^T) + (S o L)^T dy,  q_j of its first part,  dx      64/COLS channels of the unit
// and at the end of a task dC += M B, dB += M^T C. One barrier a unit, when its scores are there. One more warpgroup feeds them: a warp loads, three
// make the step sizes and decays of heads to come and, from the parts that the others leave, the gradients of those that are done. With
// W_ij = (Z o S o L)_ij in_j below the diagonal,
//   d log a_t = total <H, G> + sum_{i>=t} (u_i + sum_j W_ij - sum_j W_ji) + sum_{j<t} in_j q_j,
// a difference of sums of the same float32 products, whose rounding is far below that of two-byte operands (ssd_backward.cu spares it for float32).
// Sums are float32 in a fixed order: the same bits each run.
#define BACKWARD 1
#include "wgmma.cuh"
#include "ssd_backward_feeder.cuh"

// ---- the warps that compute: rows or columns 16w.. of a warpgroup, which has number c ----

// Products of the elements of a left operand (16 x 16) with two sums of the same places, added up along rows g and g + 8.
INLINE void add_products(float* row, const Left& a, const Sum* b) {
  row[0] += low(a.v[0]) * b[0].v[0] + high(a.v[0]) * b[0].v[1];
  row[1] += low(a.v[1]) * b[0].v[2] + high(a.v[1]) * b[0].v[3];
  row[0] += low(a.v[2]) * b[1].v[0] + high(a.v[2]) * b[1].v[1];
  row[1] += low(a.v[3]) * b[1].v[2] + high(a.v[3]) * b[1].v[3];
}
// to += f of the row times a.
template <int COUNT> INLINE void add_scaled(Sum* to, const Sum* a, float f, float f8) {
  UNROLL for (int n = 0; n < COUNT; n++) {
    to[n].v[0] += f * a[n].v[0]; to[n].v[1] += f * a[n].v[1];
    to[n].v[2] += f8 * a[n].v[2]; to[n].v[3] += f8 * a[n].v[3];
  }
}
// Sums of rows g and g + 8 over the lanes that share them.
INLINE void write_row_sums(float* to, int row, const float* sum) {
  const float a = sum_quad(sum[0]), b = sum_quad(sum[1]);
  if ((lane() & 3) == 0) { to[row] = a; to[row + 8] = b; }
}

INLINE void warp_arrives(u64* barrier) {
  __syncwarp();
  if (lane() == 0) barrier_arrive(barrier);
}
INLINE void computing_barrier() { asm volatile("bar.sync 1, %0;" :: "n"(32 * COMPUTING) : "memory"); }

// Where a lane finds its row of the columns from `column` on of a matrix of tiles.
INLINE int place_of(int column, int row, int piece) { return column / 64 * TILE_BYTES + swizzled(row, column % 64 / 8 + piece); }

// Operands of products, kept as words to which one instruction adds rows of a tile, columns or tiles: no operand here is wider than a tile, so that all are alike.
INLINE u32 word(u32 tile) { return tile >> 4; }
constexpr int ROW = TILE_ROW >> 4, NEXT = TILE_BYTES >> 4;
INLINE u64 at(u32 word) { return 0x4000004000000000ull | word; }      // 128-byte swizzle, 8 rows from one group to the next
INLINE int columns(int column) { return column / 64 * NEXT + column % 64 / 8; }

// What a decay needs to know of a position; decay from j to i, at or after it.
struct Instant { float sum; };
INLINE Instant instant(const Decays& s, int i) { return Instant{s.sum[i]}; }
INLINE float decay(const Instant& i, const Instant& j) { return exp2_(fminf(i.sum - j.sum, 0.f)); }
// Decays of positions before tile w, as far as it, not counting its own.
INLINE const float* across(const Decays& s, int w) { return s.across[w - 1]; }
// Of positions j and j + 1.
INLINE void instants(Instant* to, const Decays& s, int j) {
  const float2 sum = load2f(s.sum + j);
  to[0].sum = sum.x; to[1].sum = sum.y;
}

// Scores of one head to shared memory, its part of M, and its sums to the feeder: rows 16w.., the warpgroup's tiles of 16 columns up to the diagonal.
INLINE void scores_of_head(u32 tile, const Sum* Z, const Sum* S, Sum* M, const Decays& st, Parts& parts, float* row_sum, int w, int c) {
  const int g = lane() >> 2, t = lane() & 3, i = 16 * w + g;
  UNROLL for (int n = 0; n < WIDE / 16; n++) {
    const int J = WIDE / 16 * c + n;
    if (J > w) break;
    u32 v[2][2];                        // [columns 8k..][rows g, g + 8]
    float column[4] = {0.f, 0.f, 0.f, 0.f};
    if (J < w) {
      const float within[2] = {st.within[i], st.within[i + 8]};
      UNROLL for (int k = 0; k < 2; k++) {
        const int j = 16 * J + 8 * k + 2 * t;
        const float2 in = load2f(st.in + j), before = load2f(across(st, w) + j);
        const Sum &z = Z[2 * n + k], &s = S[2 * n + k];
        UNROLL for (int half = 0; half < 2; half++) {
          const int a = 2 * half, b = a + 1;
          const float L0 = before.x * within[half], L1 = before.y * within[half];
          const float s0 = s.v[a] * L0, s1 = s.v[b] * L1, z0 = z.v[a] * in.x, z1 = z.v[b] * in.y;
          M[2 * n + k].v[a] += L0 * z0;
          M[2 * n + k].v[b] += L1 * z1;
          column[2 * k] += s0 * z.v[a];
          column[2 * k + 1] += s1 * z.v[b];
          row_sum[half] += s0 * z0;
          row_sum[half] += s1 * z1;
          v[k][half] = pack(s0, s1);
        }
      }
    } else {
      const Instant rows[2] = {instant(st, i), instant(st, i + 8)};
      UNROLL for (int k = 0; k < 2; k++) {
        const int j = 16 * J + 8 * k + 2 * t;
        const float2 in = load2f(st.in + j);
        Instant columns[2];
        instants(columns, st, j);
        UNROLL for (int half = 0; half < 2; half++) {
          if (half < k) {               // above the diagonal
            v[k][half] = 0;
            continue;
          }
          float scores[2];
          UNROLL for (int e = 0; e < 2; e++) {
            const bool from = half > k || g >= 2 * t + e, below = half > k || g > 2 * t + e;
            const float L = from ? decay(rows[half], columns[e]) : 0.f;
            const float z = Z[2 * n + k].v[2 * half + e], zin = z * (e ? in.y : in.x), s = S[2 * n + k].v[2 * half + e] * L, strict = below ? s : 0.f;
            M[2 * n + k].v[2 * half + e] += L * zin;
            column[2 * k + e] += strict * z;
            row_sum[half] += strict * zin;
            scores[e] = s;
            if (half == k && g == 2 * t + e) { parts.diagonal[j + e] = z; parts.own[j + e] = s * z; }
          }
          v[k][half] = pack(scores[0], scores[1]);
        }
      }
    }
    stmatrix4(tile + swizzled(16 * w + (lane() & 15), 2 * J + (lane() >> 4)), v[0][0], v[0][1], v[1][0], v[1][1]);
    const float sum = sum_rows_of4(column[0], column[1], column[2], column[3]);
    if (!(lane() & 4)) parts.columns[w][16 * J + column_of4()] = sum;
  }
}

// What lasts over a task: columns of C B^T, of M, dC, dB.
struct Held { Sum S[WIDE / 8], M[WIDE / 8], dC[WIDE_N / 8], dB[WIDE_N / 8]; };

INLINE void compute_unit(Held& t, Stage& s, Element (*scores)[TILE], const Decays* steps, Parts* parts, u32 B, u32 C, const float* D, Element* out, int step, int valid, int w, int c) {
  const u32 x = address(s.x), dy = address(s.dy), H = address(s.H), G = address(s.G);
  const u32 wx = word(x), wdy = word(dy), own_H = word(H) + columns(WIDE_N * c), own_G = word(G) + columns(WIDE_N * c);
  const int i = 16 * w + (lane() >> 2), row = 16 * w + (lane() & 15), piece = lane() >> 4;     // row and piece: this lane's address in 16 x 16 tiles
  const int first = WIDE * c, head = first / P;                // the warpgroup's channels of dX, and their head
  const float direct = D ? D[head] : 0.f;
  Sum dX[WIDE / 8], Z[HEADS][WIDE / 8], a[HEADS][WIDE_N / 8];
  open();
  UNROLL for (int h = 0; h < HEADS; h++)
    UNROLL for (int k = P * h; k < P * (h + 1); k += 16) product<WIDE, 0, 0>(Z[h], at(wdy + columns(k)), at(wx + ROW * WIDE * c + columns(k)), k > P * h);
  close();
  UNROLL for (int h = 0; h < HEADS; h++)
    UNROLL for (int k = P * h; k < P * (h + 1); k += 16) product<WIDE_N, 0, 1>(a[h], at(wdy + columns(k)), at(own_H + ROW * k), k > P * h);
  close();
  finished<1>();
  float row_sum[HEADS][2] = {};
  UNROLL for (int h = 0; h < HEADS; h++) {
    settle<WIDE / 8>(Z[h]);
    scores_of_head(address(scores[h]), Z[h], t.S, t.M, steps[h], parts[h], row_sum[h], w, c);
  }
  fence_writes();
  finished<0>();
  UNROLL for (int h = 0; h < HEADS; h++) {
    settle<WIDE_N / 8>(a[h]);
    const float start[2] = {steps[h].start[i], steps[h].start[i + 8]};
    float u[2] = {0.f, 0.f};
    UNROLL for (int k = 0; k < WIDE_N / 16; k++) {
      Left own;
      ldmatrix4(own, C + place_of(WIDE_N * c + 16 * k, row, piece));
      add_products(u, own, a[h] + 2 * k);
    }
    add_scaled<WIDE_N / 8>(t.dC, a[h], start[0], start[1]);
    UNROLL for (int half = 0; half < 2; half++) row_sum[h][half] += start[half] * u[half];
  }
  open();
  UNROLL for (int h = 0; h < HEADS; h++)
    UNROLL for (int k = P * h; k < P * (h + 1); k += 16) product<WIDE_N, 0, 1>(a[h], at(wx + columns(k)), at(own_G + ROW * k), k > P * h);
  close();
  UNROLL for (int k = 0; k < N; k += 16) product<WIDE, 0, 0>(dX, at(word(B) + columns(k)), at(word(G) + ROW * WIDE * c + columns(k)), k > 0);
  close();
  UNROLL for (int h = 0; h < HEADS; h++) write_row_sums(parts[h].rows[c], i, row_sum[h]);

  // <H, G> of 16 channels: the diagonal of H G^T.
  Sum inner[2] = {zero(), zero()};
  UNROLL for (int k = 0; k < WIDE_N / 16; k++) {
    Left h, gr;
    const int place = place_of(WIDE_N * c + 16 * k, row, piece);
    ldmatrix4(h, H + place);
    ldmatrix4(gr, G + place);
    mma(inner[0], h, Right{{gr.v[0], gr.v[2]}});
    mma(inner[1], h, Right{{gr.v[1], gr.v[3]}});
  }
  const int g = lane() >> 2, t2 = 2 * (lane() & 3);
  float* const inners = parts[16 * w / P].inner + (16 * w % P / 16 * COLS + c) * 8;
  if (g == t2) inners[g] = inner[0].v[0] + inner[1].v[2];
  if (g == t2 + 1) inners[g] = inner[0].v[1] + inner[1].v[3];

  finished<1>();
  UNROLL for (int h = 0; h < HEADS; h++) {
    settle<WIDE_N / 8>(a[h]);
    add_scaled<WIDE_N / 8>(t.dB, a[h], steps[h].tail[i] * steps[h].in[i], steps[h].tail[i + 8] * steps[h].in[i + 8]);
  }

  const Decays& st = steps[head];
  Left v[WIDE / 16];
  UNROLL for (int k = 0; k < WIDE / 16; k++) ldmatrix4(v[k], x + swizzled(row, first / 8 + 2 * k + piece));
  finished<0, WIDE / 8>(dX);
  const float tail[2] = {st.tail[i], st.tail[i + 8]};
  float q[2] = {0.f, 0.f};
  UNROLL for (int k = 0; k < WIDE / 8; k++) UNROLL for (int e = 0; e < 4; e++) dX[k].v[e] *= tail[e / 2];
  UNROLL for (int k = 0; k < WIDE / 16; k++) add_products(q, v[k], dX + 2 * k);
  write_row_sums(parts[head].q[c % SHARING], i, q);

  computing_barrier();
  open();
  UNROLL for (int k = 0; k < 4; k++) product<WIDE, 1, 1>(dX, at(word(address(scores[0])) + NEXT * head + ROW * 16 * k), at(wdy + columns(first) + ROW * 16 * k), true);
  close();
  UNROLL for (int k = 0; k < WIDE / 16; k++) ldmatrix4(v[k], dy + swizzled(row, first / 8 + 2 * k + piece));
  const float in[2] = {st.in[i], st.in[i + 8]};
  finished<0, WIDE / 8>(dX);
  UNROLL for (int k = 0; k < WIDE / 16; k++) {
    u32 r[4];
    UNROLL for (int e = 0; e < 4; e++) {
      const Sum& d = dX[2 * k + e / 2];
      const float f = in[e % 2];
      r[e] = pack(f * d.v[2 * (e % 2)] + direct * low(v[k].v[e]), f * d.v[2 * (e % 2) + 1] + direct * high(v[k].v[e]));
    }
    stmatrix4(x + swizzled(row, first / 8 + 2 * k + piece), r[0], r[1], r[2], r[3]);
  }
  __syncwarp();
  constexpr int PIECES = WIDE / 8;      // of a row of the warpgroup's channels
  const unsigned char* tile = (const unsigned char*)s.x;
  UNROLL for (int k = 0; k < 16 * PIECES; k += 32) {
    const int j = 16 * w + (k + lane()) / PIECES, p = first / 8 + lane() % PIECES;
    if (j < valid) *(uint4*)(out + (i64)j * step + 8 * p) = *(const uint4*)(tile + swizzled(j, p));
  }
}

INLINE void write_rows(void* to, const Sum* sum, const Operands& o, const Task& at, int w, int c) {
  UNROLL for (int half = 0; half < 2; half++) {
    const int i = 16 * w + (lane() >> 2) + 8 * half;
    if (i >= at.valid) continue;
    const i64 place = (((i64)at.b * o.length + at.first + i) * o.groups + at.group) * N + WIDE_N * c + 2 * (lane() & 3);
    UNROLL for (int n = 0; n < WIDE_N / 8; n++) {
      const float a = sum[n].v[2 * half], b = sum[n].v[2 * half + 1];
      if (o.splits == 1) store2((Element*)to + place + 8 * n, a, b);
      else *(float2*)((float*)to + (i64)at.split * o.batch * o.length * o.groups * N + place + 8 * n) = make_float2(a, b);
    }
  }
}

INLINE void compute_all(Shared& m, const Operands& o) {
  const int w = warp() & 3, c = warp() >> 2, per_task = units(o), tasks = own_tasks(o);
  const int row = 16 * w + (lane() & 15), piece = lane() >> 4;
  int slot = 0, slot_parity = 0, place = 0, place_parity = 0;     // of the ring of step sizes, of that of stages
  int turn = 0;                         // uses of the two buffers of scores
  for (int k = 0; k < tasks; k++) {
    const Task now = task(o, k);
    const u32 B = address(m.maps[k & 1].B), C = address(m.maps[k & 1].C);
    barrier_wait(&m.maps_full[k & 1], k >> 1 & 1);
    fence_writes();
    Held t;
    open();
    UNROLL for (int n = 0; n < N / 16; n++) product<WIDE, 0, 0>(t.S, at(word(C) + columns(16 * n)), at(word(B) + ROW * WIDE * c + columns(16 * n)), n > 0);
    close();
    UNROLL for (int n = 0; n < WIDE / 8; n++) t.M[n] = zero();
    UNROLL for (int n = 0; n < WIDE_N / 8; n++) t.dC[n] = t.dB[n] = zero();
    finished<0, WIDE / 8>(t.S);
    _Pragma("unroll 1") for (int unit = 0; unit < per_task; unit++, turn++) {
      const int head = now.head + unit * HEADS;
      barrier_wait(&m.steps_full[slot], slot_parity);
      barrier_wait(&m.full[place], place_parity);
      fence_writes();
      compute_unit(t, m.stage[place], m.scores[turn & 1], m.steps[slot], m.parts[slot], B, C, o.D ? o.D + head : nullptr,
                   o.dx + (((i64)now.b * o.length + now.first) * o.heads + head) * P, o.heads * P, now.valid, w, c);
      __syncwarp();
      if (lane() == 0) {
        barrier_arrive(&m.parts_full[slot]);
        barrier_arrive(&m.done[place]);
      }
      if (++slot == UNITS) { slot = 0; slot_parity ^= 1; }
      if (++place == STAGES) { place = 0; place_parity ^= 1; }
    }
    const u32 M = address(m.scores[turn & 1][0]);
    turn++;
    UNROLL for (int n = 0; n < WIDE / 16; n++) {
      const int J = WIDE / 16 * c + n;
      const Left a = as_left(t.M[2 * n], t.M[2 * n + 1]);
      if (J <= w) stmatrix4(M + swizzled(row, 2 * J + piece), a.v[0], a.v[1], a.v[2], a.v[3]);
    }
    fence_writes();
    computing_barrier();
    open();
    UNROLL for (int n = 0; n < 4; n++) product<WIDE_N, 0, 1>(t.dC, at(word(M) + columns(16 * n)), at(word(B) + columns(WIDE_N * c) + ROW * 16 * n), true);
    close();
    UNROLL for (int n = 0; n < 4; n++) product<WIDE_N, 1, 1>(t.dB, at(word(M) + ROW * 16 * n), at(word(C) + columns(WIDE_N * c) + ROW * 16 * n), true);
    close();
    finished<0, WIDE_N / 8>(t.dC);
    settle<WIDE_N / 8>(t.dB);
    warp_arrives(&m.maps_done[k & 1]);
    write_rows(o.dC, t.dC, o, now, w, c);
    write_rows(o.dB, t.dB, o, now, w, c);
  }
}

// What the host asks for at the launch.
extern "C" __constant__ const int ssd_backward_wgmma_launch[2] = {THREADS, (int)sizeof(Shared)};

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) ssd_backward_wgmma(const Operands o) {
  extern __shared__ __align__(1024) unsigned char memory[];
  Shared& m = *(Shared*)memory;
  if (threadIdx.x == 0) {
    UNROLL for (int i = 0; i < 2; i++) {
      barrier_start(&m.maps_full[i], 32);
      barrier_start(&m.maps_done[i], COMPUTING);
    }
    UNROLL for (int i = 0; i < STAGES; i++) {
      barrier_start(&m.full[i], 32);
      barrier_start(&m.done[i], COMPUTING);
    }
    UNROLL for (int i = 0; i < UNITS; i++) {
      barrier_start(&m.steps_full[i], HEADS);
      barrier_start(&m.parts_full[i], COMPUTING);
    }
    barrier_visible();
  }
  // Tiles of scores above the diagonal stay zero.
  for (int i = threadIdx.x; i < 2 * HEADS * TILE_BYTES / 16; i += THREADS) ((uint4*)m.scores)[i] = make_uint4(0, 0, 0, 0);
  fence_writes();
  __syncthreads();
  if (warp() >= COMPUTING) {
    fewer_registers<FEEDING>();
    // The last warp shares its scheduler with the rows that have most scores: it gets the lighter work.
    if (warp() == COMPUTING + MAKERS) load_all(m, o);
    else make_and_finish(m, o, warp() - COMPUTING);
  } else {
    more_registers<REST>();
    compute_all(m, o);
  }
}
