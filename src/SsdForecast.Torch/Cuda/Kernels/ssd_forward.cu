// The SSD operator forward, all of it in one launch: y_t = S_t C_t + D x_t with S_t = exp(dt_t A) S_{t-1} + in_t x_t B_t^T.
//
// Grid (h/HEADS, b, segments). A block walks over the chunks of its segment with the states of HEADS heads of one group in registers. Everything
// is computed transposed, so that a warp owns 16*BLOCK of the HEADS*P rows (channels) of the states H (p x n), of x^T and of y^T; BLOCK 2 reads shared memory half as often:
//   scores  S_ij = (C_i . B_j) decay(j..i) in_j, D added on the diagonal     warps share the 16x16 tiles; kept in shared memory a head
//   y^T     = (H C^T) start_i + x^T S^T                                      H straight from its registers as left operand
//   H       = total H + (x^T tail_j in_j) B
// One barrier a chunk: between two of them the warps make y and H of a chunk of Q = 32 and the scores of the next, while x, B, C of the one after
// are on their way. A tile of scores is made in step with y, so that two independent chains of products fill the tensor cores.
// Step sizes are prepared for several chunks at once, a chunk a warp.
#define BACKWARD 0
#include "operands.cuh"

constexpr int WARPS_A_HEAD = P / (16 * BLOCK), WARPS = HEADS * WARPS_A_HEAD, THREADS = 32 * WARPS, ROWS = HEADS * P;
constexpr int TASKS = WARPS_A_HEAD == 1 ? 2 : 1, AT_ONCE = TASKS * WARPS_A_HEAD;    // step sizes a warp prepares at once, and all warps of a head
constexpr int RING = AT_ONCE + 2;     // two are in use when the next are written
constexpr int N_STEP = N + PAD, X_STEP = ROWS + PAD, Q_STEP = Q + PAD;

struct alignas(16) Stage { Element B[Q * N_STEP], C[Q * N_STEP], x[Q * X_STEP]; };
struct alignas(16) Shared {
  Stage stage[STAGES];                // 3, or 2 where there is no room: then a load begins only when its chunk has been used up
  Element scores[2][HEADS][Q * Q_STEP];
  Steps steps[RING][HEADS];
};

INLINE void load_stage(Stage& s, const Operands& o, int b, int head, int group, int chunk) {
  const int first = chunk * Q, valid = o.length - first;
  load_tile<Q, N, THREADS>(s.B, o.B + b * o.B_batch + first * o.B_time + group * N, (int)o.B_time, valid);
  load_tile<Q, N, THREADS>(s.C, o.C + b * o.C_batch + first * o.C_time + group * N, (int)o.C_time, valid);
  load_tile<Q, ROWS, THREADS>(s.x, o.x + b * o.x_batch + first * o.x_time + head * P, (int)o.x_time, valid);
}

// The three tiles of scores of a chunk, and the one above the diagonal, which is zero and which nobody reads.
constexpr int TILES = 3;
INLINE int row_of(int tile) { return tile == 1 || tile == 2 ? 16 : 0; }
INLINE int column_of(int tile) { return tile >= 2 ? 16 : 0; }

// One tile of C B^T as the scores of every head of the block.
INLINE void write_scores(Element (*scores)[Q * Q_STEP], const Sum* sum, const Steps* steps, const Operands& o, int head, int r, int c) {
  const int g = lane() >> 2, t = lane() & 3;
  UNROLL for (int k = 0; k < HEADS; k++) {
    const Steps& st = steps[k];
    const float direct = o.D ? o.D[head + k] : 0.f;
    UNROLL for (int half = 0; half < 2; half++) UNROLL for (int tile = 0; tile < 2; tile++) {
      const int i = r + g + 8 * half, j = c + 8 * tile + 2 * t;
      float v[2];
      UNROLL for (int e = 0; e < 2; e++) v[e] = sum[tile].v[2 * half + e] * (decay(st, i, j + e) * st.in[j + e]) + (i == j + e ? direct : 0.f);
      store2(scores[k] + i * Q_STEP + j, v[0], v[1]);
    }
  }
}

INLINE void add_scores(Sum* sum, const Stage& s, int k, int r, int c) {
  Right b[2];
  Left a = left(s.C + r * N_STEP + 16 * k, N_STEP);
  rights<2>(b, s.B + c * N_STEP + 16 * k, N_STEP);
  mma(sum[0], a, b[0]);
  mma(sum[1], a, b[1]);
}

// The scores of a chunk by themselves: of the first chunk, and where there are fewer warps than tiles.
INLINE void all_scores(Element (*scores)[Q * Q_STEP], const Stage& s, const Steps* steps, const Operands& o, int head) {
  for (int tile = warp(); tile < TILES; tile += WARPS) {
    Sum sum[2] = {zero(), zero()};
    UNROLL for (int k = 0; k < N / 16; k++) add_scores(sum, s, k, row_of(tile), column_of(tile));
    write_scores(scores, sum, steps, o, head, row_of(tile), column_of(tile));
  }
}

