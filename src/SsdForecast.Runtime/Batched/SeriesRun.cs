namespace SsdForecast.Runtime;

/// <summary>Consecutive events of one series, for <see cref="RecurrentModel.ObserveBatch"/> and <see cref="RecurrentModel.Prefill(ReadOnlyMemory{SeriesRun}, Memory{double}, int)"/>.</summary>
/// <param name="SeriesId">The series, for messages.</param>
/// <param name="State">Its state, <see cref="RecurrentModel.StateLength"/> floats of <see cref="RecurrentModel.InitializeState"/>; changed.</param>
/// <param name="Events">Its events, oldest first; often one.</param>
public readonly record struct SeriesRun(string SeriesId, Memory<float> State, ReadOnlyMemory<Observation> Events);
