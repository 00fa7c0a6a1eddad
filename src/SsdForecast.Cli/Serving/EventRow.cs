using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>One value of one series, as a line of input gives it. The arrays are the reader's: good until its next line.</summary>
/// <param name="SeriesId">The series.</param>
/// <param name="Time">When; without meaning for a model without timestamps.</param>
/// <param name="Value">Raw value; NaN missing.</param>
/// <param name="Past">Past covariates, raw, in the order of the model.</param>
/// <param name="Known">Known covariates of this very time, raw, in the order of the model.</param>
/// <param name="Statics">Static covariates, raw, in the order of the model; empty if the line has none.</param>
/// <param name="Ahead">Known covariates of the next lead times if the line brings them, <c>lead · n_known + covariate</c>; null if not.</param>
/// <param name="Sequence">The event's sequence number; <see cref="StreamingEngine.NoSequence"/> without one.</param>
internal readonly record struct EventRow(
    string SeriesId, DateTime Time, double Value, double[] Past, double[] Known, double[] Statics, double[]? Ahead = null, long Sequence = StreamingEngine.NoSequence);
