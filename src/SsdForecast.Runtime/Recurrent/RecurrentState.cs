namespace SsdForecast.Runtime;

/// <summary>
/// The state of one series under one <see cref="RecurrentModel"/>: all that the past can still change. A flat array of
/// <see cref="RecurrentModel.StateLength"/> floats; not safe for two threads at once.
/// </summary>
public sealed class RecurrentState
{
    private readonly StateLayout _layout;

    internal RecurrentState(RecurrentModel model, string seriesId, float[] values)
    {
        Model = model;
        SeriesId = seriesId;
        Values = values;
        _layout = model.Layout;
    }

    /// <summary>The series.</summary>
    public string SeriesId { get; }

    /// <summary>Events taken so far, missing values included.</summary>
    public long Count => _layout.Header((ReadOnlySpan<float>)Values).Count;

    /// <summary>Time of the last event; <see cref="DateTime.MinValue"/> before the first one.</summary>
    public DateTime LastTime => new(_layout.Header((ReadOnlySpan<float>)Values).LastTicks);

    internal RecurrentModel Model { get; }

    internal float[] Values { get; }
}
