using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>The gradients of a norm, whatever the vector width.</summary>
internal abstract class NormBackwardJob<T> : UnitJob, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Sums the shares of the weight, after all units.</summary>
    public abstract void Finish();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>
/// With q what is normalised, r = 1/√(mean q² + ε) and h the gradient of q·r·w:
/// dw = Σ h·q·r, dq = r·w·h − q·r³·mean(w·q·h). Without a gate or with the gate last q = x; then h = grad_y·SiLU(z).
/// </summary>
internal sealed unsafe class NormBackwardJob<S, T, V>(NormShape shape, NormInputs<T> inputs, NormGradients<T> gradients) : NormBackwardJob<T>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private readonly NormRows<T> rows = new(shape, S.Width);
    private readonly PartialSums<T> sums = new(new NormRows<T>(shape, S.Width).Units, shape.Groups * new NormRows<T>(shape, S.Width).Group.Padded);

    public override int Units => rows.Units;

    public override nuint WorkspaceBytes => (nuint)((shape.Groups + 10L) * rows.Group.Padded * sizeof(T)) + 12 * Arena.Alignment;

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        PaddedRows<T> group = rows.Group;
        int n = group.Padded;
        T* weights = arena.Take<T>(shape.Groups * n);
        T* xs = arena.Take<T>(n), zs = arena.Take<T>(n), gs = arena.Take<T>(n), dxs = arena.Take<T>(n), dzs = arena.Take<T>(n);
        T* qs = arena.Take<T>(n), hs = arena.Take<T>(n), gate = arena.Take<T>(n), slope = arena.Take<T>(n);
        rows.GatherWeight(inputs.Weight, weights);
        T* shares = sums.Share(unit);
        new Span<T>(shares, shape.Groups * n).Clear();
        bool gated = inputs.Z != null, gateLast = gated && shape.NormBeforeGate;
        T size = T.CreateTruncating(group.Columns);
        var (first, end) = rows.Unit(unit);
        for (nint r = first; r < end; r++)
        {
            for (int g = 0; g < shape.Groups; g++)
            {
                nint at = r * shape.Features + g * group.Columns;
                T* x = group.Read(inputs.X + r * (nint)inputs.XStride + g * group.Columns, xs), grad = group.Read(gradients.GradY + at, gs);
                T* w = weights + g * n, share = shares + g * n, q = x, h = grad;
                V squares = S.Zero, dots = S.Zero;
                if (gated)
                {
                    T* z = group.Read(inputs.Z + r * (nint)inputs.ZStride + g * group.Columns, zs);
                    T* product = gateLast ? hs : qs, factor = gateLast ? grad : x;
                    for (int j = 0; j < n; j += S.Width)
                    {
                        V open = Silu<S, T, V>.Of(S.Load(z + j), out V rise);
                        S.Store(gate + j, open);
                        S.Store(slope + j, rise);
                        S.Store(product + j, S.Multiply(S.Load(factor + j), open));
                    }

                    if (gateLast)
                        h = hs;
                    else
                        q = qs;
                }

                for (int j = 0; j < n; j += S.Width)
                {
                    V value = S.Load(q + j);
                    squares = S.MultiplyAdd(value, value, squares);
                    dots = S.MultiplyAdd(S.Multiply(S.Load(w + j), value), S.Load(h + j), dots);
                }

                T scale = T.One / T.Sqrt(S.Sum(squares) / size + T.CreateTruncating(shape.Epsilon));
                V rate = S.Broadcast(scale), pull = S.Broadcast(-scale * scale * scale * (S.Sum(dots) / size));
                T* toX = gradients.X + at, dx = group.Write(toX, dxs), toZ = gated ? gradients.Z + at : null, dz = gated ? group.Write(toZ, dzs) : null;
                for (int j = 0; j < n; j += S.Width)
                {
                    V value = S.Load(q + j), weight = S.Load(w + j), upstream = S.Load(h + j), normed = S.Multiply(value, rate);
                    S.Store(share + j, S.MultiplyAdd(upstream, normed, S.Load(share + j)));
                    V d = S.MultiplyAdd(S.Multiply(rate, weight), upstream, S.Multiply(value, pull));
                    if (gateLast)
                        S.Store(dz + j, S.Multiply(S.Multiply(S.Multiply(S.Load(grad + j), weight), normed), S.Load(slope + j)));
                    else if (gated)
                        S.Store(dz + j, S.Multiply(S.Multiply(d, S.Load(x + j)), S.Load(slope + j)));
                    S.Store(dx + j, gated && !gateLast ? S.Multiply(d, S.Load(gate + j)) : d);
                }

                group.Finish(dxs, toX);
                if (gated)
                    group.Finish(dzs, toZ);
            }
        }
    }

    public override void Finish()
    {
        PaddedRows<T> group = rows.Group;
        for (int feature = 0; feature < shape.Features; feature++)
            gradients.Weight[feature] = sums.Sum(feature / group.Columns * group.Padded + feature % group.Columns);
    }

    public override void Dispose() => sums.Dispose();
}
