// The gradients of the SSD operator inside chunks, all of them in one launch.
//
// Grid (splits, b * groups, chunks). A block has the B and C of one chunk in shared memory and their product in registers, and walks over (a part of)
// the heads of the group, whose x, dy, state before the chunk H and gradient of the state after it G come two heads deep. With L_ij = decay(j..i)
// and in_j the weight of the input (dt, or the gain), i and j positions, a head gives
//   Z   = dy x^T                                 W0 = Z o S o L,  W_ij = W0_ij in_j
//   M  += Z o L in_j                             summed over heads in registers: at the end dC += M B, dB += M^T C, once a group
//   dC += start_i (dy H),  u_i = C_i . that      dB += tail_j in_j (x G)
//   dX  = (S o L)^T dy + tail_j (B G^T)          q_j = x_j . tail_j (B_j G^T);  dx = in_j dX + D dy
//   d log a_t = total <H, G> + sum_{i>=t} u_i + sum_{j<t} in_j q_j + sum_{i>=t, j<t} W_ij
// The last term is never a difference of larger sums: for t in tile k of 16 positions it is the sum of whole tiles left of and below k, of
// the rows of tile k from t on, of its columns before t, and of a corner of the diagonal tile by sums along its rows.
//
// Warps lie in a grid of Q/16 rows and COLS columns over every one of these products. After every BATCH heads half of them finish the step sizes of
// those heads, a head a warp, while the others prepare those of the next. Sums are float32 in a fixed order: the same bits each run.
#define BACKWARD 1
#include "ssd_backward_steps.cuh"

// ---- products ----

constexpr int PT = P / 16;
// Rows of warps take the 16-channel tiles in turned order: then the tiles of which they add up <H, G>, r and r + RW, come at fixed places.
INLINE int turned(int k, int r) { return (k + r) % PT; }

// Which tile of scores a warp has as its j-th. A tile on the diagonal is the most work, and in a short row of tiles it has a warp to itself.
INLINE int tile_of(int r, int c, int j) { return r < COLS ? COLS * j + c : NJ * c + j; }

// One 16x16 tile of Z = dy x^T, rows of tile r, columns of tile `tile`: to the scores, to M, and its sums to the finisher.
INLINE void tile_of_scores(Shared& m, const Stage& s, const Steps& st, Parts& parts, const Left* dy, int r, int tile, const Sum* S, Sum* M, float* row_sum) {
  const int g = lane() >> 2, t = lane() & 3, row = 16 * r + g;
  Sum Z[2] = {zero(), zero()};
  UNROLL for (int k = 0; k < P / 16; k++) {
    Right x[2];
    rights<2>(x, s.x + 16 * tile * P_STEP + 16 * turned(k, r), P_STEP);
    mma(Z[0], dy[k], x[0]);
    mma(Z[1], dy[k], x[1]);
  }
  float column[4] = {0.f, 0.f, 0.f, 0.f};
  if (tile < r) {
    const float within[2] = {st.within[row], st.within[row + 8]};
    UNROLL for (int e = 0; e < 2; e++) {
      const int j = 16 * tile + 8 * e + 2 * t;
      const float2 across = load2f(st.across[r] + j), in = load2f(st.in + j);
      UNROLL for (int half = 0; half < 2; half++) {
        const int a = 2 * half, b = a + 1;
        const float L0 = across.x * within[half], L1 = across.y * within[half];
        const float s0 = S[e].v[a] * L0, s1 = S[e].v[b] * L1;
        const float w0 = s0 * Z[e].v[a], w1 = s1 * Z[e].v[b];
        M[e].v[a] += Z[e].v[a] * (L0 * in.x);
        M[e].v[b] += Z[e].v[b] * (L1 * in.y);
        column[2 * e] += w0;
        column[2 * e + 1] += w1;
        row_sum[half] += w0 * in.x + w1 * in.y;
        store2(m.scores + (row + 8 * half) * Q_STEP + j, s0, s1);
      }
    }
  } else {
    float corner[4] = {0.f, 0.f, 0.f, 0.f};
    UNROLL for (int half = 0; half < 2; half++) {
      const int i = row + 8 * half;
      float before = 0.f;                                        // sum of W along the row, left of the 8 columns
      UNROLL for (int e = 0; e < 2; e++) {
        const int j = 16 * tile + 8 * e + 2 * t;
        const float2 in = load2f(st.in + j);
        const float L0 = decay(st, i, j), L1 = decay(st, i, j + 1);
        const float z0 = Z[e].v[2 * half], z1 = Z[e].v[2 * half + 1], s0 = S[e].v[2 * half] * L0, s1 = S[e].v[2 * half + 1] * L1;
        const float w0 = s0 * z0, w1 = s1 * z1;
        M[e].v[2 * half] += z0 * (L0 * in.x);
        M[e].v[2 * half + 1] += z1 * (L1 * in.y);
        column[2 * e] += w0;
        column[2 * e + 1] += w1;
        store2(m.scores + i * Q_STEP + j, s0, s1);
        if (i == j) parts.diagonal[i] = z0;
        if (i == j + 1) parts.diagonal[i] = z1;
        // What lies left of the lane's two columns, in its row: the sums of the one to three lanes before.
        const float first = w0 * in.x, pair = first + w1 * in.y;
        const float one = __shfl_up_sync(~0u, pair, 1, 4), two = __shfl_up_sync(~0u, pair, 2, 4), three = __shfl_up_sync(~0u, pair, 3, 4);
        const float left = before + (t > 0 ? one : 0.f) + (t > 1 ? two : 0.f) + (t > 2 ? three : 0.f);
        corner[2 * e] += i >= j ? left : 0.f;
        corner[2 * e + 1] += i >= j + 1 ? left + first : 0.f;
        if (e == 0) before = __shfl_sync(~0u, left + pair, 3, 4);
      }
    }
    const float sum = sum_rows_of4(corner[0], corner[1], corner[2], corner[3]);
    if (!(lane() & 4)) parts.corner[16 * tile + column_of4()] = sum;
  }
  const float sum = sum_rows_of4(column[0], column[1], column[2], column[3]);
  if (!(lane() & 4)) parts.columns[r][16 * tile + column_of4()] = sum;
}

