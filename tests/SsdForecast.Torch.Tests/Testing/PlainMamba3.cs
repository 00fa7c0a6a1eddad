using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests;

/// <summary>The recurrence with Mamba-3 options in float64 loops over numbers, complex where states turn: nothing of the operator's own code.</summary>
internal static class PlainMamba3
{
    public static (Tensor Y, Tensor FinalStates) Run(SsdInputs i)
    {
        var (batch, length, heads, p, n) = ((int)i.Batch, (int)i.Length, (int)i.Heads, (int)i.HeadDim, (int)i.StateSize);
        var y = new double[batch * length * heads * p];
        var final = new double[batch * heads * p * n];
        var (x, dt, a, bs, cs) = (Numbers(i.X), Numbers(i.Dt), Numbers(i.A), Numbers(i.B), Numbers(i.C));
        var (d, initial, elapsed, gain) = (Numbers(i.D), Numbers(i.InitialStates), Numbers(i.Elapsed), Numbers(i.Gain));
        var (lambda, rotation, previousB, previousX) = (Numbers(i.Lambda), Numbers(i.Rotation), Numbers(i.PreviousB), Numbers(i.PreviousX));
        var sequence = i.SequenceIndex?.data<long>().ToArray();
        int groups = (int)i.B.shape[2], pairs = (int)(i.Rotation?.shape[3] ?? 0), rotationGroups = (int)(i.Rotation?.shape[2] ?? 1);
        for (var b = 0; b < batch; b++)
            for (var h = 0; h < heads; h++)
                for (var q = 0; q < p; q++)
                {
                    var at = (((b * heads) + h) * p) + q;
                    var group = h / (heads / groups);
                    var state = new double[n];
                    for (var k = 0; k < n; k++) state[k] = initial?[(at * n) + k] ?? 0;
                    var before = new double[n];
                    for (var k = 0; k < n; k++) before[k] = previousB is null ? 0 : previousX![at] * previousB[(((b * groups) + group) * n) + k];
                    for (var t = 0; t < length; t++)
                    {
                        var token = (b * length) + t;
                        if (t > 0 && sequence is not null && sequence[token] != sequence[token - 1])
                        {
                            Array.Clear(state);
                            Array.Clear(before);
                        }
                        var step = dt![(token * heads) + h] * (elapsed?[token] ?? 1);
                        var share = lambda?[(token * heads) + h] ?? 1;
                        var input = x![(((token * heads) + h) * p) + q];
                        var weight = gain?[(token * heads) + h] ?? (share * step);
                        var sum = (d?[h] ?? 0) * input;
                        for (var k = 0; k < n; k++) state[k] += (1 - share) * step * before[k];
                        for (var k = 0; k < pairs; k++)
                        {
                            var omega = rotation![(((token * rotationGroups) + (h / (heads / rotationGroups))) * pairs) + k];
                            var turned = new System.Numerics.Complex(state[k], state[k + pairs]) * System.Numerics.Complex.FromPolarCoordinates(1, -step * omega);
                            (state[k], state[k + pairs]) = (turned.Real, turned.Imaginary);
                        }
                        for (var k = 0; k < n; k++)
                        {
                            var map = ((token * groups) + group) * n;
                            state[k] = (Math.Exp(step * a![h]) * state[k]) + (weight * input * bs![map + k]);
                            sum += state[k] * cs![map + k];
                            if (elapsed is null || elapsed[token] > 0) before[k] = input * bs[map + k];
                        }
                        y[(((token * heads) + h) * p) + q] = sum;
                    }
                    state.CopyTo(final, at * n);
                }
        return (tensor(y).reshape(batch, length, heads, p), tensor(final).reshape(batch, heads, p, n));
    }

    private static double[]? Numbers(Tensor? t) => t?.detach().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
}
