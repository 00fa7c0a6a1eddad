namespace SsdForecast.Runtime.Tests.Kernels;

public class StepKernelsTests
{
    private static float[] Numbers(int n, int seed, float range = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => range * ((random.NextSingle() * 2) - 1))];
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(64, 1)]
    [InlineData(48, 4)]
    [InlineData(21, 3)]
    public void RmsNorm_normalises_each_group(int length, int groups)
    {
        var (x, w) = (Numbers(length, 1), Numbers(length, 2));
        var y = new float[length];
        StepKernels.RmsNorm(x, w, 1e-5f, y, groups);
        var expected = ReferenceBlock.RmsNorm([.. x], [.. w], 1e-5, groups);
        Assert.InRange(RelativeError.Of(y.Select(v => (double)v), expected), 0, 5e-7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(37)]
    public void Gate_multiplies_by_SiLU(int length)
    {
        var (z, y) = (Numbers(length, 3, 12), Numbers(length, 4));
        double[] expected = [.. z.Zip(y, (a, b) => (double)b * a / (1 + Math.Exp(-a)))];
        StepKernels.Gate(z, y);
        Assert.InRange(RelativeError.Of(y.Select(v => (double)v), expected), 0, 5e-7);
    }

    [Fact]
    public void Time_steps_keep_their_digits_where_softplus_is_small()
    {
        // dt of 1e-3 to 0.1 is where models begin; log(1 + exp(x)) in float32 would be off by 1e-4 there.
        float[] raw = [.. Enumerable.Range(0, 512).Select(i => -30 + (i * 60f / 511))];
        var (dt, decay) = ((float[])raw.Clone(), new float[512]);
        StepKernels.TimeStep(dt, new float[512], [.. Enumerable.Repeat(-0.5f, 512)], 0, float.PositiveInfinity, 1, decay);
        for (var i = 0; i < raw.Length; i++)
        {
            // log1p in float64: log(u)·e/(u − 1).
            var e = Math.Exp(-Math.Abs((double)raw[i]));
            var u = 1 + e;
            var exact = Math.Max(0.0, raw[i]) + (u == 1 ? e : Math.Log(u) * e / (u - 1));
            Assert.InRange(dt[i] / exact, 1 - 1e-6, 1 + 1e-6);
            Assert.InRange(decay[i] / Math.Exp(-0.5 * exact), 1 - 2e-6, 1 + 2e-6);
        }
    }

    [Fact]
    public void Time_steps_are_limited_and_then_scaled_by_the_clock()
    {
        var (dt, decay) = (new float[16], new float[16]);
        (dt[0], dt[1]) = (-20, 20);
        StepKernels.TimeStep(dt, new float[16], new float[16], 0.01f, 0.5f, 3, decay);
        Assert.Equal(0.03f, dt[0], 1e-6);
        Assert.Equal(1.5f, dt[1], 1e-6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(4, 96)]
    [InlineData(5, 33)]
    public void ConvSilu_is_a_causal_convolution(int width, int channels)
    {
        var (weight, bias) = (Numbers(width * channels, 5), Numbers(channels, 6));
        var history = new float[(width - 1) * channels];
        var inputs = Enumerable.Range(0, 9).Select(t => Numbers(channels, 100 + t)).ToArray();
        var y = new float[channels];
        for (var t = 0; t < inputs.Length; t++)
        {
            StepKernels.ConvSilu(inputs[t], history, weight, bias, y);
            for (var c = 0; c < channels; c++)
            {
                double sum = bias[c];
                for (var k = 0; k < width; k++)
                    if (t - (width - 1 - k) is >= 0 and var past) sum += (double)weight[(k * channels) + c] * inputs[past][c];
                Assert.Equal(sum / (1 + Math.Exp(-sum)), y[c], 1e-5);
            }
        }
    }
}
