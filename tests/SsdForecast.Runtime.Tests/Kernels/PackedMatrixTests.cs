using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Runtime.Tests.Kernels;

public class PackedMatrixTests
{
    [Fact]
    public void Products_are_those_of_plain_loops_for_all_sizes() =>
        Prop.ForAll(Gen.Choose(1, 200).ToArbitrary(), Gen.Choose(1, 70).ToArbitrary(), (rows, columns) =>
        {
            var random = new Random((rows * 1000) + columns);
            float[] Numbers(int n) => [.. Enumerable.Range(0, n).Select(_ => (random.NextSingle() * 2) - 1)];
            var (weight, bias, x) = (Numbers(rows * columns), Numbers(rows), Numbers(columns));
            var matrix = new PackedMatrix(rows, columns, weight, bias);
            var y = new float[matrix.PaddedRows];
            matrix.Multiply(x, y);
            var start = Numbers(matrix.PaddedRows);
            var sum = (float[])start.Clone();
            matrix.Accumulate(x, sum);
            for (var r = 0; r < rows; r++)
            {
                double product = 0;
                for (var c = 0; c < columns; c++) product += (double)weight[(r * columns) + c] * x[c];
                Assert.Equal(product + bias[r], y[r], 1e-5);
                Assert.Equal(product + start[r], sum[r], 1e-5);
            }

            Assert.Equal(start[rows..], sum[rows..]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_short_span_is_refused_and_not_overrun()
    {
        var matrix = new PackedMatrix(17, 3, new float[51]);
        Assert.ThrowsAny<ArgumentException>(() => matrix.Multiply(new float[3], new float[31]));
        Assert.ThrowsAny<ArgumentException>(() => matrix.Multiply(new float[2], new float[32]));
    }
}
