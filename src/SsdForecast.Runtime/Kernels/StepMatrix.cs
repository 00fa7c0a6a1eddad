namespace SsdForecast.Runtime;

/// <summary>
/// A constant matrix, packed for <c>y = W x + b</c> and <c>y += W x</c> with one vector or with many. A vector among many gets the same bits as
/// alone, whatever its place.
/// </summary>
internal abstract class StepMatrix
{
    /// <summary>Vectors that are multiplied at a time where there are many: buffers for many hold a multiple of it.</summary>
    public const int Group = 6;

    /// <summary>Sizes.</summary>
    protected StepMatrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        PaddedRows = PackedMatrix.Pad(rows);
    }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary><see cref="Rows"/> up to a multiple of <see cref="PackedMatrix.BlockRows"/>.</summary>
    public int PaddedRows { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long WeightBytes { get; }

    /// <summary>Packs a row-major matrix.</summary>
    /// <param name="format">How its weights are held.</param>
    /// <param name="rows">Rows of <paramref name="weight"/>.</param>
    /// <param name="columns">Columns of <paramref name="weight"/>.</param>
    /// <param name="weight">Row-major, <c>(rows, columns)</c>.</param>
    /// <param name="bias">One number a row, or empty for none.</param>
    public static StepMatrix Create(WeightFormat format, int rows, int columns, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias = default) =>
        format == WeightFormat.Int8 ? new Int8Matrix(rows, columns, weight, bias) : new PackedMatrix(rows, columns, weight, bias);

    /// <summary><paramref name="count"/> up to a multiple of <see cref="Group"/>.</summary>
    public static int PadCount(int count) => (count + Group - 1) / Group * Group;

    /// <summary><c>y = W x + b</c>.</summary>
    /// <param name="x">At least <see cref="Columns"/> numbers.</param>
    /// <param name="y">At least <see cref="PaddedRows"/> numbers.</param>
    public abstract void Multiply(ReadOnlySpan<float> x, Span<float> y);

    /// <summary><c>y = y + W x</c>, without the bias.</summary>
    /// <param name="x">At least <see cref="Columns"/> numbers.</param>
    /// <param name="y">At least <see cref="PaddedRows"/> numbers.</param>
    public abstract void Accumulate(ReadOnlySpan<float> x, Span<float> y);

    /// <summary><see cref="Multiply"/> for many vectors.</summary>
    /// <param name="x">Vectors at a distance of <paramref name="strideX"/>, room for <see cref="PadCount"/> of them.</param>
    /// <param name="strideX">At least <see cref="Columns"/>.</param>
    /// <param name="y">Results at a distance of <paramref name="strideY"/>, room for <see cref="PadCount"/>; those past <paramref name="count"/> are overwritten.</param>
    /// <param name="strideY">At least <see cref="PaddedRows"/>.</param>
    /// <param name="count">Number of vectors.</param>
    /// <param name="ahead">Memory to fetch meanwhile, or null.</param>
    public void MultiplyMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, FetchAhead? ahead = null) =>
        MultiplyMany(x, strideX, y, strideY, count, 0, Rows, ahead);

    /// <summary>The same for some rows only: at least those from <paramref name="firstRow"/> up to <paramref name="endRow"/>, the others as they were or computed too.</summary>
    /// <inheritdoc cref="MultiplyMany(ReadOnlySpan{float}, int, Span{float}, int, int, FetchAhead?)"/>
    public abstract void MultiplyMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, int firstRow, int endRow, FetchAhead? ahead = null);

    /// <summary><see cref="Accumulate"/> for many vectors.</summary>
    /// <inheritdoc cref="MultiplyMany(ReadOnlySpan{float}, int, Span{float}, int, int, FetchAhead?)"/>
    public abstract void AccumulateMany(ReadOnlySpan<float> x, int strideX, Span<float> y, int strideY, int count, FetchAhead? ahead = null);

    /// <summary>Checks the buffers of many vectors: below, pointers run over these lengths.</summary>
    /// <exception cref="ArgumentException">A buffer is too short.</exception>
    protected void CheckMany(int lengthX, int strideX, int lengthY, int strideY, int count)
    {
        long last = PadCount(count) - 1;
        if (lengthX < (last * strideX) + Columns) throw new ArgumentException($"{lengthX} numbers do not hold {last + 1} vectors of {Columns} at a distance of {strideX}");
        if (lengthY < (last * strideY) + PaddedRows) throw new ArgumentException($"{lengthY} numbers do not hold {last + 1} results of {PaddedRows} at a distance of {strideY}");
    }
}
