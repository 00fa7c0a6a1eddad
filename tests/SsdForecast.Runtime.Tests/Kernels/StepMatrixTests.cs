using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Runtime.Tests.Kernels;

public class StepMatrixTests
{
    [Fact]
    public void A_vector_among_many_gets_the_bits_that_it_gets_alone() =>
        Prop.ForAll(Sizes(), size =>
        {
            var (matrix, x, start, count, stride) = Problem(size);
            var many = new float[StepMatrix.PadCount(count) * matrix.PaddedRows];
            var sums = (float[])start.Clone();
            matrix.MultiplyMany(x, stride, many, matrix.PaddedRows, count);
            matrix.AccumulateMany(x, stride, sums, matrix.PaddedRows, count);
            for (var v = 0; v < count; v++)
            {
                var one = new float[matrix.PaddedRows];
                var sum = start.AsSpan(v * matrix.PaddedRows, matrix.PaddedRows).ToArray();
                matrix.Multiply(x.AsSpan(v * stride), one);
                matrix.Accumulate(x.AsSpan(v * stride), sum);
                Assert.Equal(one, many[(v * matrix.PaddedRows)..((v + 1) * matrix.PaddedRows)]);
                Assert.Equal(sum, sums[(v * matrix.PaddedRows)..((v + 1) * matrix.PaddedRows)]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Some_rows_are_those_of_the_whole_product() =>
        Prop.ForAll(Sizes(), size =>
        {
            var (matrix, x, _, count, stride) = Problem(size);
            var random = new Random(size.Seed);
            var first = random.Next(matrix.Rows);
            var end = random.Next(first, matrix.Rows) + 1;
            var (whole, part) = (new float[StepMatrix.PadCount(count) * matrix.PaddedRows], new float[StepMatrix.PadCount(count) * matrix.PaddedRows]);
            matrix.MultiplyMany(x, stride, whole, matrix.PaddedRows, count);
            matrix.MultiplyMany(x, stride, part, matrix.PaddedRows, count, first, end);
            for (var v = 0; v < count; v++)
            {
                var from = v * matrix.PaddedRows;
                Assert.Equal(whole[(from + first)..(from + end)], part[(from + first)..(from + end)]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Short_buffers_are_refused_and_not_overrun()
    {
        var matrix = new PackedMatrix(17, 3, new float[51]);
        Assert.Throws<ArgumentException>(() => matrix.MultiplyMany(new float[5 * 3], 3, new float[6 * 32], 32, 4));
        Assert.Throws<ArgumentException>(() => matrix.MultiplyMany(new float[6 * 3], 3, new float[(6 * 32) - 1], 32, 4));
    }

    private static Arbitrary<(int Rows, int Columns, int Count, int Seed)> Sizes() =>
        (from rows in Gen.Choose(1, 200) from columns in Gen.Choose(1, 70) from count in Gen.Choose(1, 20) from seed in Gen.Choose(0, 1 << 30) select (rows, columns, count, seed)).ToArbitrary();

    private static (StepMatrix Matrix, float[] X, float[] Start, int Count, int Stride) Problem((int Rows, int Columns, int Count, int Seed) size)
    {
        var random = new Random(size.Seed);
        float[] Numbers(int n) => [.. Enumerable.Range(0, n).Select(_ => (random.NextSingle() * 2) - 1)];
        var format = size.Seed % 2 == 0 ? WeightFormat.Float32 : WeightFormat.Int8;
        var matrix = StepMatrix.Create(format, size.Rows, size.Columns, Numbers(size.Rows * size.Columns), Numbers(size.Rows));
        var stride = size.Columns + random.Next(5);
        var padded = StepMatrix.PadCount(size.Count);
        return (matrix, Numbers(padded * stride), Numbers(padded * matrix.PaddedRows), size.Count, stride);
    }
}
