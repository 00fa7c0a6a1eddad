using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Structure;

/// <summary>
/// Looks into a trained causal model at work: runs it over a window of a real series and measures, for each head, what it keeps, for how long, and
/// how much of its state it uses.
/// </summary>
/// <param name="folder">The model.</param>
public sealed class ModelInspector(ModelFolder folder)
{
    private const int FewestRows = 8;

    /// <summary>Inspects the model on a series.</summary>
    /// <param name="series">A series with the model's covariates.</param>
    /// <param name="options">Which window.</param>
    /// <exception cref="ModelFormatException">Not a causal model.</exception>
    /// <exception cref="DataException">The series is too short or lacks a column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option out of range.</exception>
    public InspectionReport Inspect(Series series, InspectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        options ??= new();
        options.Validate();
        var end = options.End ?? series.LastObserved + 1;
        if (end < 0 || end > series.Count) throw new ArgumentOutOfRangeException(nameof(options), $"the window ends at row {end}, but series '{series.Id}' has {series.Count} rows");
        var start = Math.Max(Math.Max(0, series.FirstObserved), end - options.Window);
        if (series.FirstObserved < 0 || end - start < FewestRows)
            throw new NotEnoughDataException($"series '{series.Id}' has {Math.Max(0, end - start)} rows from its first value to row {end}; an inspection needs {FewestRows} or more");
        var recurrences = WindowRecorder.Record(folder, series, start, end - start, options.WarmUp ?? folder.Config.Lookback);
        return new InspectionReport
        {
            Model = folder.Hash,
            Series = series.Id,
            Start = start,
            Length = end - start,
            From = series.Index.HasTimestamps ? series.Index[start] : null,
            To = series.Index.HasTimestamps ? series.Index[end - 1] : null,
            Layers = folder.Config.Layers,
            HeadsOfLayer = folder.Config.Block.Heads,
            StateSize = folder.Config.Block.DState,
            Heads = [.. recurrences.AsParallel().AsOrdered().Select(r => HeadAnalysis.Analyse(r, options.DisplaySize))],
        };
    }
}