// Everything of a head before the barrier: scores to shared memory, M, dC, dB, u, and the part of dX that comes from later chunks.
INLINE void head_before_barrier(Shared& m, const Stage& s, const Steps& st, Parts& parts, bool states, int r, int c,
                                const Sum* S, Sum* M, Sum* dC, Sum* dB, Sum* dX) {
  const int g = lane() >> 2, t = lane() & 3, row = 16 * r + g;
  Left dy[P / 16];
  UNROLL for (int k = 0; k < P / 16; k++) dy[k] = left(s.dy + 16 * r * P_STEP + 16 * turned(k, r), P_STEP);
  float row_sum[2] = {0.f, 0.f};
  UNROLL for (int j = 0; j < NJ; j++) {
    const int tile = tile_of(r, c, j);
    if (tile <= r) tile_of_scores(m, s, st, parts, dy, r, tile, S + 2 * j, M + 2 * j, row_sum);
  }
  UNROLL for (int half = 0; half < 2; half++) {
    const float sum = sum_quad(row_sum[half]);
    if (t == 0) parts.rows[c][row + 8 * half] = sum;
  }
  UNROLL for (int p = 0; p < NP; p++) dX[p] = zero();
  if (!states) return;

  const float start[2] = {st.start[row], st.start[row + 8]};
  const float tail[2] = {st.tail[row], st.tail[row + 8]};
  const float end[2] = {tail[0] * st.in[row], tail[1] * st.in[row + 8]};
  float u[2] = {0.f, 0.f}, q[2] = {0.f, 0.f}, inner = 0.f;
  {
    Left x[P / 16];
    UNROLL for (int k = 0; k < P / 16; k++) x[k] = left(s.x + 16 * r * P_STEP + 16 * turned(k, r), P_STEP);
    constexpr int TOGETHER = NN % 2 == 0 ? 2 : 1;
    UNROLL for (int n = 0; n < NN; n += TOGETHER) {
      const int column = 8 * (NN * c + n);
      Sum a[TOGETHER], b[TOGETHER];
      UNROLL for (int e = 0; e < TOGETHER; e++) { a[e] = zero(); b[e] = zero(); }
      UNROLL for (int k = 0; k < P / 16; k++) {
        Right h[TOGETHER], gr[TOGETHER];
        rights_t<TOGETHER>(h, s.H + 16 * turned(k, r) * N_STEP + column, N_STEP);
        rights_t<TOGETHER>(gr, s.G + 16 * turned(k, r) * N_STEP + column, N_STEP);
        UNROLL for (int e = 0; e < TOGETHER; e++) {
          mma(a[e], dy[k], h[e]);
          mma(b[e], x[k], gr[e]);
        }
        if (k % RW == 0) {
          const float mine = k + r < PT ? 1.f : 0.f;
          UNROLL for (int e = 0; e < TOGETHER; e++) inner += mine * dot(h[e], gr[e]);
        }
      }
      UNROLL for (int e = 0; e < TOGETHER; e++)
        UNROLL for (int half = 0; half < 2; half++) {
          const float2 C = load2(m.C + (row + 8 * half) * N_STEP + column + 8 * e + 2 * t);
          u[half] += a[e].v[2 * half] * C.x + a[e].v[2 * half + 1] * C.y;
          dC[n + e].v[2 * half] += start[half] * a[e].v[2 * half];
          dC[n + e].v[2 * half + 1] += start[half] * a[e].v[2 * half + 1];
          dB[n + e].v[2 * half] += end[half] * b[e].v[2 * half];
          dB[n + e].v[2 * half + 1] += end[half] * b[e].v[2 * half + 1];
        }
    }
  }
  UNROLL for (int k = 0; k < N / 16; k++) {
    Left B = left(m.B + 16 * r * N_STEP + 16 * k, N_STEP);
    Right gr[NP];
    rights<NP>(gr, s.G + 8 * NP * c * N_STEP + 16 * k, N_STEP);
    UNROLL for (int p = 0; p < NP; p++) mma(dX[p], B, gr[p]);
  }
  UNROLL for (int p = 0; p < NP; p++)
    UNROLL for (int half = 0; half < 2; half++) {
      const float2 v = load2(s.x + (row + 8 * half) * P_STEP + 8 * (NP * c + p) + 2 * t);
      dX[p].v[2 * half] *= tail[half];
      dX[p].v[2 * half + 1] *= tail[half];
      q[half] += dX[p].v[2 * half] * v.x + dX[p].v[2 * half + 1] * v.y;
    }
  UNROLL for (int half = 0; half < 2; half++) {
    const float sum_u = start[half] * sum_quad(u[half]), sum_q = sum_quad(q[half]);
    if (t == 0) { parts.u[c][row + 8 * half] = sum_u; parts.q[c][row + 8 * half] = sum_q; }
  }
  inner = sum_warp(inner);
  if (lane() == 0) parts.inner[r * COLS + c] = inner;
}

