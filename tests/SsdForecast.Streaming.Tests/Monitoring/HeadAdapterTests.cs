using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace SsdForecast.Streaming.Tests;

public class HeadAdapterTests
{
    private const int Width = 6;

    [Fact]
    public void Without_forgetting_it_is_ridge_regression()
    {
        var (adapter, random) = (new HeadAdapter(Width, 1, 10), new Random(1));
        var state = new float[adapter.StateLength];
        adapter.Initialize(state);
        var p0 = Matrix<double>.Build.DenseIdentity(Width + 1) * (0.1 / (Width + 1));
        var (information, moment) = (p0.Inverse(), Vector<double>.Build.Dense(Width + 1));
        for (var t = 0; t < 3000; t++)
        {
            var (e, error) = Sample(random);
            adapter.Update(state, e, error);
            var phi = Vector<double>.Build.DenseOfEnumerable(e.Select(x => (double)x).Append(1));
            information += phi.OuterProduct(phi);
            moment += phi * error;
        }

        var expected = information.Solve(moment);
        var actual = state.AsSpan((Width + 1) * (Width + 1), Width + 1);
        for (var i = 0; i <= Width; i++) Assert.Equal(expected[i], actual[i], 1e-4);
    }

    [Fact]
    public void It_improves_a_biased_head_and_is_never_applied_to_a_right_one_for_long()
    {
        var adapter = new HeadAdapter(Width, 0.999, 10);
        var (biased, right) = (new float[adapter.StateLength], new float[adapter.StateLength]);
        adapter.Initialize(biased);
        adapter.Initialize(right);
        var random = new Random(2);
        double before = 0, after = 0, harmless = 0, plain = 0;
        for (var t = 0; t < 20_000; t++)
        {
            var (e, error) = Sample(random);
            var noise = Normal.Sample(random, 0, 0.3);
            if (t >= 10_000)
            {
                before += Math.Abs(error);
                after += Math.Abs(error - adapter.Shift(biased, e));
                plain += Math.Abs(noise);
                harmless += Math.Abs(noise - adapter.Shift(right, e));
            }

            adapter.Update(biased, e, error);
            adapter.Update(right, e, noise);
        }

        Assert.InRange(after / before, 0, 0.6);
        Assert.InRange(harmless / plain, 0, 1.005);
    }

    [Fact]
    public void A_stream_that_visits_one_direction_only_does_not_wind_up_and_the_shift_is_bounded()
    {
        var adapter = new HeadAdapter(Width, 0.95, 0.5);
        var state = new float[adapter.StateLength];
        adapter.Initialize(state);
        float[] one = [1, 0, 0, 0, 0, 0];
        for (var t = 0; t < 100_000; t++) adapter.Update(state, one, 3);
        Assert.All(state, x => Assert.True(float.IsFinite(x) && Math.Abs(x) < 100));
        Assert.Equal(0.5, adapter.Shift(state, one));
        Assert.Equal(0.5, Math.Abs(adapter.Shift(state, [1e6f, 1e6f, 0, 0, 0, 0])));
    }

    private static (float[] Encoded, double Error) Sample(Random random)
    {
        float[] e = [.. Enumerable.Range(0, Width).Select(_ => (float)Normal.Sample(random, 0, 1))];
        return (e, (0.8 * e[0]) - (0.3 * e[3]) + 0.2 + Normal.Sample(random, 0, 0.3));
    }
}
