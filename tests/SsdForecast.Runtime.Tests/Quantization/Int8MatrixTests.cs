using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Runtime.Tests.Quantization;

public class Int8MatrixTests
{
    [Fact]
    public void Products_lie_within_their_proven_bound() =>
        Prop.ForAll(Gen.Choose(1, 150).ToArbitrary(), Gen.Choose(1, 600).ToArbitrary(), (rows, columns) =>
        {
            var random = new Random((rows * 1000) + columns);
            float[] Numbers(int n, double scale) => [.. Enumerable.Range(0, n).Select(_ => (float)(scale * ((random.NextDouble() * 2) - 1) * Math.Exp(2 * random.NextDouble())))];
            var (weight, bias, x) = (Numbers(rows * columns, 0.1), Numbers(rows, 1), Numbers(columns, 3));
            var matrix = new Int8Matrix(rows, columns, weight, bias);
            var y = new float[matrix.PaddedRows];
            matrix.Multiply(x, y);
            var worst = 0.0;
            for (var r = 0; r < rows; r++)
            {
                double product = bias[r], size = Math.Abs(bias[r]);
                for (var c = 0; c < columns; c++)
                {
                    product += (double)weight[(r * columns) + c] * x[c];
                    size += Math.Abs((double)weight[(r * columns) + c] * x[c]);
                }

                var bound = matrix.ErrorBound(r, x);
                Assert.InRange(Math.Abs(product - y[r]), 0, bound + (1e-6 * size));
                // A bound that says nothing would pass as well.
                worst = Math.Max(worst, bound / size);
            }

            Assert.InRange(worst, 0, 0.2);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whole_numbers_come_out_exactly()
    {
        // The largest weight of a row is 127 and the largest input 1, so that both scales are those of the numbers given.
        var random = new Random(3);
        float[] weight = [.. Enumerable.Range(0, 20 * 9).Select(i => i % 9 == 0 ? 127f : random.Next(-127, 128))];
        float[] x = [.. Enumerable.Range(0, 9).Select(i => i == 4 ? 32767f : random.Next(-32767, 32768))];
        var matrix = new Int8Matrix(20, 9, weight);
        var y = new float[matrix.PaddedRows];
        matrix.Multiply(x, y);
        for (var r = 0; r < 20; r++)
        {
            long sum = 0;
            for (var c = 0; c < 9; c++) sum += (long)weight[(r * 9) + c] * (long)x[c];
            Assert.Equal((float)sum, y[r]);
        }
    }

    [Fact]
    public void Zeros_give_the_bias()
    {
        var matrix = new Int8Matrix(2, 3, [0, 0, 0, 1, 2, 3], [5, 7]);
        var y = new float[matrix.PaddedRows];
        matrix.Multiply([1, 2, 3], y);
        Assert.Equal(5, y[0]);
        matrix.Multiply([0, 0, 0], y);
        Assert.Equal([5f, 7f], y[..2]);
    }

    [Fact]
    public void Weights_take_a_quarter_of_the_memory()
    {
        var weight = new float[336 * 64];
        var (exact, rounded) = (new PackedMatrix(336, 64, weight), new Int8Matrix(336, 64, weight));
        Assert.InRange((double)rounded.WeightBytes / exact.WeightBytes, 0.25, 0.3);
    }
}
