using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>The outputs of a norm.</summary>
internal sealed unsafe class NormForwardJob<S, T, V>(NormShape shape, NormInputs<T> inputs, T* y) : UnitJob
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private readonly NormRows<T> rows = new(shape, S.Width);

    public override int Units => rows.Units;

    public override nuint WorkspaceBytes => (nuint)((shape.Groups + 5L) * rows.Group.Padded * sizeof(T)) + 8 * Arena.Alignment;

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        PaddedRows<T> group = rows.Group;
        int n = group.Padded;
        T* weights = arena.Take<T>(shape.Groups * n);
        T* xs = arena.Take<T>(n), zs = arena.Take<T>(n), kept = arena.Take<T>(n), gate = arena.Take<T>(n), ys = arena.Take<T>(n);
        rows.GatherWeight(inputs.Weight, weights);
        bool gated = inputs.Z != null, gateLast = gated && shape.NormBeforeGate;
        var (first, end) = rows.Unit(unit);
        for (nint r = first; r < end; r++)
        {
            for (int g = 0; g < shape.Groups; g++)
            {
                int at = g * group.Columns;
                T* x = group.Read(inputs.X + r * (nint)inputs.XStride + at, xs), w = weights + g * n, q = x;
                V squares = S.Zero;
                if (gated)
                {
                    T* z = group.Read(inputs.Z + r * (nint)inputs.ZStride + at, zs);
                    if (!gateLast)
                        q = kept;
                    for (int j = 0; j < n; j += S.Width)
                    {
                        V open = Silu<S, T, V>.Of(S.Load(z + j), out _), value = S.Load(x + j);
                        if (gateLast)
                        {
                            S.Store(gate + j, open);
                        }
                        else
                        {
                            value = S.Multiply(value, open);
                            S.Store(kept + j, value);
                        }

                        squares = S.MultiplyAdd(value, value, squares);
                    }
                }
                else
                {
                    for (int j = 0; j < n; j += S.Width)
                        squares = S.MultiplyAdd(S.Load(x + j), S.Load(x + j), squares);
                }

                V scale = S.Broadcast(T.One / T.Sqrt(S.Sum(squares) / T.CreateTruncating(group.Columns) + T.CreateTruncating(shape.Epsilon)));
                T* to = y + r * shape.Features + at, result = group.Write(to, ys);
                for (int j = 0; j < n; j += S.Width)
                {
                    V value = S.Multiply(S.Multiply(S.Load(q + j), scale), S.Load(w + j));
                    S.Store(result + j, gateLast ? S.Multiply(value, S.Load(gate + j)) : value);
                }

                group.Finish(ys, to);
            }
        }
    }
}
