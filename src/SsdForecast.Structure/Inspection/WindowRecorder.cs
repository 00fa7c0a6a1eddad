using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Structure;

/// <summary>
/// Runs a causal model over a series in float64 (<see cref="ReferenceRecurrence"/>) and writes down what drove its heads: the recurrences of a
/// window.
/// </summary>
public static class WindowRecorder
{
    /// <summary>The recurrences of every head, layers first.</summary>
    /// <param name="folder">A causal model.</param>
    /// <param name="series">A series with the model's covariates.</param>
    /// <param name="start">First row of the window.</param>
    /// <param name="length">Rows of the window, 1 or more.</param>
    /// <param name="warmUp">Rows before it that the model sees first, as far as the series has them.</param>
    /// <exception cref="ModelFormatException">Not a causal model.</exception>
    /// <exception cref="DataException">The series lacks a column.</exception>
    public static IReadOnlyList<HeadRecurrence> Record(ModelFolder folder, Series series, int start, int length, int warmUp = 0)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(series);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, series.Count - start);
        if (folder.Config.Kind != ForecasterKind.Causal)
            throw new ModelFormatException(ModelFolder.ConfigFile, "kind direct reads a whole window and has no recurrence to inspect; inspect a causal model");
        var events = new SeriesEvents(series, folder.Preprocessor, folder.Config.Horizon);
        var model = new ReferenceRecurrence(folder, series.Id);
        var block = folder.Config.Block;
        var steps = new (double[] TimeStep, double[] Convolved)[folder.Config.Layers, length];
        for (var t = Math.Max(0, start - warmUp); t < start + length; t++)
        {
            model.Observe(events.At(t));
            for (var layer = 0; layer < folder.Config.Layers && t >= start; layer++)
                steps[layer, t - start] = (model.Blocks[layer].TimeStep, model.Blocks[layer].Convolved);
        }

        return [.. from layer in Enumerable.Range(0, folder.Config.Layers)
                   from head in Enumerable.Range(0, block.Heads)
                   select Recurrence(folder, layer, head, [.. Enumerable.Range(0, length).Select(t => steps[layer, t])])];
    }

    private static HeadRecurrence Recurrence(ModelFolder folder, int layer, int head, (double[] TimeStep, double[] Convolved)[] steps)
    {
        var block = folder.Config.Block;
        double Weight(string name) => folder.Weights.Float64($"backbone.layers.{layer}.mixer.{name}")[head];
        var a = -Math.Exp(Weight("A_log"));
        double[] dt = [.. steps.Select(s => s.TimeStep[head])];
        // Where the head's group begins in x | B | C.
        var atB = block.DInner + (head / (block.Heads / block.NGroups) * block.DState);
        var atC = atB + (block.NGroups * block.DState);
        var (b, c) = (new double[steps.Length, block.DState], new double[steps.Length, block.DState]);
        for (var t = 0; t < steps.Length; t++)
        {
            for (var n = 0; n < block.DState; n++)
            {
                b[t, n] = dt[t] * steps[t].Convolved[atB + n];
                c[t, n] = steps[t].Convolved[atC + n];
            }
        }

        return new HeadRecurrence(layer, head, a, Weight("D"), dt, DiagonalSsm.Scalar([.. dt.Select(d => Math.Exp(d * a))], b, c));
    }
}
