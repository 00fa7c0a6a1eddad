namespace SsdForecast.Runtime;

/// <summary>
/// Mean, σ and skip of the windows of consecutive positions by sums that slide, where a step computes them anew (<see cref="WindowStatistics"/>,
/// <see cref="SkipMap"/>). The sums are in float64, begin anew with each block of positions, and are of deviations from the mean where the block
/// begins. Where rounding could show nevertheless, as after a value far outside the others, the window is computed anew.
/// </summary>
internal ref struct SlidingWindow
{
    // Rounding may be this part of σ², and deviations in float32 have a mean square of so many σ².
    private const double Tolerance = 1e-9;
    private const double MaxSpread = 64;
    private const double Rounding = 1.2e-16;

    private readonly SkipMap _skip;
    private readonly int _lookback;
    private readonly Span<float> _values;
    private readonly Span<float> _deviations;
    private readonly Span<float> _centred;
    private readonly double _reference;
    private double _sum;
    private double _squares;
    private double _peak;
    private int _weighted;
    private int _end;

    /// <summary>Begins a block of positions.</summary>
    /// <param name="skip">The skip.</param>
    /// <param name="ring">The values up to the position before the block.</param>
    /// <param name="header">The state after it.</param>
    /// <param name="positions">Most positions.</param>
    /// <param name="scratch">Working memory, <see cref="ScratchLength"/>.</param>
    public SlidingWindow(SkipMap skip, ReadOnlySpan<float> ring, ref readonly StateHeader header, int positions, ref Scratch scratch)
    {
        (_skip, _lookback, _end, _weighted) = (skip, ring.Length, ring.Length, header.Weighted);
        _values = scratch.Take(_lookback + positions);
        _deviations = scratch.Take(_lookback + positions);
        _centred = scratch.Take(_lookback);
        var window = RecurrentStep.Newest(ring, in header, _values[.._lookback]);
        _reference = WindowStatistics.Mean(window);
        _squares = WindowStatistics.Centre(window, _reference, _deviations[(_lookback - window.Length).._lookback]) * window.Length;
        _peak = _squares;
    }

    /// <summary>Floats that a block takes from its scratch.</summary>
    public static int ScratchLength(int lookback, int positions) => (2 * PackedMatrix.Pad(lookback + positions)) + PackedMatrix.Pad(lookback);

    /// <summary>Takes the value that the header has taken last, and writes <c>μ</c>, <c>σ</c> and <c>s_0</c> of its window into the header.</summary>
    /// <param name="header">The state.</param>
    /// <param name="known">Scaled known covariates.</param>
    public void Advance(ref StateHeader header, ReadOnlySpan<float> known)
    {
        var k = header.Weighted;
        var d = header.Filled - _reference;
        _values[_end] = header.Filled;
        _deviations[_end] = (float)d;
        if (k > 0) Slide(d, k);
        _end++;
        var newest = (_end - k).._end;
        var (offset, square) = (_sum / Math.Max(k, 1), _squares / Math.Max(k, 1));
        var sigma = WindowStatistics.Sigma(Math.Max(0, square - (offset * offset)), k, _lookback);
        var rounding = Rounding * (_end - _lookback + 4) * _peak / Math.Max(k, 1);
        if (rounding > Tolerance * sigma * sigma || square > MaxSpread * sigma * sigma)
        {
            var centred = _centred[..k];
            header.WindowMean = WindowStatistics.Mean(_values[newest]);
            header.Sigma = WindowStatistics.Sigma(WindowStatistics.Centre(_values[newest], header.WindowMean, centred), k, _lookback);
            header.Skip = _skip.At(0, header.WindowMean, centred, known);
            return;
        }

        header.WindowMean = _reference + offset;
        header.Sigma = sigma;
        header.Skip = _skip.At(0, _reference, _deviations[newest], known) + (offset * (1 - _skip.FirstSum(k)));
    }

    private void Slide(double d, int k)
    {
        _sum += d;
        _squares += d * d;
        // The deviation is that of the sums: the value itself is float32.
        if (k == _weighted)
        {
            var left = _values[_end - k] - _reference;
            _sum -= left;
            _squares -= left * left;
        }

        _weighted = k;
        _peak = Math.Max(_peak, _squares);
    }
}