// What comes from later positions of the chunk itself, and dx out.
INLINE void head_after_barrier(Shared& m, const Stage& s, const Steps& st, const Operands& o, const Place& at, int head, int live, int r, int c, Sum* dX) {
  const int row = 16 * r + (lane() >> 2), t = lane() & 3;
  UNROLL for (int k = 0; k < RW; k++) {
    if (k < r || k >= live) continue;
    Left S = left_t(m.scores + 16 * k * Q_STEP + 16 * r, Q_STEP);
    Right dy[NP];
    rights_t<NP>(dy, s.dy + 16 * k * P_STEP + 8 * NP * c, P_STEP);
    UNROLL for (int p = 0; p < NP; p++) mma(dX[p], S, dy[p]);
  }
  const float direct = o.D ? o.D[head] : 0.f;
  UNROLL for (int half = 0; half < 2; half++) {
    const int j = row + 8 * half;
    const float in = st.in[j];
    if (j < at.valid) {
      Element* out = o.dx + (((i64)at.b * o.length + at.first + j) * o.heads + head) * P + 8 * NP * c + 2 * t;
      UNROLL for (int p = 0; p < NP; p++) {
        const float2 d = load2(s.dy + j * P_STEP + 8 * (NP * c + p) + 2 * t);
        store2(out + 8 * p, in * dX[p].v[2 * half] + direct * d.x, in * dX[p].v[2 * half + 1] + direct * d.y);
      }
    }
  }
}

INLINE void write_rows(void* to, const Sum* sum, const Operands& o, const Place& at, int split, int r, int c) {
  const int t = lane() & 3;
  UNROLL for (int half = 0; half < 2; half++) {
    const int i = 16 * r + (lane() >> 2) + 8 * half;
    if (i >= at.valid) continue;
    const i64 place = (((i64)at.b * o.length + at.first + i) * o.groups + at.group) * N + 8 * NN * c + 2 * t;
    UNROLL for (int n = 0; n < NN; n++) {
      const float a = sum[n].v[2 * half], b = sum[n].v[2 * half + 1];
      if (o.splits == 1) store2((Element*)to + place + 8 * n, a, b);
      else *(float2*)((float*)to + (i64)split * o.batch * o.length * o.groups * N + place + 8 * n) = make_float2(a, b);
    }
  }
}

