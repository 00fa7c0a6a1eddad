using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The trapezoidal rule as weights of one plain pass. A step takes <c>β_t = (1 − λ_t)·dt_t</c> of the input of the step before it, at its own beginning; there
/// that input has just been added to the state, so it may as well be added with the weight <c>λ_s·dt_s + β_next(s)</c> at once. Only the output of
/// step s itself then counts <c>β_next(s)</c> too early, which is taken off again.
/// </summary>
/// <remarks>
/// Positions are counted from 1, position 0 being the step before the first. Where time does not pass a position is passed over: the step before it
/// stays "the step before", and whatever lies between two true steps sees the same state. Across a reset there is no step before.
/// </remarks>
/// <param name="Gain">Weight of each position's input in the plain pass, <c>(b, l, h)</c>.</param>
/// <param name="Early">Of positions 0 … l: the part of its weight that belongs to the next step, <c>(b, l + 1, h)</c>.</param>
/// <param name="Source">The true step whose input was the last before each output, itself included, <c>(b, l)</c> int64; null: each position its own.</param>
/// <param name="HasSource">1 where there is one in the same sequence, <c>(b, l)</c>; null: everywhere.</param>
internal sealed record Trapezoid(Tensor Gain, Tensor Early, Tensor? Source, Tensor? HasSource)
{
    /// <summary>Finds the weights.</summary>
    /// <param name="dt">Step sizes as used, <c>(b, l, h)</c>.</param>
    /// <param name="lambda"><c>(b, l, h)</c>.</param>
    /// <param name="elapsed"><c>(b, l)</c> or null.</param>
    /// <param name="runs">Number of the sequence, from 0 on, <c>(b, l)</c>, or null.</param>
    public static Trapezoid From(Tensor dt, Tensor lambda, Tensor? elapsed, Tensor? runs)
    {
        var (b, l, h) = (dt.shape[0], dt.shape[1], dt.shape[2]);
        var carried = (1 - lambda) * dt;                                    // β of each position
        if (elapsed is null && runs is null)
        {
            var shifted = cat([carried, zeros_like(carried.narrow(1, 0, 1))], 1);
            return new Trapezoid((lambda * dt) + shifted.narrow(1, 1, l), shifted, null, null);
        }

        var positions = arange(1, l + 1, ScalarType.Int64, dt.device).unsqueeze(0).expand(b, l);
        var none = zeros_like(positions);
        var source = elapsed is null ? positions : where(elapsed > 0, positions, none).cummax(1).Item1;
        var previous = cat([none.narrow(1, 0, 1), source.narrow(1, 0, l - 1)], 1);
        Tensor? hasSource = null;
        if (runs is not null)
        {
            var change = cat([none.narrow(1, 0, 1), (runs.narrow(1, 1, l - 1) != runs.narrow(1, 0, l - 1)).to_type(ScalarType.Int64)], 1);
            var start = (positions * change).cummax(1).Item1;               // 0 in the first sequence, to which position 0 belongs
            hasSource = (source >= start).to_type(dt.dtype);
            carried = carried * (previous >= start).to_type(dt.dtype).unsqueeze(-1);
        }

        var early = zeros(b, l + 1, h, dtype: dt.dtype, device: dt.device).scatter_add(1, previous.unsqueeze(-1).expand(b, l, h), carried);
        return new Trapezoid((lambda * dt) + early.narrow(1, 1, l), early, source, hasSource);
    }

    /// <summary>What the plain pass counts too early in each output: <c>EarlyWeight·x</c> of the source, <c>(b, l, h, p)</c>.</summary>
    /// <param name="weight">The result of <see cref="EarlyWeight"/>.</param>
    /// <param name="x">Values, <c>(b, l, h, p)</c>.</param>
    /// <param name="previousX">Those of position 0, <c>(b, h, p)</c>; null for none.</param>
    public Tensor CountedEarly(Tensor weight, Tensor x, Tensor? previousX) => weight.unsqueeze(-1) * AtSource(x, previousX);

    /// <summary><c>Early·(C_t·B_source)</c>, <c>(b, l, h)</c>. B and C may both be turned or neither: at the source of an output their phases are the same.</summary>
    /// <param name="b">Input maps, <c>(b, l, h, n)</c>.</param>
    /// <param name="c">Output maps, <c>(b, l, h, n)</c>.</param>
    /// <param name="previousB">B of position 0, <c>(b, h, n)</c>; null for none.</param>
    public Tensor EarlyWeight(Tensor b, Tensor c, Tensor? previousB)
    {
        var l = b.shape[1];
        var early = Source is null ? Early.narrow(1, 1, l) : Early.gather(1, Source.unsqueeze(-1).expand(b.shape[0], l, Early.shape[2]));
        if (HasSource is not null) early = early * HasSource.unsqueeze(-1);
        return early * (c * AtSource(b, previousB)).sum(-1);
    }

    /// <summary>A quantity at the last true step of each sequence in the batch, for the next call; 0 if there was none since a reset.</summary>
    public Tensor Last(Tensor t, Tensor? previous)
    {
        var l = t.shape[1];
        var last = AtSource(t, previous).select(1, l - 1);
        return HasSource is null ? last : last * HasSource.select(1, l - 1).to_type(t.dtype).reshape(-1, 1, 1);
    }

    private Tensor AtSource(Tensor t, Tensor? previous)
    {
        if (Source is null) return t;
        var (b, l, heads, width) = (t.shape[0], t.shape[1], t.shape[2], t.shape[3]);
        var first = previous?.to_type(t.dtype).unsqueeze(1) ?? zeros(b, 1, heads, width, dtype: t.dtype, device: t.device);
        return cat([first, t], 1).gather(1, Source.unsqueeze(-1).unsqueeze(-1).expand(b, l, heads, width));
    }
}
