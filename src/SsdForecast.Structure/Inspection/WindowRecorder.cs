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
        var steps = new HeadDrive[folder.Config.Layers, length];
        var phases = Enumerable.Range(0, folder.Config.Layers).Select(_ => new double[block.Heads, block.Angles]).ToArray();
        for (var t = Math.Max(0, start - warmUp); t < start + length; t++)
        {
            model.Observe(events.At(t));
            for (var layer = 0; layer < folder.Config.Layers && t >= start; layer++) steps[layer, t - start] = HeadDrive.Of(model.Blocks[layer], phases[layer]);
        }

        return [.. from layer in Enumerable.Range(0, folder.Config.Layers)
                   from head in Enumerable.Range(0, block.Heads)
                   select Recurrence(folder, layer, head, [.. Enumerable.Range(0, length).Select(t => steps[layer, t])])];
    }

    private static HeadRecurrence Recurrence(ModelFolder folder, int layer, int head, HeadDrive[] steps)
    {
        var n = folder.Config.Block.DState;
        double Weight(string name) => folder.Weights.Float64($"backbone.layers.{layer}.mixer.{name}")[head];
        var a = -Math.Exp(Weight("A_log"));
        double[] dt = [.. steps.Select(s => s.TimeStep[head])];
        var (b, c) = (new double[steps.Length, n], new double[steps.Length, n]);
        for (var t = 0; t < steps.Length; t++)
        {
            // With the trapezoidal rule the next step takes its part of this input at its own beginning, which is now.
            var weight = steps[t].Share[head] * dt[t];
            if (t + 1 < steps.Length) weight += (1 - steps[t + 1].Share[head]) * dt[t + 1];
            for (var k = 0; k < n; k++) (b[t, k], c[t, k]) = (weight * steps[t].B[head][k], steps[t].C[head][k]);
        }

        return new HeadRecurrence(layer, head, a, Weight("D"), dt, DiagonalSsm.Scalar([.. dt.Select(d => Math.Exp(d * a))], b, c));
    }

    /// <summary>What drove the heads of a layer in one step; B and C turned by the phase since the window began.</summary>
    private sealed record HeadDrive(double[] TimeStep, double[] Share, double[][] B, double[][] C)
    {
        public static HeadDrive Of(ReferenceBlock block, double[,] phases)
        {
            double[][] Turned(double[][] maps) => [.. maps.Select((map, head) =>
            {
                double[] turned = [.. map];
                ReferenceBlock.Turn(turned, [.. Enumerable.Range(0, phases.GetLength(1)).Select(k => phases[head, k])]);
                return turned;
            })];
            for (var head = 0; head < phases.GetLength(0); head++)
                for (var k = 0; k < phases.GetLength(1); k++) phases[head, k] += block.Angles[head][k];
            return new HeadDrive(block.TimeStep, block.Share, Turned(block.InputMaps), Turned(block.OutputMaps));
        }
    }
}
