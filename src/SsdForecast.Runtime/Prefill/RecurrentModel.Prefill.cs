namespace SsdForecast.Runtime;

public sealed partial class RecurrentModel
{
    /// <summary>
    /// Takes a history into a state, by matrix products over time and the chunked form of the SSM where <see cref="Observe(RecurrentState, in Observation)"/>
    /// would step: the same state to 1e-5 relative, several times as fast. The state may have taken events before. A model with options of
    /// Mamba-3, or without layers, is stepped: the same state, no faster.
    /// </summary>
    /// <param name="state">Changed.</param>
    /// <param name="history">Events, oldest first.</param>
    /// <param name="oneStep">
    /// Room for the forecast of lead time 1 after each event, raw units, <c>(events, Q)</c>, ascending within a row; empty for none, which is faster.
    /// </param>
    /// <exception cref="ObservationException">An event cannot be taken; the state is as it was.</exception>
    /// <exception cref="ArgumentException">The state is another model's, or the output too short.</exception>
    public void Prefill(RecurrentState state, ReadOnlySpan<Observation> history, Span<double> oneStep = default)
    {
        var values = Own(state);
        CheckRoom(oneStep.Length, history.Length);
        _prefill.Take(state.SeriesId, values, history, oneStep, static (_, problem) => throw problem);
    }

    /// <summary>
    /// Takes the histories of many series into their states, each as <see cref="Prefill(RecurrentState, ReadOnlySpan{Observation}, Span{double})"/> would, side by
    /// side; where there are more threads than series, the layers of one work side by side on consecutive pieces of its history. An event that cannot be taken is left out and named in the answer; all others are taken. Results do not depend on the number of threads.
    /// </summary>
    /// <param name="runs">The series with their events. No two may share a state: that is not checked.</param>
    /// <param name="oneStep">Room for the forecast of lead time 1 after each event, <c>(events, Q)</c>, in the order of runs and of events in a run; empty for none.</param>
    /// <param name="maxDegreeOfParallelism">Most threads; 0 for one a processor.</param>
    /// <returns>The events that were not taken, in order.</returns>
    /// <exception cref="ArgumentException">A state or the output is too short, or a negative number of threads.</exception>
    public IReadOnlyList<RefusedEvent> Prefill(ReadOnlyMemory<SeriesRun> runs, Memory<double> oneStep = default, int maxDegreeOfParallelism = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDegreeOfParallelism);
        var firsts = CheckRuns(runs.Span, out var events);
        CheckRoom(oneStep.Length, events);
        var refused = new RefusedEvents();
        var threads = maxDegreeOfParallelism == 0 ? Environment.ProcessorCount : maxDegreeOfParallelism;
        var threadsOfRun = runs.Length == 0 ? 1 : threads / runs.Length;
        ParallelClaims.Run(runs.Length, threads, run =>
        {
            ref readonly var r = ref runs.Span[run];
            var (state, next) = (r.State[..StateLength], oneStep.IsEmpty ? default : oneStep.Slice(firsts[run] * Config.Outputs, r.Events.Length * Config.Outputs));
            void Refuse(int e, ObservationException problem) => refused.Add(new RefusedEvent(run, e, problem));
            if (threadsOfRun > 1) _prefill.Take(r, state, next, Refuse, threadsOfRun);
            else _prefill.Take(r.SeriesId, state.Span, r.Events.Span, next.Span, Refuse);
        });
        return refused.InOrder;
    }

    private void CheckRoom(int length, int events)
    {
        if (length != 0 && length < (long)events * Config.Outputs) throw new ArgumentException($"{length} numbers of room for {events} forecasts of {Config.Outputs}");
    }
}
