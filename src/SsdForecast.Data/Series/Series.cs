using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace SsdForecast.Data;

/// <summary>
/// One time series: an index, a raw value a row (NaN where missing), and optionally covariates with a value a row and static covariates
/// with one value for the whole series.
/// </summary>
public sealed class Series
{
    /// <summary>Builds a series over the given arrays, which are not copied.</summary>
    /// <param name="id">The name of the series; not empty.</param>
    /// <param name="index">The times of the rows.</param>
    /// <param name="values">Raw values, one a row; NaN where missing. Infinite values are refused.</param>
    /// <param name="covariates">By column name, each with one value a row; NaN where missing.</param>
    /// <param name="statics">By column name, one value each; NaN where missing.</param>
    /// <exception cref="ArgumentException">Lengths differ, the id is empty, or a value is infinite.</exception>
    public Series(
        string id,
        TimeIndex index,
        double[] values,
        IReadOnlyDictionary<string, double[]>? covariates = null,
        IReadOnlyDictionary<string, double>? statics = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(values);
        CheckColumn(id, "y", index, values);
        foreach (var (name, column) in covariates ?? ReadOnlyDictionary<string, double[]>.Empty) CheckColumn(id, name, index, column);

        Id = id;
        Index = index;
        Values = values;
        Covariates = covariates ?? ReadOnlyDictionary<string, double[]>.Empty;
        Statics = statics ?? ReadOnlyDictionary<string, double>.Empty;
        (FirstObserved, LastObserved, ObservedCount) = Observed(values);
    }

    /// <summary>The name of the series.</summary>
    public string Id { get; }

    /// <summary>The times of the rows.</summary>
    public TimeIndex Index { get; }

    /// <summary>Raw values, length <see cref="Count"/>; NaN where missing. Treat as read-only.</summary>
    public double[] Values { get; }

    /// <summary>Covariates by column name, each of length <see cref="Count"/>; NaN where missing.</summary>
    public IReadOnlyDictionary<string, double[]> Covariates { get; }

    /// <summary>Static covariates by column name; NaN where missing.</summary>
    public IReadOnlyDictionary<string, double> Statics { get; }

    /// <summary>Number of rows, future rows with known covariates included.</summary>
    public int Count => Index.Count;

    /// <summary>The first row with a value; −1 if there is none.</summary>
    public int FirstObserved { get; }

    /// <summary>The last row with a value, which is where a forecast starts from; −1 if there is none.</summary>
    public int LastObserved { get; }

    /// <summary>Number of rows with a value.</summary>
    public int ObservedCount { get; }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1 as a series of their own; values are copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not all inside.</exception>
    public Series Slice(int start, int count)
    {
        var index = Index.Slice(start, count);
        var covariates = Covariates.ToImmutableDictionary(c => c.Key, c => c.Value.AsSpan(start, count).ToArray());
        return new Series(Id, index, Values.AsSpan(start, count).ToArray(), covariates, Statics);
    }

    private static void CheckColumn(string id, string name, TimeIndex index, double[] column)
    {
        if (column.Length != index.Count)
            throw new ArgumentException(
                $"Series '{id}': column '{name}' has {column.Length} values for {index.Count} rows.",
                nameof(column));
        var infinite = Array.FindIndex(column, double.IsInfinity);
        if (infinite >= 0) throw new ArgumentException($"Series '{id}': column '{name}' is infinite at row {infinite}.", nameof(column));
    }

    private static (int First, int Last, int Count) Observed(double[] values)
    {
        int first = -1, last = -1, count = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i])) continue;
            if (first < 0) first = i;
            last = i;
            count++;
        }

        return (first, last, count);
    }
}
