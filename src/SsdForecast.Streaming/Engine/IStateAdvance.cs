using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// How states are brought forward. The one place where stepping can be exchanged for another way to the same state; whatever it is, the same
/// events must lead to the same bits, or an engine that was restored would differ from one that was not.
/// </summary>
internal interface IStateAdvance
{
    /// <summary>Takes events that have been checked, in order.</summary>
    void Take(string seriesId, Span<float> state, ReadOnlySpan<Observation> events);
}

/// <summary>One step after another.</summary>
internal sealed class SingleSteps(RecurrentModel model) : IStateAdvance
{
    public void Take(string seriesId, Span<float> state, ReadOnlySpan<Observation> events)
    {
        foreach (ref readonly var e in events) model.Observe(seriesId, state, e);
    }
}