// y^T lies over the warp's own columns of x, which nobody else reads: from there it goes out in rows of 16 channels.
INLINE void write_y(Element* tile, Element* y, const Sum* sum, int step, int valid) {
  UNROLL for (int i = 0; i < Q / 8; i++) {
#if STORAGE == 2
    float* p = tile + (8 * i + 2 * (lane() & 3)) * X_STEP + (lane() >> 2);
    p[0] = sum[i].v[0]; p[X_STEP] = sum[i].v[1]; p[8] = sum[i].v[2]; p[X_STEP + 8] = sum[i].v[3];
#else
    UNROLL for (int half = 0; half < 2; half++) {
      u32 v = pack(sum[i].v[2 * half], sum[i].v[2 * half + 1]);
      asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %0;" : "+r"(v));
      *(u32*)(tile + (8 * i + (lane() >> 2)) * X_STEP + 8 * half + 2 * (lane() & 3)) = v;
    }
#endif
  }
  __syncwarp();
  constexpr int WIDE = 16 / sizeof(Element), PER_ROW = 16 / WIDE;
  UNROLL for (int base = 0; base < Q * PER_ROW; base += 32) {
    const int i = base + lane(), row = i / PER_ROW, column = i % PER_ROW * WIDE;
    if (row < valid) *(uint4*)(y + row * step + column) = *(const uint4*)(tile + row * X_STEP + column);
  }
}

// The scores of the next chunk, as far as they are this warp's: where they come from and go to.
struct Next { Element (*scores)[Q * Q_STEP]; const Stage* stage; const Steps* steps; int head, r, c; };

// y of one chunk and the state after it, for the channels of this warp, and a tile of scores of the next chunk.
template <bool SCORES>
INLINE void chunk_outputs(Stage& s, const Element* scores, const Steps& st, Sum (*H)[N / 8], Element* out, const Next& next, const Operands& o, int valid, bool from_state, bool to_state) {
  const int t = lane() & 3;
  Sum y[BLOCK][Q / 8], sum[2] = {zero(), zero()};
  UNROLL for (int m = 0; m < BLOCK; m++) UNROLL for (int i = 0; i < Q / 8; i++) y[m][i] = zero();
  if (from_state) {
    UNROLL for (int k = 0; k < N / 16; k++) {
      Left h[BLOCK];
      UNROLL for (int m = 0; m < BLOCK; m++) h[m] = as_left(H[m][2 * k], H[m][2 * k + 1]);
      UNROLL for (int i = 0; i < QT; i++) {
        Right c[2];
        rights<2>(c, s.C + 16 * i * N_STEP + 16 * k, N_STEP);
        UNROLL for (int m = 0; m < BLOCK; m++) {
          mma(y[m][2 * i], h[m], c[0]);
          mma(y[m][2 * i + 1], h[m], c[1]);
        }
      }
      if (SCORES) add_scores(sum, *next.stage, k, next.r, next.c);
    }
    UNROLL for (int i = 0; i < Q / 8; i++) {
      float2 f = load2f(st.start + 8 * i + 2 * t);
      UNROLL for (int m = 0; m < BLOCK; m++) { y[m][i].v[0] *= f.x; y[m][i].v[1] *= f.y; y[m][i].v[2] *= f.x; y[m][i].v[3] *= f.y; }
    }
  } else if (SCORES)
    UNROLL for (int k = 0; k < N / 16; k++) add_scores(sum, *next.stage, k, next.r, next.c);

  Left x[BLOCK][QT];
  UNROLL for (int m = 0; m < BLOCK; m++) UNROLL for (int k = 0; k < QT; k++) x[m][k] = left_t(s.x + 16 * k * X_STEP + 16 * (BLOCK * warp() + m), X_STEP);
  UNROLL for (int k = 0; k < QT; k++)
    UNROLL for (int i = k; i < QT; i++) {
      Right c[2];
      rights<2>(c, scores + 16 * i * Q_STEP + 16 * k, Q_STEP);
      UNROLL for (int m = 0; m < BLOCK; m++) {
        mma(y[m][2 * i], x[m][k], c[0]);
        mma(y[m][2 * i + 1], x[m][k], c[1]);
      }
    }
  if (to_state) {
    const float total = st.total;
    UNROLL for (int m = 0; m < BLOCK; m++) UNROLL for (int k = 0; k < N / 8; k++) UNROLL for (int e = 0; e < 4; e++) H[m][k].v[e] *= total;
    UNROLL for (int k = 0; k < QT; k++) {
      const int j = 16 * k + 2 * t;
      float2 f = load2f(st.tail + j), u = load2f(st.in + j), f8 = load2f(st.tail + j + 8), u8 = load2f(st.in + j + 8);
      UNROLL for (int m = 0; m < BLOCK; m++) scale_columns(x[m][k], make_float2(f.x * u.x, f.y * u.y), make_float2(f8.x * u8.x, f8.y * u8.y));
      UNROLL for (int n = 0; n < N / 16; n++) {
        Right v[2];
        rights_t<2>(v, s.B + 16 * k * N_STEP + 16 * n, N_STEP);
        UNROLL for (int m = 0; m < BLOCK; m++) {
          mma(H[m][2 * n], x[m][k], v[0]);
          mma(H[m][2 * n + 1], x[m][k], v[1]);
        }
      }
    }
  }
  if (SCORES) write_scores(next.scores, sum, next.steps, o, next.head, next.r, next.c);
  __syncwarp();
  UNROLL for (int m = 0; m < BLOCK; m++) write_y(s.x + 16 * (BLOCK * warp() + m), out + 16 * m, y[m], o.heads * P, valid);
}

