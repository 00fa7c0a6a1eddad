namespace SsdForecast.Runtime.Tests.Kernels;

public class SsmStepKernelTests
{
    // The first few fill whole vectors, the others do not.
    [Theory]
    [InlineData(16, 16, 4, 1)]
    [InlineData(16, 32, 8, 2)]
    [InlineData(32, 64, 4, 4)]
    [InlineData(48, 16, 2, 1)]
    [InlineData(8, 32, 4, 2)]
    [InlineData(16, 20, 4, 2)]
    [InlineData(5, 3, 2, 1)]
    public void A_step_is_that_of_plain_loops(int headDim, int stateSize, int heads, int groups)
    {
        var random = new Random(headDim + stateSize);
        float[] Numbers(int n) => [.. Enumerable.Range(0, n).Select(_ => (2 * random.NextSingle()) - 1)];
        var config = new BlockConfig { DModel = headDim * heads, Expand = 1, HeadDim = headDim, DState = stateSize, NGroups = groups };
        config.Validate();
        var (xbc, dt, decay, d, state) = (Numbers(config.ConvDim), Numbers(heads), Numbers(heads), Numbers(heads), Numbers(config.DInner * stateSize));
        var (before, y) = ((float[])state.Clone(), new float[config.DInner]);
        SsmStepKernel.Step(config, xbc, dt, decay, d, state, y);
        for (var i = 0; i < heads; i++)
        {
            var b = config.DInner + (i / (heads / groups) * stateSize);
            var c = b + (groups * stateSize);
            for (var p = 0; p < headDim; p++)
            {
                var row = (i * headDim) + p;
                double sum = (double)d[i] * xbc[row];
                for (var k = 0; k < stateSize; k++)
                {
                    var h = ((double)decay[i] * before[(row * stateSize) + k]) + ((double)dt[i] * xbc[row] * xbc[b + k]);
                    Assert.Equal(h, state[(row * stateSize) + k], 1e-6);
                    sum += h * xbc[c + k];
                }

                Assert.Equal(sum, y[row], 1e-5);
            }
        }
    }
}
