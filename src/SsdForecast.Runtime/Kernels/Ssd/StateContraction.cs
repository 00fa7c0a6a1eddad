using System.Numerics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// A state against the steps of a chunk, with the 16 time steps in the lanes: for every state row r and step t
/// <c>z = decay[t] · Σ_p state[r, p] · tokens[p, t]</c>, then <c>sums[r, t] += weight[t]·z</c> and <c>dot[t] += partner[r, t]·z</c>.
/// With the chunk's first state and dy it gives the part of dC that comes through the state, and u of the stable backward; with the gradient of its
/// last state and x, that of dB, and v. Time in the lanes spares transposing a state.
/// </summary>
internal static unsafe class StateContraction<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int ChunkSize = ChunkTables<T>.ChunkSize;

    /// <summary>Contracts <paramref name="rows"/> rows (a multiple of 8).</summary>
    /// <param name="tokens">(p, 16).</param>
    /// <param name="partner">(rows, 16).</param>
    /// <param name="sums">(rows, 16), added to.</param>
    /// <param name="dot">(16), overwritten.</param>
    public static void Run(int rows, int depth, T* state, nint lds, T* tokens, T* decay, T* weight, T* partner, T* sums, T* dot)
    {
        for (int lane = 0; lane < ChunkSize; lane += S.Width)
        {
            V total = S.Zero, d = S.Load(decay + lane), w = S.Load(weight + lane);
            int row = 0;
            if (S.HasManyRegisters)
            {
                for (; row + 16 <= rows; row += 16)
                    total = Tile16(depth, state + row * lds, lds, tokens + lane, d, w, partner + row * ChunkSize + lane, sums + row * ChunkSize + lane, total);
            }

            for (; row < rows; row += 8)
                total = Tile8(depth, state + row * lds, lds, tokens + lane, d, w, partner + row * ChunkSize + lane, sums + row * ChunkSize + lane, total);

            S.Store(dot + lane, total);
        }
    }

    /// <summary>Adds one row to the sums and to one of four running dot products: a single one would be a chain of waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Finish(V product, V decay, V weight, T* partner, T* sums, V dot)
    {
        V z = S.Multiply(product, decay);
        S.Store(sums, S.MultiplyAdd(weight, z, S.Load(sums)));
        return S.MultiplyAdd(S.Load(partner), z, dot);
    }

    /// <summary>16 state rows by one vector of time steps.</summary>
    private static V Tile16(int depth, T* state, nint lds, T* tokens, V decay, V weight, T* partner, T* sums, V dot0)
    {
        V dot1 = S.Zero, dot2 = S.Zero, dot3 = S.Zero;
        V c0 = S.Zero, c1 = S.Zero, c2 = S.Zero, c3 = S.Zero;
        V c4 = S.Zero, c5 = S.Zero, c6 = S.Zero, c7 = S.Zero;
        V c8 = S.Zero, c9 = S.Zero, c10 = S.Zero, c11 = S.Zero;
        V c12 = S.Zero, c13 = S.Zero, c14 = S.Zero, c15 = S.Zero;
        T* stateb = state + 4 * lds;
        T* statec = state + 8 * lds;
        T* stated = state + 12 * lds;
        for (int k = 0; k < depth; k++)
        {
            V b = S.Load(tokens);
            c0 = S.MultiplyAdd(S.Broadcast(*state), b, c0);
            c1 = S.MultiplyAdd(S.Broadcast(state[lds]), b, c1);
            c2 = S.MultiplyAdd(S.Broadcast(state[2 * lds]), b, c2);
            c3 = S.MultiplyAdd(S.Broadcast(state[3 * lds]), b, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*stateb), b, c4);
            c5 = S.MultiplyAdd(S.Broadcast(stateb[lds]), b, c5);
            c6 = S.MultiplyAdd(S.Broadcast(stateb[2 * lds]), b, c6);
            c7 = S.MultiplyAdd(S.Broadcast(stateb[3 * lds]), b, c7);
            c8 = S.MultiplyAdd(S.Broadcast(*statec), b, c8);
            c9 = S.MultiplyAdd(S.Broadcast(statec[lds]), b, c9);
            c10 = S.MultiplyAdd(S.Broadcast(statec[2 * lds]), b, c10);
            c11 = S.MultiplyAdd(S.Broadcast(statec[3 * lds]), b, c11);
            c12 = S.MultiplyAdd(S.Broadcast(*stated), b, c12);
            c13 = S.MultiplyAdd(S.Broadcast(stated[lds]), b, c13);
            c14 = S.MultiplyAdd(S.Broadcast(stated[2 * lds]), b, c14);
            c15 = S.MultiplyAdd(S.Broadcast(stated[3 * lds]), b, c15);
            state++;
            stateb++;
            statec++;
            stated++;
            tokens += ChunkSize;
        }

        dot0 = Finish(c0, decay, weight, partner, sums, dot0);
        partner += ChunkSize;
        sums += ChunkSize;
        dot1 = Finish(c1, decay, weight, partner, sums, dot1);
        partner += ChunkSize;
        sums += ChunkSize;
        dot2 = Finish(c2, decay, weight, partner, sums, dot2);
        partner += ChunkSize;
        sums += ChunkSize;
        dot3 = Finish(c3, decay, weight, partner, sums, dot3);
        partner += ChunkSize;
        sums += ChunkSize;
        dot0 = Finish(c4, decay, weight, partner, sums, dot0);
        partner += ChunkSize;
        sums += ChunkSize;
        dot1 = Finish(c5, decay, weight, partner, sums, dot1);
        partner += ChunkSize;
        sums += ChunkSize;
        dot2 = Finish(c6, decay, weight, partner, sums, dot2);
        partner += ChunkSize;
        sums += ChunkSize;
        dot3 = Finish(c7, decay, weight, partner, sums, dot3);
        partner += ChunkSize;
        sums += ChunkSize;
        dot0 = Finish(c8, decay, weight, partner, sums, dot0);
        partner += ChunkSize;
        sums += ChunkSize;
        dot1 = Finish(c9, decay, weight, partner, sums, dot1);
        partner += ChunkSize;
        sums += ChunkSize;
        dot2 = Finish(c10, decay, weight, partner, sums, dot2);
        partner += ChunkSize;
        sums += ChunkSize;
        dot3 = Finish(c11, decay, weight, partner, sums, dot3);
        partner += ChunkSize;
        sums += ChunkSize;
        dot0 = Finish(c12, decay, weight, partner, sums, dot0);
        partner += ChunkSize;
        sums += ChunkSize;
        dot1 = Finish(c13, decay, weight, partner, sums, dot1);
        partner += ChunkSize;
        sums += ChunkSize;
        dot2 = Finish(c14, decay, weight, partner, sums, dot2);
        partner += ChunkSize;
        sums += ChunkSize;
        dot3 = Finish(c15, decay, weight, partner, sums, dot3);

        return S.Add(S.Add(dot0, dot1), S.Add(dot2, dot3));
    }

    /// <summary>8 state rows by one vector of time steps.</summary>
    private static V Tile8(int depth, T* state, nint lds, T* tokens, V decay, V weight, T* partner, T* sums, V dot0)
    {
        V dot1 = S.Zero, dot2 = S.Zero, dot3 = S.Zero;
        V c0 = S.Zero, c1 = S.Zero, c2 = S.Zero, c3 = S.Zero;
        V c4 = S.Zero, c5 = S.Zero, c6 = S.Zero, c7 = S.Zero;
        T* stateb = state + 4 * lds;
        for (int k = 0; k < depth; k++)
        {
            V b = S.Load(tokens);
            c0 = S.MultiplyAdd(S.Broadcast(*state), b, c0);
            c1 = S.MultiplyAdd(S.Broadcast(state[lds]), b, c1);
            c2 = S.MultiplyAdd(S.Broadcast(state[2 * lds]), b, c2);
            c3 = S.MultiplyAdd(S.Broadcast(state[3 * lds]), b, c3);
            c4 = S.MultiplyAdd(S.Broadcast(*stateb), b, c4);
            c5 = S.MultiplyAdd(S.Broadcast(stateb[lds]), b, c5);
            c6 = S.MultiplyAdd(S.Broadcast(stateb[2 * lds]), b, c6);
            c7 = S.MultiplyAdd(S.Broadcast(stateb[3 * lds]), b, c7);
            state++;
            stateb++;
            tokens += ChunkSize;
        }

        dot0 = Finish(c0, decay, weight, partner, sums, dot0);
        partner += ChunkSize;
        sums += ChunkSize;
        dot1 = Finish(c1, decay, weight, partner, sums, dot1);
        partner += ChunkSize;
        sums += ChunkSize;
        dot2 = Finish(c2, decay, weight, partner, sums, dot2);
        partner += ChunkSize;
        sums += ChunkSize;
        dot3 = Finish(c3, decay, weight, partner, sums, dot3);
        partner += ChunkSize;
        sums += ChunkSize;
        dot0 = Finish(c4, decay, weight, partner, sums, dot0);
        partner += ChunkSize;
        sums += ChunkSize;
        dot1 = Finish(c5, decay, weight, partner, sums, dot1);
        partner += ChunkSize;
        sums += ChunkSize;
        dot2 = Finish(c6, decay, weight, partner, sums, dot2);
        partner += ChunkSize;
        sums += ChunkSize;
        dot3 = Finish(c7, decay, weight, partner, sums, dot3);

        return S.Add(S.Add(dot0, dot1), S.Add(dot2, dot3));
    }
}