// What the host asks for at the launch.
extern "C" __constant__ const int ssd_backward_launch[2] = {THREADS, (int)sizeof(Shared)};

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) ssd_backward(const Operands o) {
  extern __shared__ __align__(16) unsigned char memory[];
  Shared& m = *(Shared*)memory;
  Place at;
  at.b = blockIdx.y / o.groups;
  at.group = blockIdx.y % o.groups;
  at.chunk = blockIdx.z;
  at.first = at.chunk * Q;
  at.valid = o.length - at.first;
  at.has_H = o.before && (at.chunk > 0 || o.initial);
  at.has_G = o.after && (at.chunk + 1 < o.chunks || o.dfinal);
  const int a_group = o.heads / o.groups, split = blockIdx.x;
  const int first_head = at.group * a_group + split * a_group / o.splits, end_head = at.group * a_group + (split + 1) * a_group / o.splits;

  for (int i = threadIdx.x; i < BATCH * (int)(sizeof(Parts) / 4); i += THREADS) ((float*)m.parts)[i] = 0.f;     // what no warp writes stays zero

  const int r = warp() / COLS, c = warp() % COLS;
  // Rows of tiles that have positions; what the others would leave is zero already, but for their part of <H, G>.
  const int live = at.has_H && at.has_G ? RW : min(RW, (at.valid + 15) / 16);
  load_tile<Q, N, THREADS>(m.B, o.B + at.b * o.B_batch + at.first * o.B_time + at.group * N, (int)o.B_time, at.valid);
  load_tile<Q, N, THREADS>(m.C, o.C + at.b * o.C_batch + at.first * o.C_time + at.group * N, (int)o.C_time, at.valid);
  load_head(m.stage[0], o, at, first_head);
  const int preparing = warp() - BATCH;        // which head of a batch, if one
  RawSteps raw;
  auto read_ahead = [&](int head) { if (preparing >= 0 && preparing < BATCH && head + preparing < end_head) raw = read_steps(o, at.b, head + preparing, at.first); };
  auto prepare = [&](int now, int head) {
    if (preparing >= 0 && preparing < BATCH && head + preparing < end_head)
      make_steps(m.steps[(now + preparing) % (2 * BATCH)], raw, o, at.b, head + preparing, at.first);
    read_ahead(head + BATCH);
  };
  auto finish = [&](int now, int head) {       // of the heads up to `head`, the last of a batch or of all
    const int of = now - now % BATCH + warp();
    if (warp() < BATCH && of <= now) finish_head(m.parts[warp()], m.steps[of % (2 * BATCH)], o, at, head - now + of);
  };
  read_ahead(first_head);
  prepare(0, first_head);
  Sum S[2 * NJ], M[2 * NJ], dC[NN], dB[NN];
  UNROLL for (int j = 0; j < 2 * NJ; j++) { S[j] = zero(); M[j] = zero(); }
  UNROLL for (int n = 0; n < NN; n++) { dC[n] = zero(); dB[n] = zero(); }

  _Pragma("unroll 1") for (int head = first_head; head < end_head; head++) {
    const int now = head - first_head;
    const Stage& s = m.stage[now % STAGES];
    const Steps& st = m.steps[now % (2 * BATCH)];
    arrived<0>();
    __syncthreads();
    if (now == 0)
      UNROLL for (int k = 0; k < N / 16; k++) {
        Left C = left(m.C + 16 * r * N_STEP + 16 * k, N_STEP);
        UNROLL for (int j = 0; j < NJ; j++) {
          Right B[2];
          rights<2>(B, m.B + 16 * tile_of(r, c, j) * N_STEP + 16 * k, N_STEP);
          UNROLL for (int e = 0; e < 2; e++) mma(S[2 * j + e], C, B[e]);
        }
      }
    if (STAGES > 1 && head + 1 < end_head) load_head(m.stage[(now + 1) % STAGES], o, at, head + 1);
    Sum dX[NP];
    if (r < live) head_before_barrier(m, s, st, m.parts[now % BATCH], at.has_H || at.has_G, r, c, S, M, dC, dB, dX);
    __syncthreads();
    if (r < live) head_after_barrier(m, s, st, o, at, head, live, r, c, dX);
    if ((now + 1) % BATCH == 0 || head + 1 == end_head) {
      finish(now, head);
      prepare(now + 1, head + 1);
    }
    if (STAGES == 1 && head + 1 < end_head) {
      __syncthreads();
      load_head(m.stage[0], o, at, head + 1);
    }
  }
  __syncthreads();
  UNROLL for (int k = 0; k < 2 * NJ; k++)
    UNROLL for (int half = 0; half < 2; half++)
      store2(m.scores + (16 * r + (lane() >> 2) + 8 * half) * Q_STEP + 16 * tile_of(r, c, k / 2) + 8 * (k % 2) + 2 * (lane() & 3), M[k].v[2 * half], M[k].v[2 * half + 1]);
  __syncthreads();
  UNROLL for (int k = 0; k < RW; k++) {
    Right b[NN];
    if (k <= r) {
      Left row = left(m.scores + 16 * r * Q_STEP + 16 * k, Q_STEP);
      rights_t<NN>(b, m.B + 16 * k * N_STEP + 8 * NN * c, N_STEP);
      UNROLL for (int n = 0; n < NN; n++) mma(dC[n], row, b[n]);
    }
    if (k >= r) {
      Left column = left_t(m.scores + 16 * k * Q_STEP + 16 * r, Q_STEP);
      rights_t<NN>(b, m.C + 16 * k * N_STEP + 8 * NN * c, N_STEP);
      UNROLL for (int n = 0; n < NN; n++) mma(dB[n], column, b[n]);
    }
  }
  write_rows(o.dC, dC, o, at, split, r, c);
  write_rows(o.dB, dB, o, at, split, r, c);
}