// What the host asks for at the launch.
extern "C" __constant__ const int ssd_forward_launch[2] = {THREADS, (int)sizeof(Shared)};

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) ssd_forward(const Operands o) {
  extern __shared__ __align__(16) unsigned char memory[];
  Shared& m = *(Shared*)memory;
  const int head = blockIdx.x * HEADS, b = blockIdx.y, segment = blockIdx.z, group = head / (o.heads / o.groups);
  const int first = segment * o.chunks_per_segment, count = min(o.chunks_per_segment, o.chunks - first);
  const int mine = warp() / WARPS_A_HEAD, channel = 16 * BLOCK * (warp() % WARPS_A_HEAD);
  const int g = lane() >> 2, t = lane() & 3;
  const int turn = TASKS * (warp() % WARPS_A_HEAD);     // the first of its chunks among those prepared at once

  UNROLL for (int i = 0; i < 2; i++) {
    if (i < count) load_stage(m.stage[i], o, b, head, group, first + i);
    commit();
  }
  RawSteps raw[TASKS];
  auto read_ahead = [&](int i) { UNROLL for (int k = 0; k < TASKS; k++) raw[k] = read_steps(o, b, head + mine, (first + i + turn + k) * Q); };
  auto prepare = [&](int i) {
    UNROLL for (int k = 0; k < TASKS; k++) make_steps(m.steps[(i + turn + k) % RING][mine], raw[k], o, b, head + mine, (first + i + turn + k) * Q);
    read_ahead(i + AT_ONCE);
  };
  read_ahead(0);
  prepare(0);

  Sum H[BLOCK][N / 8];
  const i64 state = ((i64)channel + g) * N + 2 * t;
  const float* before = o.segment_count > 1 ? o.segments + (((i64)b * o.segment_count + segment) * o.heads + head + mine) * P * N
      : o.initial ? o.initial + ((i64)b * o.heads + head + mine) * P * N : nullptr;
  UNROLL for (int m = 0; m < BLOCK; m++) UNROLL for (int k = 0; k < N / 8; k++) {
    float2 u = make_float2(0.f, 0.f), v = u;
    if (before) {
      u = load2f(before + state + 16 * m * N + 8 * k);
      v = load2f(before + state + (16 * m + 8) * N + 8 * k);
    }
    H[m][k] = Sum{{u.x, u.y, v.x, v.y}};
  }
  arrived<1>();
  __syncthreads();
  all_scores(m.scores[0], m.stage[0], m.steps[0], o, head);

  for (int i = 0; i < count; i++) {
    const int chunk = first + i;
    arrived<0>();
    __syncthreads();
    if (STAGES > 2 && i + 2 < count) load_stage(m.stage[(i + 2) % STAGES], o, b, head, group, chunk + 2);
    commit();
    if ((i + 2) % AT_ONCE == 0 && i + 2 < count) prepare(i + 2);
    // After the last chunk the tile is made of what happens to lie there, and read by nobody.
    const Next next = {m.scores[(i + 1) % 2], &m.stage[(i + 1) % STAGES], m.steps[(i + 1) % RING], head, row_of(warp()), column_of(warp())};
    Element* out = o.y + (((i64)b * o.length + chunk * Q) * o.heads + head) * P + 16 * BLOCK * warp();
    const bool from_state = before || i > 0;
    const bool to_state = chunk + 1 < o.chunks || o.final;
    if (WARPS >= TILES && (WARPS <= TILES + 1 || warp() < TILES))
      chunk_outputs<true>(m.stage[i % STAGES], m.scores[i % 2][mine], m.steps[i % RING][mine], H, out, next, o, o.length - chunk * Q, from_state, to_state);
    else {
      if (WARPS < TILES && i + 1 < count) all_scores(next.scores, *next.stage, next.steps, o, head);
      chunk_outputs<false>(m.stage[i % STAGES], m.scores[i % 2][mine], m.steps[i % RING][mine], H, out, next, o, o.length - chunk * Q, from_state, to_state);
    }
    if (STAGES == 2 && i + 2 < count) {
      __syncthreads();
      load_stage(m.stage[i % 2], o, b, head, group, chunk + 2);
      commit();
    }
  }

  if (o.final && first + count == o.chunks) {
    float* after = o.final + ((i64)b * o.heads + head + mine) * P * N;
    UNROLL for (int m = 0; m < BLOCK; m++) UNROLL for (int k = 0; k < N / 8; k++) {
      *(float2*)(after + state + 16 * m * N + 8 * k) = make_float2(H[m][k].v[0], H[m][k].v[1]);
      *(float2*)(after + state + (16 * m + 8) * N + 8 * k) = make_float2(H[m][k].v[2], H[m][k].v[3]);
    }
  }
}
