namespace SsdForecast.Torch.Training.Exchange;

/// <summary>Gradients that are summed over processes together.</summary>
/// <param name="Layer">They are whole when the backward pass has come to the mark before this layer; −1 for the end of the pass.</param>
/// <param name="Ranges">Where they lie in <see cref="FlatParameters.Gradients"/>, ascending and apart from each other.</param>
internal sealed record GradientBucket(int Layer, IReadOnlyList<FlatRange> Ranges)
{
    /// <summary>Numbers in it.</summary>
    public long Length => Ranges.Sum(r => r.Length);

    /// <summary>
    /// The buckets of a network in the order in which they become whole: the matrices of the head, then those of the layers from the last to the first, as many together
    /// as make up a bucket. What remains is the last one: small parameters, embedding, skip and tallies.
    /// </summary>
    /// <param name="parameters">Parameters of a <see cref="Networks.ForecastNetwork"/>.</param>
    /// <param name="layers">Layers of its encoder.</param>
    /// <param name="least">Numbers that a bucket must have, but for the last; where there are no more in all, the whole is one.</param>
    public static IReadOnlyList<GradientBucket> Of(FlatParameters parameters, int layers, long least)
    {
        var matrices = parameters.Matrices.ToLookup(m => LayerOf(m.Name, layers), m => m.Range);
        var buckets = new List<GradientBucket>();
        var open = new List<FlatRange>();
        for (var layer = layers; layer >= 0; layer--)
        {
            open.AddRange(matrices[layer]);
            if (open.Count == 0 || open.Sum(r => r.Length) < least) continue;
            buckets.Add(new GradientBucket(layer, Joined(open)));
            open.Clear();
        }
        buckets.Add(new GradientBucket(-1, Rest(buckets, parameters.Gradients.numel())));
        return buckets;
    }

    /// <summary>The mark behind which a parameter is used first, by its key in the model folder (docs/model.md).</summary>
    private static int LayerOf(string name, int layers)
    {
        if (name.StartsWith("head.", StringComparison.Ordinal)) return layers;
        for (var i = 0; i < layers; i++)
            if (name.StartsWith($"backbone.layers.{i}.mixer.", StringComparison.Ordinal)) return i;
        return -1;
    }

    private static List<FlatRange> Joined(IEnumerable<FlatRange> ranges)
    {
        var joined = new List<FlatRange>();
        foreach (var range in ranges.OrderBy(r => r.Start))
        {
            if (joined.Count > 0 && joined[^1].End == range.Start) joined[^1] = joined[^1] with { Length = joined[^1].Length + range.Length };
            else joined.Add(range);
        }
        return joined;
    }

    private static List<FlatRange> Rest(IEnumerable<GradientBucket> taken, long length)
    {
        var rest = new List<FlatRange>();
        var end = 0L;
        foreach (var range in taken.SelectMany(b => b.Ranges).OrderBy(r => r.Start).Append(new FlatRange(length, 0)))
        {
            if (range.Start > end) rest.Add(new FlatRange(end, range.Start - end));
            end = range.End;
        }
        return rest;
    }
}
