using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests;

/// <summary>Relative errors, ‖a − b‖/‖b‖.</summary>
internal static class Close
{
    /// <summary>‖a − b‖/‖b‖; where ‖b‖ is below <paramref name="floor"/>, ‖a − b‖/floor.</summary>
    public static double Error(Tensor actual, Tensor expected, double floor = 0)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var (a, b) = (actual.to_type(ScalarType.Float64), expected.to_type(ScalarType.Float64));
        Assert.True(a.isfinite().all().item<bool>(), "a result is not finite");
        var size = b.norm().item<double>();
        var difference = (a - b).norm().item<double>();
        return difference == 0 ? 0 : difference / Math.Max(size, floor);
    }

    public static void Within(double tolerance, Tensor actual, Tensor expected, string what, double floor = 0)
    {
        var error = Error(actual, expected, floor);
        Assert.True(error <= tolerance, $"{what}: relative error {error:e2} over {tolerance:e1}");
    }

    /// <summary>
    /// What the gradient of A is judged beside: it is a sum over steps of <c>dt</c> times something of the size of the data, and where a step is long
    /// enough to forget everything (<c>dt·A</c> to −1e3) those terms cancel to 1e-300 or nothing.
    /// </summary>
    public static double SizeOfTerms(Tensor dt) => Math.Max(1, dt.detach().abs().max().to_type(ScalarType.Float64).item<double>());

    /// <summary>Outputs, final state and the gradients of every leaf, under random upstream gradients; that of y is rounded to <paramref name="storage"/> where given.</summary>
    public static Dictionary<string, Tensor> Everything(Func<SsdInputs> inputs, SsdOptions options, ScalarType? storage = null)
    {
        var operands = inputs();
        var output = SsdOperator.Run(operands, options);
        var (y, final) = output;
        manual_seed(7);
        var loss = (y * Upstream(y, storage)).sum() + (final * Upstream(final)).sum();
        loss.backward();
        var results = new Dictionary<string, Tensor> { ["y"] = y, ["final"] = final };
        if (output.LastB is { } lastB) (results["lastB"], results["lastX"]) = (lastB, output.LastX!);
        foreach (var (name, leaf) in Leaves(operands))
            results["d" + name] = leaf.grad ?? zeros_like(leaf);
        return results;
    }

    /// <summary>The same numbers whatever the dtype and the strides.</summary>
    private static Tensor Upstream(Tensor like, ScalarType? storage = null)
        => randn(like.shape, dtype: ScalarType.Float64).to_type(storage ?? like.dtype).to_type(like.dtype).to(like.device);

    public static IEnumerable<(string Name, Tensor Leaf)> Leaves(SsdInputs i)
        => new (string, Tensor?)[] { ("X", i.X), ("Dt", i.Dt), ("A", i.A), ("B", i.B), ("C", i.C), ("D", i.D), ("DtBias", i.DtBias), ("Initial", i.InitialStates),
            ("Gain", i.Gain), ("Lambda", i.Lambda), ("Rotation", i.Rotation), ("PreviousB", i.PreviousB), ("PreviousX", i.PreviousX) }
            .Where(p => p.Item2 is not null).Select(p => (p.Item1, p.Item2!));
}
